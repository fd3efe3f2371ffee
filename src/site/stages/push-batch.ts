import type { AuthorMap } from '../../contract/integrations.ts'
import { planPush, resolveAuthor, type PushPlan } from '../items/push-plan.ts'
import type { ItemRecord } from '../items/record.ts'
import { publishOverdue } from '../items/schedule.ts'
import type { EngineContext } from './context.ts'
import { imageToSend, type Image } from './images.ts'

/** Limits of one request: items, and characters of their texts. A larger item goes alone. */
export const BATCH_ITEMS = 20
const BATCH_CHARACTERS = 500_000

/**
 * The topmost ancestor that the site lacks and that may be sent now; the items below it wait for it. Null if the parent
 * is on the site. Null too if an ancestor can't be sent: the item then fails with `parent_not_sent`.
 */
export function missingAncestor(ctx: EngineContext, record: ItemRecord): ItemRecord | null {
  const seen = new Set([record.id])
  let top: ItemRecord | null = null
  for (let id = record.local.parent; typeof id === 'string'; id = top.local.parent) {
    const parent = ctx.replica.items.get(id)
    if (!parent || seen.has(id)) return null
    if (parent.externalId !== null) break
    const isDue = parent.error === null || (parent.retryAt ?? 0) <= ctx.now()
    if (!isDue || parent.deletion !== null || planPush(parent)?.op !== 'create') return null
    seen.add(id)
    top = parent
  }
  return top
}

/** Items to send next. */
interface WaitingItems {
  records: ItemRecord[]
  /** Row number up to which these are all items that wait. */
  until: number
}

/** Items that wait, up to the limits of a request. Ancestors that the site lacks are put before them, from any row. */
export function nextBatch(ctx: EngineContext, after: number, limit = BATCH_ITEMS): WaitingItems {
  const batch = new Map<string, ItemRecord>()
  let [until, characters] = [after, 0]
  for (const record of ctx.replica.items.waiting(after, ctx.now(), limit)) {
    const ancestor = missingAncestor(ctx, record)
    const { id, local } = ancestor ?? record
    characters += batch.has(id) ? 0 : local.body.length + local.excerpt.length
    if (batch.size > 0 && characters > BATCH_CHARACTERS) break
    if (ancestor) batch.set(ancestor.id, ancestor)
    batch.set(record.id, record)
    until = record.n
  }
  return { records: [...batch.values()], until }
}

export interface PlannedItem {
  record: ItemRecord
  plan: PushPlan
  image: Image | null
  /** The image that the post has on the site. */
  externalFeatured: ItemRecord['local']['featured']
  /** The author as the site knows them; null if the site decides. */
  author: number | string | null
  /** Id of the ancestor that must be sent first. */
  waitsFor: string | null
  /** The site's owner does not let IGNY8 write this type, so the site isn't asked. */
  isDenied?: true
}

/** A planned round. It holds only what a replay needs, since it is memoized. */
export interface PushBatch {
  items: PlannedItem[]
  /** The type of each record, for the progress. */
  types: string[]
  /** Row number up to which these are all items that wait. */
  until: number
}

/**
 * Stores the content of a create as the item's base before it is sent. If the answer is lost and the item is edited,
 * the next answer is merged against what the site really got.
 */
function storeCreateBases(ctx: EngineContext, items: readonly PlannedItem[]): void {
  ctx.replica.database.transaction(() => {
    for (const { record, plan, isDenied } of items) {
      if (plan.op === 'create' && !isDenied && record.base === null)
        ctx.replica.items.save({ ...record, base: plan.sent })
    }
  })
}

/** Publishes what was scheduled for a time that has passed meanwhile, before it is planned. */
function publishMissed({ replica, now }: EngineContext, records: readonly ItemRecord[]): ItemRecord[] {
  return replica.database.transaction(() =>
    records.map((record) => {
      const published = publishOverdue(record, now())
      if (published !== record) replica.items.save(published, { action: 'edit', by: 'system' })
      return published
    }),
  )
}

/** Plans a round and memoizes it. The plan stands whatever happens to its items before the answers come. */
export async function planBatch(
  ctx: EngineContext,
  { records: waiting, until }: WaitingItems,
  authors: AuthorMap,
): Promise<PushBatch> {
  const records = publishMissed(ctx, waiting)
  const items: PlannedItem[] = []
  const denied = ctx.replica.types.denied()
  for (const record of records) {
    const plan = planPush(record)
    if (!plan) continue
    if (denied.has(record.type)) {
      items.push({ record, plan, image: null, externalFeatured: null, author: null, waitsFor: null, isDenied: true })
      continue
    }
    const waitsFor = missingAncestor(ctx, record)?.id ?? null
    const externalFeatured = record.external?.featured ?? null
    const author = resolveAuthor(record.local.author, authors)
    items.push({ record, plan, image: await imageToSend(ctx, record, plan), externalFeatured, author, waitsFor })
  }
  storeCreateBases(ctx, items)
  // the memo leaves out the other sides: they are large, and `plan.sent` has what the answer is compared with
  for (const item of items) item.record = { ...item.record, base: null, external: null, conflictExternal: null }
  const batch = { items, types: records.map(({ type }) => type), until }
  ctx.memoize(batch)
  return batch
}
