import { writeProjection, type IntegrationRef } from '../../db/projection.ts'
import { log, withLogIds } from '../../lib/log.ts'
import { observeShare, SHARES } from '../../lib/metrics.ts'
import { planAfterSync } from '../drift/plan.ts'
import { INBOX } from '../replica/tables/command-log.ts'
import { deferInbox, playInbox } from '../stages/inbox.ts'
import { noteDirectFailure } from '../transport/choice.ts'
import { describeFailure } from '../transport/failure.ts'
import { Suspended } from '../transport/suspended.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import { idsOfIntegration, pluginIdOf } from './log-ids.ts'
import { openEngine } from './open-engine.ts'

interface Batch {
  requestId: string
  /** The requests that brought the webhooks, for the log. */
  origins: readonly object[]
  startedAt: number
}

/** Fetches the posts that due webhooks name. If the site can't answer now they are deferred, and count as lag. */
export async function processInbox(ctx: ObjectContext): Promise<void> {
  const { access, commandLog, replica } = ctx.store
  const integration = access.integration()
  const startedAt = ctx.now()
  const isOpen = commandLog.owner()?.workId === INBOX
  if (!isOpen && replica.inbox.duePosts(startedAt, 1).length === 0) return
  if (!integration) return commandLog.forget(INBOX)
  // logged with the request id of the webhook that has waited longest; a reminder has no request
  const origins = replica.inbox.origins(startedAt)
  const requestId = origins[0]?.request_id ?? ctx.newId('req')
  await withLogIds({ ...idsOfIntegration(integration), request_id: requestId }, () =>
    processBatch(ctx, integration, { requestId, origins, startedAt }),
  )
}

async function processBatch(ctx: ObjectContext, ref: IntegrationRef, batch: Batch): Promise<void> {
  const { commandLog, replica } = ctx.store
  const { requestId, origins, startedAt } = batch
  try {
    const engine = await openEngine(ctx, ref, requestId, INBOX)
    if (!engine) {
      commandLog.forget(INBOX)
      return replica.inbox.clear()
    }
    const played = await playInbox(engine.connect(), engine.runConfig)
    if (!played) return
    const { counts, since } = played
    if (since !== null) {
      const { transport } = ctx.store.transport.read()
      observeShare(SHARES.work, 'webhook_lag', { transport }, ctx.now() - since)
    }
    planAfterSync(ctx)
    const { webhooks: _webhooks, unchanged: _unchanged, ...changed } = counts
    const hasChanged = Object.values(changed).some((count) => count > 0)
    const event = { action: 'webhook', startedAt, counts, direction: 'from_external' as const }
    // posts that are as they were leave no event
    await writeProjection(ctx, ref, { epoch: null, counts: countsOf(ctx.store), ...(hasChanged && { event }) })
    log.info('webhooks processed', { counts, origins })
  } catch (cause) {
    if (cause instanceof Suspended) return
    commandLog.forget(INBOX)
    const failure = describeFailure(cause)
    // a site that just switched to polling is asked again at once, by polling
    if (noteDirectFailure(ctx.store, failure.code, ctx.now())) return
    log.warn('webhooks deferred', { code: failure.code, origins, ...pluginIdOf(failure), cause })
    deferInbox({ replica, now: ctx.now, random: ctx.random }, failure.code)
  }
}
