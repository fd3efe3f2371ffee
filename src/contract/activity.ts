import * as z from 'zod'
import { Count, Timestamp } from './common.ts'
import { Run } from './sync.ts'

const Milliseconds = z.lazy(() => z.number().int().min(0))

/**
 * What a step of a run does: `find` looks for the site's endpoint, `structure` reads post types and taxonomies, `terms` and `read`
 * their entries, `compare` all ids for what was deleted or came in late, `write` sends items, `images` their images.
 */
export const RUN_PHASES = ['find', 'structure', 'terms', 'read', 'compare', 'write', 'images'] as const
export type RunPhase = (typeof RUN_PHASES)[number]

/** Work of one kind within one slice of a run. */
export const RunStep = z.lazy(() =>
  z
    .object({
      at: Timestamp.meta({ description: 'When it began' }),
      phase: z.enum(RUN_PHASES),
      type: z.string().nullable().meta({ description: 'Post type or taxonomy; null for several at once' }),
      requests: Count,
      bytes: Count.meta({ description: 'Sent and received, after decompression' }),
      items: Count,
      duration_ms: Milliseconds,
      error: z.object({ code: z.string(), detail: z.string(), fix: z.string().nullable() }).nullable(),
    })
    .meta({ id: 'RunStep' }),
)
export type RunStep = z.infer<typeof RunStep>

/** Steps that are kept of a run, the newest. */
export const MAX_RUN_STEPS = 200

/** A run with what it did. */
export const RunDetail = z.lazy(() =>
  Run.unwrap()
    .extend({
      request_id: z.string().meta({ description: 'Of the request that started it, as the log names it' }),
      steps: z.array(RunStep).max(MAX_RUN_STEPS).meta({ description: 'Newest last; of a long run the newest alone' }),
      requests: Count.meta({ description: 'To the site, by all steps' }),
      bytes: Count,
      duration_ms: Milliseconds.meta({ description: 'Of the steps; pauses between attempts not counted' }),
    })
    .meta({ id: 'RunDetail' }),
)
export type RunDetail = z.infer<typeof RunDetail>

export const ActivityQuery = z.lazy(() => z.object({ days: z.coerce.number().int().min(1).max(90).default(30) }))

/** What happened on one day (UTC). */
export const ActivityDay = z.lazy(() =>
  z
    .object({
      date: z.iso.date(),
      runs: Count.meta({ description: 'That ended, or last failed, on this day' }),
      succeeded: Count,
      failed: Count,
      cancelled: Count,
      duration_ms_median: Milliseconds.nullable().meta({ description: 'From start to end; null without runs' }),
      duration_ms_max: Milliseconds.nullable(),
      items_changed: Count.meta({ description: 'Created, updated or deleted, on either side' }),
      webhooks: Count.meta({ description: 'Changes that WordPress told of' }),
    })
    .meta({ id: 'ActivityDay' }),
)
export type ActivityDay = z.infer<typeof ActivityDay>

/** The days that were asked for, oldest first, today last; days without anything are there too. */
export const Activity = z.lazy(() => z.object({ days: z.array(ActivityDay) }).meta({ id: 'Activity' }))
export type Activity = z.infer<typeof Activity>
