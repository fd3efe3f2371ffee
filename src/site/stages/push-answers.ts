import { ApplyData } from '../../contract/content-link.ts'
import type { CommandResult } from '../../contract/link.ts'
import { EMPTY_DOC, toItemDoc, type ItemDoc } from '../items/doc.ts'
import { failRecord, pushFault } from '../items/failure.ts'
import { externalColumns, importDeletion, importPost } from '../items/import.ts'
import type { Change } from '../items/origin.ts'
import {
  isDeletedUnsent,
  isWaiting,
  withoutError,
  type Decision,
  type ItemFault,
  type ItemRecord,
} from '../items/record.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import type { CommandRequest } from '../transport/sender.ts'
import type { EngineContext, RunConfig } from './context.ts'
import { importDocuments, readChange, readDocument, releasePost, storeDecision } from './import.ts'
import type { PlannedItem } from './push-batch.ts'

/** What a round does with a planned item: send it, mark it as failed, or leave it for the next round. */
export type PushStep = { item: PlannedItem } & ({ request: CommandRequest } | { fault: ItemFault } | { waits: true })

/** A change that the site's answer to what it was sent makes. */
const sentChange = (ctx: EngineContext): Change => ({ ...readChange(ctx), action: 'send' })

/** Imports the site's answer to one `apply` command. Call it inside a transaction. */
function importApplied(
  ctx: EngineContext,
  { record: sent, plan }: PlannedItem,
  data: unknown,
  runConfig: RunConfig,
  cursor: RunCursor,
): void {
  const applied = ApplyData.parse(data)
  const current = ctx.replica.items.get(sent.id)
  if (!current) return
  const rules = { policy: runConfig.policy, now: ctx.now(), newId: () => ctx.newId('item') }
  const change = sentChange(ctx)
  if (applied.item === null) {
    // the post is gone: by our deletion, by somebody's before it, or deleted before the answer to its create came
    const decision = importDeletion({ ...current, base: current.base ?? plan.sent }, rules)
    // nothing was agreed with a post that no longer exists; and without a base no copy of it is taken for it
    const base = current.externalId === null ? null : (decision?.record.base ?? null)
    const record = decision && { ...decision.record, base }
    if (decision && record) storeDecision(ctx, current, { ...decision, record }, cursor.counts, change)
    return
  }
  // The site applied this command before, its answer was lost, and somebody edited the post since. What was sent is
  // then agreed, and their edit came after it. Without this, an edit that restores the old text would look like no edit.
  const isEditedSince = applied.was_applied && plan.op !== 'create'
  if (applied.outcome === 'stale' && !isEditedSince) {
    importDocuments(ctx, [applied.item], runConfig.policy, cursor.counts)
    return
  }
  const read = readDocument(applied.item)
  if ('fault' in read) {
    ctx.replica.items.save(failRecord(current, read.fault, ctx))
    return
  }
  if (!claimPost(ctx, current, read.post.id, applied, runConfig, cursor)) return
  if (current.conflictFields.length > 0) {
    // the item got a conflict while the command was under way: it stays open, with the site's current content
    const external = toItemDoc(read.post)
    const conflictExternal = current.conflictExternal ?? current.external
    ctx.replica.items.save({ ...current, ...externalColumns(read.post), external, conflictExternal })
    return
  }
  const agreed = agreedContent(current, plan, applied)
  // if an editor deleted the item while its create was under way, importPost sees that by its missing post id
  // a deletion goes on with the post as the trash has it
  const shown = current.deletion === 'local' ? toItemDoc(read.post) : agreed
  const before = { ...current, etag: null, base: agreed, external: shown }
  const decision = importPost(before, read.post, rules)
  if (decision)
    storeDecision(
      ctx,
      plan.op === 'create' && !sent.deletion ? null : before,
      withLateness(plan, decision, ctx.now()),
      cursor.counts,
      change,
    )
}

/**
 * Notes that the site published at once what was to be scheduled: its time passed while the command was on the way. Only
 * plugin 0.2.0 does so; later ones answer `schedule_passed`.
 */
function withLateness({ sent, paths }: PlannedItem['plan'], decision: Decision, now: number): Decision {
  const { record } = decision
  const wasScheduled = paths.includes('status') && sent.status === 'future' && Date.parse(sent.date ?? '') <= now
  return wasScheduled && record.local.status === 'publish'
    ? { ...decision, record: { ...record, publishedLateAt: now } }
    : decision
}

/**
 * Makes sure that the post of an answer is no other item's. A plugin that takes copies for the post itself may answer a
 * create with a copy: then the item fails alone.
 * @returns whether the post is the item's
 */
function claimPost(
  ctx: EngineContext,
  current: ItemRecord,
  postId: number,
  { created, is_linked: isLinked }: ApplyData,
  runConfig: RunConfig,
  cursor: RunCursor,
): boolean {
  const holder = ctx.replica.items.getByExternalId(postId)
  if (!holder || holder.id === current.id) return true
  if (created || isLinked) {
    releasePost(ctx, postId, runConfig.policy, cursor.counts)
    return true
  }
  const detail = `The site answered with post ${postId}, which is the item ${holder.id}.`
  ctx.replica.items.save(failRecord(current, pushFault('post_of_other_item', detail), ctx))
  cursor.counts.failed++
  return false
}

/** The content on which both sides agreed before the answer: only what the site has really shown counts. */
function agreedContent(current: ItemRecord, plan: PlannedItem['plan'], { created, is_finished }: ApplyData): ItemDoc {
  if (!is_finished) return EMPTY_DOC
  return plan.op === 'create' && !created ? (current.base ?? plan.sent) : plan.sent
}

/** What the site told about a fault. */
interface FaultFacts {
  /** When the reason began, in milliseconds since 1970, if the site knows it. */
  since?: number | undefined
  isRetryable?: boolean
}

/** The site's answer was lost or refused as a whole: whether the item was written is not known. */
const UNANSWERED: ReadonlySet<string> = new Set(['request_refused', 'request_interrupted'])

/**
 * Marks an item as failed or waiting. One that was deleted before it had a post can't fail: it is gone, unless an earlier
 * try may have made the post.
 */
export function storeItemFault(
  ctx: EngineContext,
  sent: ItemRecord,
  fault: ItemFault,
  cursor: RunCursor,
  { since, isRetryable = false }: FaultFacts = {},
): void {
  const current = ctx.replica.items.get(sent.id)
  if (!current) return
  const isGone = isDeletedUnsent(sent) && isDeletedUnsent(current)
  if (isGone && !isRetryable && !UNANSWERED.has(fault.code)) {
    ctx.replica.items.save({ ...withoutError(current), deletion: 'both' }, sentChange(ctx))
    cursor.counts.deleted++
    return
  }
  if (fault.code === 'post_left_alone' && current.externalId !== null) {
    // the site has not told us before
    ctx.replica.items.leaveAlone([current.externalId], ctx.now())
    return
  }
  ctx.replica.items.save(failRecord(current, fault, ctx, since))
  if (!isWaiting(fault)) cursor.counts.failed++
}

/**
 * Stores the outcome of each item of a batch. Call it inside a transaction.
 * @returns the lowest row number of the items without an outcome, or `Infinity`
 */
export function importAnswers(
  ctx: EngineContext,
  steps: readonly PushStep[],
  results: ReadonlyMap<PushStep, CommandResult>,
  runConfig: RunConfig,
  cursor: RunCursor,
): number {
  let firstOpen = Infinity
  for (const step of steps) {
    const { item } = step
    const result = results.get(step)
    if ('fault' in step) storeItemFault(ctx, item.record, step.fault, cursor)
    else if (result?.ok) importApplied(ctx, item, result.data, runConfig, cursor)
    else if (result && result.code !== 'not_reached') {
      const since = result.since === undefined ? undefined : result.since * 1000
      const facts = { since, isRetryable: result.retryable }
      storeItemFault(ctx, item.record, pushFault(result.code, result.detail, result), cursor, facts)
    } else firstOpen = Math.min(firstOpen, item.record.n)
  }
  return firstOpen
}
