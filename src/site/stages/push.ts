import { ApplyData, type ApplyFields } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import { toItemDoc } from '../items/doc.ts'
import { externalColumns, importDeletion, importPost } from '../items/import.ts'
import { planPush, toApplyFields, type PushPlan } from '../items/push-plan.ts'
import type { ItemFault, ItemRecord } from '../items/record.ts'
import { importDocuments, readDocument, storeDecision } from './import.ts'
import { missingAncestor, nextBatch, type Batch } from './push-batch.ts'
import { assertHeld, type RunConfig, type EngineContext, type Request } from './context.ts'
import { advance } from './cursor.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import { imageToSend, resolveFeatured, sendImages, type Image } from './images.ts'
import { importFetched, fetchPosts } from './fetch-posts.ts'
import { failRecord, pushFault } from '../items/failure.ts'
import { importTotals, countRequests } from './totals.ts'

interface Planned {
  record: ItemRecord
  plan: PushPlan
  image: Image | null
  /** The image that the post has there. */
  there: ItemRecord['local']['featured']
  /** The ancestor that has to be sent first. */
  waitsFor: string | null
}

/** The site's post id of a parent, or null while it has none. */
function resolveParent({ replica }: EngineContext, parent: ItemRecord['local']['parent']): number | null {
  if (parent === null) return 0
  return typeof parent === 'number' ? parent : (replica.items.get(parent)?.externalId ?? null)
}

/** Equal for the same change of the same state: so that a repeat of a lost request gets the first answer. */
const commandId = ({ id, revision }: ItemRecord, { op, expect }: PushPlan) =>
  `${id}.${revision}.${op}.${expect ?? 'new'}`

/**
 * The request of a plan, why it can't be sent, or null where it has to wait for its image, or for its parent.
 * @param onTheirWay items that are sent with it
 */
async function toRequest(
  ctx: EngineContext,
  { record, plan, there, waitsFor }: Planned,
  onTheirWay: ReadonlySet<string>,
): Promise<Request | ItemFault | null> {
  const parent = plan.paths.includes('parent') ? resolveParent(ctx, record.local.parent) : 0
  if (parent === null && waitsFor !== null && onTheirWay.has(waitsFor)) return null
  if (parent === null) return pushFault('parent_not_sent', 'The parent is not at the site yet.')
  const featured = plan.paths.includes('featured') ? await resolveFeatured(ctx, record.local.featured, there) : null
  if (featured === undefined) return null
  const fields: ApplyFields = toApplyFields(record.local, plan.paths, { parent, featured })
  const { op, expect } = plan
  return {
    name: 'apply',
    id: commandId(record, plan),
    args: { op, item_id: record.id, type: record.type, id: record.externalId, expect, fields },
  }
}

/** What the site's answer makes of an item. To be called inside a transaction. */
function importApplied(
  ctx: EngineContext,
  { record: sent, plan }: Planned,
  data: unknown,
  runConfig: RunConfig,
  cursor: RunCursor,
): void {
  const applied = ApplyData.parse(data)
  const current = ctx.replica.items.get(sent.id)
  if (!current) return
  const rules = { policy: runConfig.policy, now: ctx.now(), newId: () => ctx.newId('item') }
  if (applied.item === null) {
    // gone there: by our deletion, by somebody's before it, or a create whose post was deleted before its answer came
    const decision = importDeletion({ ...current, base: current.base ?? plan.sent }, rules)
    if (decision) storeDecision(ctx, current, decision, cursor.counts)
    return
  }
  // what was carried out and edited there since is agreed up to what was sent: the edit came after it, even where it takes
  // it back, so that the post looks as if nothing had ever arrived
  const isOvertaken = applied.was_applied && plan.op !== 'create'
  if (applied.outcome === 'stale' && !isOvertaken) {
    importDocuments(ctx, [applied.item], runConfig.policy, cursor.counts)
    return
  }
  const read = readDocument(applied.item)
  if ('fault' in read) {
    ctx.replica.items.save(failRecord(current, read.fault, ctx))
    return
  }
  if (current.conflictFields.length > 0) {
    // opened while the answer was on its way: it stays open, against what the site has now
    const external = toItemDoc(read.post)
    const conflictExternal = current.conflictExternal ?? current.external
    ctx.replica.items.save({ ...current, ...externalColumns(read.post), external, conflictExternal })
    return
  }
  const agreed = plan.op === 'create' && !applied.created ? (current.base ?? plan.sent) : plan.sent
  // a tombstone here was deleted while its create was under way: that it has no post yet tells the import so
  const before = { ...current, etag: null, base: agreed, external: agreed }
  const decision = importPost(before, read.post, rules)
  if (decision) storeDecision(ctx, plan.op === 'create' ? null : before, decision, cursor.counts)
}

function storeItemFault(ctx: EngineContext, { id }: ItemRecord, fault: ItemFault, cursor: RunCursor): void {
  const current = ctx.replica.items.get(id)
  if (!current) return
  ctx.replica.items.save(failRecord(current, fault, ctx))
  cursor.counts.failed++
}

async function planBatch(ctx: EngineContext, batch: readonly ItemRecord[]): Promise<Planned[]> {
  const planned: Planned[] = []
  for (const record of batch) {
    const plan = planPush(record)
    if (!plan) continue
    const waitsFor = missingAncestor(ctx, record)?.id ?? null
    const there = record.external?.featured ?? null
    planned.push({ record, plan, image: await imageToSend(ctx, record, plan), there, waitsFor })
  }
  return planned
}

/** A create is remembered before it is sent: its answer may be lost, and the item edited before the next try. */
function rememberCreates(ctx: EngineContext, planned: readonly Planned[]): void {
  ctx.replica.database.transaction(() => {
    for (const { record, plan } of planned) {
      if (plan.op === 'create' && record.base === null) ctx.replica.items.save({ ...record, base: plan.sent })
    }
  })
}

/** Items whose body is not known here as the site has it are looked at before anything is sent. */
async function refresh(
  ctx: EngineContext,
  batch: readonly ItemRecord[],
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const stale = batch.flatMap(({ externalId, external, etag }) =>
    externalId !== null && external !== null && etag === null ? [externalId] : [],
  )
  if (stale.length === 0) return false
  ctx.enter('read', null)
  const fetched = await fetchPosts(ctx, stale)
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    importFetched(ctx, fetched, runConfig, cursor.counts)
    save(cursor)
  })
  return fetched.items.length + fetched.missing.length > 0
}

/** What is to be done with an item of a batch: ask the site, mark it as failed, or leave it for the next round. */
type Step = { planned: Planned } & ({ request: Request } | { fault: ItemFault } | { later: true })

async function prepareStep(
  ctx: EngineContext,
  planned: Planned,
  imageFaults: ReadonlyMap<string, ItemFault>,
  onTheirWay: ReadonlySet<string>,
): Promise<Step> {
  const fault = planned.image && imageFaults.get(planned.image.hash)
  if (fault) return { planned, fault }
  const request = await toRequest(ctx, planned, onTheirWay)
  if (request === null) return { planned, later: true }
  return 'name' in request ? { planned, request } : { planned, fault: request }
}

/** Writes what became of each item. @returns the lowest row of those that the site did not get to, or infinity */
function applyAnswers(
  ctx: EngineContext,
  steps: readonly Step[],
  results: ReadonlyMap<Step, CommandResult>,
  runConfig: RunConfig,
  cursor: RunCursor,
): number {
  let firstLeft = Infinity
  for (const step of steps) {
    const { planned } = step
    const result = results.get(step)
    if ('fault' in step) storeItemFault(ctx, planned.record, step.fault, cursor)
    else if (result?.ok) importApplied(ctx, planned, result.data, runConfig, cursor)
    else if (result && result.code !== 'not_reached') {
      storeItemFault(ctx, planned.record, pushFault(result.code, result.detail), cursor)
    } else firstLeft = Math.min(firstLeft, planned.record.n)
  }
  return firstLeft
}

/** What a round sends, as it was decided: of an item only what its answer is taken in by. */
interface PushBatch {
  planned: Planned[]
  types: string[]
  /** Row up to which this is all that waits. */
  last: number
}

/** Plans a round. From here on it stands, whatever becomes of its items while they are on their way. */
async function pack(ctx: EngineContext, { records, until: last }: Batch): Promise<PushBatch> {
  const planned = await planBatch(ctx, records)
  rememberCreates(ctx, planned)
  // the sides are large, and what is sent is in the plan
  for (const entry of planned) entry.record = { ...entry.record, base: null, external: null, conflictExternal: null }
  const parcel = { planned, types: records.map(({ type }) => type), last }
  ctx.memoize(parcel)
  return parcel
}

/** Sends these items, each of which fails alone; the cursor ends before the first one that the site did not get to. */
async function sendItems(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  { planned, types, last }: PushBatch,
  save: () => void,
): Promise<void> {
  const imageFaults = await sendImages(
    ctx,
    planned.map(({ image }) => image),
  )
  const steps: Step[] = []
  const onTheirWay = new Set<string>()
  for (const entry of planned) {
    const step = await prepareStep(ctx, entry, imageFaults, onTheirWay)
    if ('request' in step) onTheirWay.add(entry.record.id)
    steps.push(step)
  }
  const asked = steps.filter((step) => 'request' in step)
  ctx.enter('write', new Set(types).size === 1 ? (types[0] ?? null) : null)
  const counting = countRequests(
    asked.filter(({ planned }) => planned.plan.op !== 'update').map(({ planned }) => planned.record.type),
  )
  const answers = asked.length > 0 ? await ctx.send([...asked.map(({ request }) => request), ...counting]) : []
  assertHeld(ctx)
  const results = new Map<Step, CommandResult>(
    asked.flatMap((step, index) => (answers[index] ? [[step, answers[index]]] : [])),
  )
  ctx.replica.database.transaction(() => {
    importTotals(ctx, answers[asked.length])
    const firstLeft = applyAnswers(ctx, steps, results, runConfig, cursor)
    for (const type of types) advance(cursor.progress, type, 1, 1)
    cursor.pushedAfter = Math.min(last, firstLeft - 1)
    save()
  })
}

/**
 * Sends the next items that wait, oldest first.
 * @returns false when none waits any more
 */
export async function pushRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  let parcel = ctx.memo<PushBatch>()
  if (parcel === null) {
    const batch = nextBatch(ctx, cursor.pushedAfter)
    if (batch.records.length === 0) return false
    if (await refresh(ctx, batch.records, runConfig, cursor, save)) return true
    parcel = await pack(ctx, batch)
  }
  await sendItems(ctx, runConfig, cursor, parcel, () => save(cursor))
  return true
}

/**
 * Sends one item, if anything of it waits, and before it those above it that the site lacks, from the top.
 * @returns ids of all that were to be sent, the item's own last
 */
export async function pushItem(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  record: ItemRecord,
): Promise<string[]> {
  const send = async (one: ItemRecord) =>
    sendItems(ctx, runConfig, cursor, await pack(ctx, { records: [one], until: one.n }), () => undefined)
  const sent = new Set<string>()
  let above = planPush(record) ? missingAncestor(ctx, record) : null
  // one that could not be sent is not tried twice: what is below it fails, and says so
  while (above && !sent.has(above.id)) {
    sent.add(above.id)
    await send(above)
    above = missingAncestor(ctx, record)
  }
  await send(ctx.replica.items.get(record.id) ?? record)
  return [...sent, record.id]
}
