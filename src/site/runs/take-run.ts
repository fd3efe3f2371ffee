import { queueDueDriftCheck } from '../drift/plan.ts'
import { INBOX } from '../replica/tables/command-log.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import type { ObjectContext } from './context.ts'
import { processInbox } from './process-inbox.ts'

/** Longer than a slice can take: its own 20 s, and two requests that time out. */
const LEASE_MS = 90_000

/**
 * Leases the run whose turn it is. A run whose results have come by polling goes first. Without one, the inbox is
 * processed, and then the oldest run that is due is leased.
 * @returns null if nothing is due, or everything waits for the site's next poll
 */
export async function takeRun(ctx: ObjectContext): Promise<LeasedRun | null> {
  const { store } = ctx
  queueDueDriftCheck(ctx)
  if (store.waitsForSite()) return null
  const owner = store.commandLog.owner()
  // a run that was suspended holds its lease until far in the future; its results are here
  if (owner) store.runs.releaseLeases(ctx.now())
  if (owner && owner.workId !== INBOX) {
    const run = store.runs.lease(ctx.now(), LEASE_MS, owner.workId)
    if (!run) store.commandLog.forget(owner.workId)
    return run
  }
  await processInbox(ctx)
  if (store.waitsForSite()) return null
  return store.runs.lease(ctx.now(), LEASE_MS) ?? leaseRetry(ctx)
}

/** Starts a run by itself if a failed item is due for its retry. */
function leaseRetry(ctx: ObjectContext): LeasedRun | null {
  const integration = ctx.store.access.integration()
  if (!integration || !ctx.store.replica.items.hasRetryDue(ctx.now())) return null
  const call = { ...integration, keyId: null, requestId: ctx.newId('req') }
  ctx.store.runs.enqueue(ctx.newId('run'), call, 'to_external', ctx.now())
  return ctx.store.runs.lease(ctx.now(), LEASE_MS)
}
