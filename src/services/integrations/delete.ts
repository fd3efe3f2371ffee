import { and, eq } from 'drizzle-orm'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { assertKeyMayWrite } from './assert-key.ts'
import { loadIntegration } from './internal.ts'

/**
 * Deletes an integration and ends what its site's object does for it. Its events stay until they are pruned.
 * @throws ServiceError `integration_not_found`
 */
export async function deleteIntegration({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<void> {
  await assertKeyMayWrite(ctx)
  const row = await loadIntegration({ ctx, id: input.id })
  const removal = ctx.db
    .delete(integrations)
    .where(and(eq(integrations.id, row.id), tenantFilter(ctx.actor, integrations)))
  const event = recordEvent(ctx, row, { action: 'delete', startedAt: ctx.now() })
  await appendAudit({
    ctx,
    input: { entry: { action: 'integration.deleted', entityId: row.id }, changes: [removal, event] },
  })
  await ctx.site(row.siteId).stop(row.id)
}
