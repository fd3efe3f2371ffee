import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { EventFilter, SyncEvent } from '../../contract/sync.ts'
import { syncEvents } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { loadIntegration } from '../integrations/internal.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { presentEvent } from './internal.ts'

type ListInput = ListQuery & EventFilter & { id: string }

/**
 * An integration's sync events, newest first.
 * @throws ServiceError `integration_not_found`, `invalid_cursor`
 */
export async function listEvents({ ctx, input }: { ctx: Context; input: ListInput }): Promise<Page<SyncEvent>> {
  const before = readCursor(input.cursor)
  await loadIntegration({ ctx, id: input.id })
  const { action, success, run_id: runId, direction } = input
  const rows = await ctx.db
    .select()
    .from(syncEvents)
    .where(
      and(
        eq(syncEvents.integrationId, input.id),
        tenantFilter(ctx.actor, syncEvents),
        before === null ? undefined : lt(syncEvents.id, before),
        // written out, so that the index of failures is used
        success === undefined ? undefined : sql`${syncEvents.success} = ${sql.raw(success ? '1' : '0')}`,
        action === undefined ? undefined : eq(syncEvents.action, action),
        runId === undefined ? undefined : eq(syncEvents.runId, runId),
        direction === undefined ? undefined : eq(syncEvents.direction, direction),
      ),
    )
    .orderBy(desc(syncEvents.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentEvent)
}
