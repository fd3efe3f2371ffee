/**
 * The push stage: sends the changes made in IGNY8 to the site, one batch of items a round.
 *
 * A batch is planned once (push-batch.ts): for each item the operation, the fields and the etag that the post must
 * still have. The plan is memoized before anything is sent. At a site that polls, the answers come minutes later and
 * the round is replayed; editors may change the items meanwhile. The replay must ask the same questions, and compare
 * each answer with what was sent, so it reads the plan and not the items.
 *
 * Each item is one `apply` command and fails alone (push-answers.ts). The id of the command names the item's revision,
 * the operation and the expected etag: if an answer was lost, the repeat has the same id, and the plugin answers as
 * before instead of writing twice.
 *
 * A parent is sent before its children, and an image before the items that show it. An item waits for the next round if
 * this batch sends its missing ancestor, or if its image isn't on the site yet. If the ancestor can't be sent, the item
 * fails with `parent_not_sent`. `cursor.pushedAfter` stops before the first item that was not sent or not answered.
 */
import type { CommandResult } from '../../contract/link.ts'
import type { LinkErrorCode } from '../../contract/link-errors.ts'
import { pushFault } from '../items/failure.ts'
import { linkedPosts } from '../items/item-links.ts'
import { planPush, toApplyFields, type PushPlan } from '../items/push-plan.ts'
import type { ItemFault, ItemRecord } from '../items/record.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import { LinkError } from '../transport/direct/errors.ts'
import type { CommandRequest } from '../transport/sender.ts'
import { assertHeld, type EngineContext, type RunConfig } from './context.ts'
import { advance } from './cursor.ts'
import { fetchPosts, hasNews, importFetched } from './fetch-posts.ts'
import { resolveFeatured, sendImages } from './images.ts'
import { importAnswers, storeItemFault, type PushStep } from './push-answers.ts'
import { BATCH_ITEMS, missingAncestor, nextBatch, planBatch, type PlannedItem, type PushBatch } from './push-batch.ts'
import { countRequests, importTotals } from './totals.ts'

/** The site's post id of a parent; 0 if the item has no parent, null while the parent has no post. */
function resolveParent({ replica }: EngineContext, parent: ItemRecord['local']['parent']): number | null {
  if (parent === null) return 0
  return typeof parent === 'number' ? parent : (replica.items.get(parent)?.externalId ?? null)
}

/** A repeat of the same change to the same state has the same id, by which the plugin recognises it. */
const commandId = ({ id, revision }: ItemRecord, { op, expect }: PushPlan) =>
  `${id}.${revision}.${op}.${expect ?? 'new'}`

/**
 * The command for an item; or why it can't be sent; or null if it waits for its image or an ancestor in this batch.
 * @param batched ids of the items that this batch sends
 */
async function toRequest(
  ctx: EngineContext,
  { record, plan, externalFeatured, author, waitsFor, isDenied }: PlannedItem,
  batched: ReadonlySet<string>,
): Promise<CommandRequest | ItemFault | null> {
  if (isDenied) return pushFault('type_denied', `The type ${record.type} is switched off in WordPress.`)
  const parent = plan.paths.includes('parent') ? resolveParent(ctx, record.local.parent) : 0
  if (parent === null && waitsFor !== null && batched.has(waitsFor)) return null
  if (parent === null) return pushFault('parent_not_sent', 'The parent is not on the site yet.')
  const featured = plan.paths.includes('featured')
    ? await resolveFeatured(ctx, record.local.featured, externalFeatured)
    : null
  if (featured === undefined) return null
  const fields = toApplyFields(plan.sent, plan.paths, { parent, featured, author })
  const { op, expect } = plan
  const links = linkedPosts(fields.body ?? '', (id) => ctx.replica.items.get(id)?.externalId ?? null)
  return {
    name: 'apply',
    id: commandId(record, plan),
    args: {
      op,
      item_id: record.id,
      type: record.type,
      id: record.externalId,
      expect,
      fields,
      ...(Object.keys(links).length > 0 && { links }),
    },
  }
}

/** Decides for each planned item whether it is sent, fails, or waits for the next round. */
async function createSteps(ctx: EngineContext, items: readonly PlannedItem[]): Promise<PushStep[]> {
  const imageFaults = await sendImages(
    ctx,
    items.map(({ image }) => image),
  )
  const steps: PushStep[] = []
  const batched = new Set<string>()
  for (const item of items) {
    const fault = item.image && imageFaults.get(item.image.hash)
    const request = fault ?? (await toRequest(ctx, item, batched))
    if (request === null) steps.push({ item, waits: true })
    else if ('name' in request) {
      batched.add(item.record.id)
      steps.push({ item, request })
    } else steps.push({ item, fault: request })
  }
  return steps
}

/**
 * Fetches items whose current body on the site is not stored here, so that a push never overwrites an unknown text.
 * @returns whether anything came; then the round is over
 */
async function fetchOutdated(
  ctx: EngineContext,
  records: readonly ItemRecord[],
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  const outdated = records.flatMap(({ externalId, external, etag }) =>
    externalId !== null && external !== null && etag === null ? [externalId] : [],
  )
  if (outdated.length === 0) return false
  ctx.enter('read', null)
  const fetched = await fetchPosts(ctx, outdated)
  assertHeld(ctx)
  ctx.replica.database.transaction(() => {
    importFetched(ctx, fetched, runConfig, cursor.counts)
    save(cursor)
  })
  return hasNews(fetched)
}

/** Codes of answers that a site gives when PHP stops in the middle of a request. */
const BROKEN_ANSWERS: ReadonlySet<string> = new Set([
  'wordpress_error',
  'response_empty',
  'response_truncated',
  'response_invalid',
  'response_leading_garbage',
  'response_trailing_garbage',
  'response_unsigned',
  'answered_html',
  'connection_lost',
])

/** A firewall that refuses the text of an item refuses it each time, so the batch is divided at once. */
const REFUSED: LinkErrorCode = 'blocked_by_firewall'
/** After this many items in a row were refused when sent alone, we assume that the firewall refuses every write. */
const MAX_REFUSED_ITEMS = 3

const cannotDivide = (ctx: EngineContext, cursor: RunCursor, code: LinkErrorCode): boolean =>
  code === REFUSED ? ctx.canPoll() || (cursor.refusedItems ?? 0) >= MAX_REFUSED_ITEMS : !BROKEN_ANSWERS.has(code)

/**
 * One item of a batch may end the site's request: a hook that exits, a fatal error in another plugin. The first retry
 * sends the same batch; each later one sends half as many items. An item that ends the request even when sent alone
 * fails, and the others are sent. Before each of these decisions the site must answer a `status` command, so that an
 * outage fails no item.
 *
 * A firewall may also refuse the request because of one item's text. If the site can poll, the run goes on by polling,
 * where no request carries a text to the site. Else the batch is divided too.
 * @returns whether the round has ended; if not, the attempt fails with `cause`
 */
async function divideBatch(
  ctx: EngineContext,
  cursor: RunCursor,
  sent: readonly (PushStep & { request: CommandRequest })[],
  cause: unknown,
  save: () => void,
): Promise<boolean> {
  if (!(cause instanceof LinkError) || cannotDivide(ctx, cursor, cause.code) || !ctx.holds()) return false
  const isRefused = cause.code === REFUSED
  await ctx.send([{ name: 'status', args: {} }])
  assertHeld(ctx)
  cursor.brokenPushes = (cursor.brokenPushes ?? 0) + 1
  const [first] = sent
  const isCertain = isRefused || cursor.brokenPushes > 1
  const isCulprit = sent.length === 1 && isCertain
  if (isCertain && sent.length > 1) cursor.pushLimit = Math.ceil(sent.length / 2)
  ctx.replica.database.transaction(() => {
    if (isCulprit && first) {
      const code = isRefused ? 'request_refused' : 'request_interrupted'
      storeItemFault(ctx, first.item.record, pushFault(code, cause.detail), cursor)
      if (isRefused) cursor.refusedItems = (cursor.refusedItems ?? 0) + 1
      cursor.pushedAfter = Math.max(cursor.pushedAfter, first.item.record.n)
      cursor.brokenPushes = 0
    }
    save()
  })
  return isCulprit || isRefused
}

/** Sends a planned batch and commits the answers together with the cursor. */
async function sendBatch(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  { items, types, until }: PushBatch,
  save: () => void,
): Promise<void> {
  const steps = await createSteps(ctx, items)
  const sent = steps.filter((step) => 'request' in step)
  ctx.enter('write', new Set(types).size === 1 ? (types[0] ?? null) : null)
  const counting = countRequests(
    sent.filter(({ item }) => item.plan.op !== 'update').map(({ item }) => item.record.type),
  )
  const requests = [...sent.map(({ request }) => request), ...counting]
  let answers: CommandResult[] = []
  try {
    if (sent.length > 0) answers = await ctx.send(requests)
  } catch (cause) {
    if (!(await divideBatch(ctx, cursor, sent, cause, save))) throw cause
    return
  }
  assertHeld(ctx)
  cursor.brokenPushes = 0
  cursor.refusedItems = 0
  if (cursor.pushLimit !== undefined) cursor.pushLimit = Math.min(BATCH_ITEMS, cursor.pushLimit * 2)
  const results = new Map<PushStep, CommandResult>(
    sent.flatMap((step, index) => (answers[index] ? [[step, answers[index]]] : [])),
  )
  ctx.replica.database.transaction(() => {
    importTotals(ctx, answers[sent.length])
    const firstOpen = importAnswers(ctx, steps, results, runConfig, cursor)
    for (const type of types) advance(cursor.progress, type, 1, 1)
    cursor.pushedAfter = Math.min(until, firstOpen - 1)
    save()
  })
}

/**
 * Sends the next batch of items that wait, oldest first, but missing ancestors before them.
 * @returns false if no item waits
 */
export async function pushRound(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  save: (cursor: RunCursor) => void,
): Promise<boolean> {
  let batch = ctx.memo<PushBatch>()
  if (batch === null) {
    const waiting = nextBatch(ctx, cursor.pushedAfter, cursor.pushLimit)
    if (waiting.records.length === 0) return false
    if (await fetchOutdated(ctx, waiting.records, runConfig, cursor, save)) return true
    batch = await planBatch(ctx, waiting, runConfig.authors)
  }
  await sendBatch(ctx, runConfig, cursor, batch, () => save(cursor))
  return true
}

/**
 * Sends one item if it has changes, and before it the ancestors that the site lacks, topmost first.
 * @returns ids of all items that were tried; the item's own is the last
 */
export async function pushItem(
  ctx: EngineContext,
  runConfig: RunConfig,
  cursor: RunCursor,
  record: ItemRecord,
): Promise<string[]> {
  const send = async (one: ItemRecord) =>
    sendBatch(
      ctx,
      runConfig,
      cursor,
      await planBatch(ctx, { records: [one], until: one.n }, runConfig.authors),
      () => undefined,
    )
  const tried = new Set<string>()
  let ancestor = planPush(record) ? missingAncestor(ctx, record) : null
  // an ancestor that failed is not tried twice; the item below it then fails with `parent_not_sent`
  while (ancestor && !tried.has(ancestor.id)) {
    tried.add(ancestor.id)
    await send(ancestor)
    ancestor = missingAncestor(ctx, record)
  }
  await send(ctx.replica.items.get(record.id) ?? record)
  return [...tried, record.id]
}
