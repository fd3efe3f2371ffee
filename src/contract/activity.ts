import * as z from 'zod'
import { Count, Timestamp } from './common.ts'
import { Run } from './sync.ts'

const Milliseconds = z.lazy(() => z.number().int().min(0))

/**
 * Phases of a run. `find` discovers the plugin's endpoint. `structure` reads post types and taxonomies, `terms` and `read` their
 * entries. `compare` compares all ids to find posts that were deleted or arrived late. `write` sends items, `images` their images.
 */
export const RUN_PHASES = ['find', 'structure', 'terms', 'read', 'compare', 'write', 'images'] as const
export type RunPhase = (typeof RUN_PHASES)[number]

/** Work of one phase within one slice of a run. */
export const RunStep = z.lazy(() =>
  z
    .object({
      at: Timestamp.meta({ description: 'Start of the step' }),
      phase: z.enum(RUN_PHASES),
      type: z.string().nullable().meta({ description: 'Post type or taxonomy; null if the step covers several' }),
      requests: Count,
      bytes: Count.meta({ description: 'Bytes sent and received, after decompression' }),
      items: Count,
      duration_ms: Milliseconds,
      error: z.object({ code: z.string(), detail: z.string(), fix: z.string().nullable() }).nullable(),
    })
    .meta({ id: 'RunStep' }),
)
export type RunStep = z.infer<typeof RunStep>

/** How many steps of a run are kept: the newest. */
export const MAX_RUN_STEPS = 200

/** A run with its steps. */
export const RunDetail = z.lazy(() =>
  Run.unwrap()
    .extend({
      request_id: z.string().meta({ description: 'Id of the request that started the run, as in the log' }),
      steps: z.array(RunStep).max(MAX_RUN_STEPS).meta({ description: 'The newest steps, newest last' }),
      requests: Count.meta({ description: 'Requests to the site in all steps' }),
      bytes: Count,
      duration_ms: Milliseconds.meta({ description: 'Sum of the steps, without pauses between attempts' }),
    })
    .meta({ id: 'RunDetail' }),
)
export type RunDetail = z.infer<typeof RunDetail>

export const ActivityQuery = z.lazy(() => z.object({ days: z.coerce.number().int().min(1).max(90).default(30) }))

/** Totals of one day (UTC). */
export const ActivityDay = z.lazy(() =>
  z
    .object({
      date: z.iso.date(),
      runs: Count.meta({ description: 'Runs that ended, or last failed, on this day' }),
      succeeded: Count,
      failed: Count,
      cancelled: Count,
      duration_ms_median: Milliseconds.nullable().meta({ description: 'From start to end; null if no run ended' }),
      duration_ms_max: Milliseconds.nullable(),
      items_changed: Count.meta({ description: 'Items created, updated or deleted on either side' }),
      webhooks: Count.meta({ description: 'Changes that WordPress reported' }),
    })
    .meta({ id: 'ActivityDay' }),
)
export type ActivityDay = z.infer<typeof ActivityDay>

/** The requested days, oldest first and today last, including days without runs. */
export const Activity = z.lazy(() => z.object({ days: z.array(ActivityDay) }).meta({ id: 'Activity' }))
export type Activity = z.infer<typeof Activity>
