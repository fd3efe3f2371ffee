import * as z from 'zod'
import { ActorRef } from './actor.ts'
import { Count, EventId, IntegrationId, RunId, Timestamp } from './common.ts'
import { DoctorReport } from './doctor.ts'
import { EvidenceStep } from './evidence.ts'
import { transportFields } from './polling.ts'
import { Connection } from './health.ts'
import { SyncStatus } from './integrations.ts'

export type { SyncStatus }

export const Direction = z.lazy(() =>
  z.enum(['metadata', 'from_external', 'to_external', 'both']).meta({ id: 'Direction' }),
)
export type Direction = z.infer<typeof Direction>

/** A sync in one direction, or a drift check. */
export const RunDirection = z.lazy(() =>
  z.enum([...Direction.unwrap().options, 'drift_check']).meta({ id: 'RunDirection' }),
)
export type RunDirection = z.infer<typeof RunDirection>

const Progress = z.lazy(() => z.object({ done: Count, total: Count }))

export const RunCounts = z.lazy(() =>
  z.object({
    created: Count,
    updated: Count,
    deleted: Count,
    unchanged: Count,
    failed: Count,
    conflicts: Count,
  }),
)
export type RunCounts = z.infer<typeof RunCounts>
export const NO_COUNTS: RunCounts = { created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0, conflicts: 0 }

export const RunStatus = z.lazy(() => z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled']))

/**
 * What a run waits for. `poll`: the site can’t be called, and takes its commands when it polls. `retry`: an attempt
 * failed and is repeated. `rate_limit`: likewise, at the time that the site asked for (`Retry-After`). `turn`: another
 * run of the site comes first.
 */
const WAITING_FOR = ['poll', 'retry', 'rate_limit', 'turn'] as const

export const RunWaiting = z.lazy(() =>
  z
    .object({
      for: z.enum(WAITING_FOR),
      since: Timestamp,
      next_at: Timestamp.nullable().meta({
        description: 'When it is expected to go on; in the past if that is overdue, null if it isn’t known',
      }),
      detail: z.string(),
    })
    .meta({ id: 'RunWaiting' }),
)
export type RunWaiting = z.infer<typeof RunWaiting>

/** One execution of a sync on one site. */
export const Run = z.lazy(() =>
  z
    .object({
      id: RunId,
      direction: RunDirection,
      status: RunStatus.meta({ description: '`running` only while IGNY8 works on it; a run that waits is `queued`' }),
      // the object of an earlier release answers without this while a deployment is under way
      waiting: RunWaiting.nullable()
        .default(null)
        .meta({ description: 'What the run waits for; null while it is at work, about to start, or ended' }),
      progress: Progress.unwrap().extend({ by_type: z.record(z.string(), Progress) }),
      counts: RunCounts,
      queued_at: Timestamp,
      started_at: Timestamp.nullable(),
      finished_at: Timestamp.nullable(),
      error: z.object({ code: z.string(), detail: z.string(), fix: z.string().nullable() }).nullable(),
      // as with `waiting`
      actor: ActorRef.nullable().default(null).meta({
        description: 'Who asked for the run; null for one of an earlier release. Without a name in live messages',
      }),
    })
    .meta({ id: 'Run' }),
)
export type Run = z.infer<typeof Run>

export const SyncRequest = z.lazy(() => z.object({ direction: Direction.default('both') }).meta({ id: 'SyncRequest' }))

export const SyncState = z.lazy(() =>
  z
    .object({
      sync_status: SyncStatus,
      last_sync_at: Timestamp.nullable(),
      current_run: Run.nullable(),
      last_run: Run.nullable(),
      lag_s: z
        .number()
        .min(0)
        .nullable()
        .meta({ description: 'Age of the oldest queued work, in seconds; null if none is queued' }),
      waiting_for_site_since: Timestamp.nullable().meta({
        description: 'Since when commands wait for the site’s next poll; null if none wait',
      }),
    })
    .meta({ id: 'SyncState' }),
)
export type SyncState = z.infer<typeof SyncState>

export const SyncEvent = z.lazy(() =>
  z
    .object({
      id: EventId,
      integration_id: IntegrationId,
      run_id: RunId.nullable(),
      action: z.string(),
      direction: RunDirection.nullable(),
      success: z.boolean(),
      code: z.string().nullable(),
      detail: z.string().nullable(),
      actor: ActorRef.nullable().meta({ description: 'Who caused it; null if that isn’t known' }),
      item_ids: z.array(z.string()),
      counts: z.record(z.string(), Count),
      started_at: Timestamp,
      finished_at: Timestamp,
    })
    .meta({ id: 'SyncEvent' }),
)
export type SyncEvent = z.infer<typeof SyncEvent>

export const EventFilter = z.lazy(() =>
  z.object({
    action: z.string().max(64).optional(),
    success: z.stringbool().optional(),
    run_id: RunId.optional(),
    item_id: z.string().min(1).max(64).optional().meta({ description: 'Events that name this item' }),
    direction: RunDirection.optional(),
  }),
)
export type EventFilter = z.infer<typeof EventFilter>

/** What support needs: connection state, sync state, recent failures, and a new probe of the site. */
export const DebugStatus = z.lazy(() =>
  z
    .object({
      integration_id: IntegrationId,
      connection: Connection,
      connection_reason: z.string().nullable(),
      connection_since: Timestamp.nullable(),
      site_url: z.string(),
      ...transportFields(),
      sync: SyncState,
      last_structure_fetch: Timestamp.nullable(),
      next_check_at: Timestamp.nullable(),
      probe: z.object({
        success: z.boolean(),
        code: z.string(),
        detail: z.string(),
        fix: z.string().nullable(),
        evidence: z.array(EvidenceStep),
        clock_skew_s: z.number().nullable(),
        plugin: z.record(z.string(), z.unknown()).nullable(),
      }),
      doctor: DoctorReport,
      recent_failures: z.array(SyncEvent),
    })
    .meta({ id: 'DebugStatus' }),
)
export type DebugStatus = z.infer<typeof DebugStatus>
