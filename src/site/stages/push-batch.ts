import { planPush } from '../items/push-plan.ts'
import type { ItemRecord } from '../items/record.ts'
import type { EngineContext } from './context.ts'

/** Items that one request carries, and characters of their texts: a larger item goes alone. */
const BATCH_ITEMS = 20
const BATCH_CHARACTERS = 500_000

/**
 * The topmost ancestor that the site lacks and that may be sent now: what is below it waits for it. Null where the
 * parent is there, and where no such ancestor is: the item then fails, and says why.
 */
export function missingAncestor(ctx: EngineContext, record: ItemRecord): ItemRecord | null {
  const seen = new Set([record.id])
  let top: ItemRecord | null = null
  for (let id = record.local.parent; typeof id === 'string'; id = top.local.parent) {
    const parent = ctx.replica.items.get(id)
    if (!parent || seen.has(id)) return null
    if (parent.externalId !== null) break
    const isDue = parent.error === null || (parent.retryAt ?? 0) <= ctx.now()
    if (!isDue || planPush(parent)?.op !== 'create') return null
    seen.add(id)
    top = parent
  }
  return top
}

/** Items that are sent next. */
export interface Batch {
  records: ItemRecord[]
  /** Row up to which this is all that waits. */
  until: number
}

/**
 * Items that wait, until their texts fill a request. Ancestors that the site lacks are put before those that wait for
 * them, wherever their rows are.
 */
export function nextBatch(ctx: EngineContext, after: number): Batch {
  const batch = new Map<string, ItemRecord>()
  let [until, characters] = [after, 0]
  for (const record of ctx.replica.items.waiting(after, ctx.now(), BATCH_ITEMS)) {
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
