import type { EndpointTest, OutgoingMessage } from '../../contract/notifications.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { makePendingDue } from '../deliveries/make-due.ts'
import { sendWebhook } from '../deliveries/send-webhook.ts'
import { isEndpoint, loadEndpoint, presentError, WELL } from './internal.ts'

/**
 * Sends a `ping` now and tells how it went. One that comes through ends what was wrong, and what waits
 * follows it; one that doesn't leaves the
 * state to real messages.
 * @throws ServiceError `endpoint_not_found`
 */
export async function testEndpoint({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<EndpointTest> {
  const { row } = await loadEndpoint({ ctx, id: input.id })
  const startedAt = ctx.now()
  const message = {
    type: 'ping',
    timestamp: new Date(startedAt).toISOString(),
    data: { endpoint_id: row.id },
  } satisfies OutgoingMessage
  const outcome = await sendWebhook({
    ctx,
    input: { endpoint: row, id: ctx.newId('msg'), body: JSON.stringify(message) },
  })
  const tookMs = Math.max(0, ctx.now() - startedAt)
  if (!outcome.ok) {
    const error = presentError(outcome.code, outcome.detail)
    return { success: false, status: outcome.status, error, took_ms: tookMs }
  }
  await ctx.db.batch([
    ctx.db
      .update(notificationEndpoints)
      .set({ ...WELL, lastDeliveredAt: new Date(ctx.now()) })
      .where(isEndpoint(row.accountId, row.id)),
    makePendingDue(ctx.db, row, ctx.now()),
  ])
  return { success: true, status: outcome.status, error: null, took_ms: tookMs }
}
