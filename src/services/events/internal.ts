import type { SyncEvent } from '../../contract/sync.ts'
import type { syncEvents } from '../../db/schema/index.ts'

/** The wire's shape of a sync event. */
export function presentEvent(row: typeof syncEvents.$inferSelect): SyncEvent {
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

/** The least id that an event made at this moment (milliseconds since 1970) can have: ids begin with their time. */
export const firstEventIdAt = (ms: number) => `evt_${Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0')}`
