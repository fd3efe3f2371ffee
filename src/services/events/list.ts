import { and, desc, eq, lt } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { SyncEvent } from '../../contract/sync.ts'
import { syncEvents } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { loadIntegration } from '../integrations/internal.ts'
import { tenantScope } from '../scope.ts'

export type EventFilter = ListQuery & { id: string; success?: boolean | undefined; action?: string | undefined }

function presentEvent(row: typeof syncEvents.$inferSelect): SyncEvent {
  return {
    id: row.id,
    integration_id: row.integrationId,
    run_id: row.runId,
    action: row.action,
    direction: row.direction,
    success: row.success,
    code: row.code,
    detail: row.detail,
    item_ids: row.itemIds,
    counts: row.counts,
    started_at: row.startedAt.toISOString(),
    finished_at: row.finishedAt.toISOString(),
  }
}

/**
 * An integration's sync events, newest first.
 * @throws ServiceError `integration_not_found`, `invalid_cursor`
 */
export async function listEvents({ ctx, input }: { ctx: Context; input: EventFilter }): Promise<Page<SyncEvent>> {
  const before = readCursor(input.cursor)
  await loadIntegration({ ctx, id: input.id })
  const rows = await ctx.db
    .select()
    .from(syncEvents)
    .where(
      and(
        eq(syncEvents.integrationId, input.id),
        tenantScope(ctx.actor, syncEvents),
        before === null ? undefined : lt(syncEvents.id, before),
        input.success === undefined ? undefined : eq(syncEvents.success, input.success),
        input.action === undefined ? undefined : eq(syncEvents.action, input.action),
      ),
    )
    .orderBy(desc(syncEvents.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentEvent)
}
