/** One change of many items of a site: what it would do, how far it is, and how it is taken back. */
import * as z from 'zod'
import { ActorRef } from './actor.ts'
import { Count, ListQuery, SiteId, Timestamp } from './common.ts'
import { ItemError, ItemState } from './content.ts'
import { ItemMatch } from './item-list.ts'
import { SLUG } from './structure.ts'

/** Items that a request may name one by one. More are named by a filter. */
export const MAX_BULK_IDS = 500
/** Items of one job. */
export const MAX_BULK_ITEMS = 10_000
/** Jobs of a site that are not done yet. */
export const MAX_BULK_WAITING = 10

const TermNames = z.lazy(() => z.array(z.string().trim().min(1).max(200)).max(50).default([]))

export const BulkAction = z.lazy(() =>
  z
    .discriminatedUnion('kind', [
      z
        .object({ kind: z.literal('status'), status: z.enum(['draft', 'pending', 'private', 'publish']) })
        .strict()
        .meta({ description: 'Sets the status. `publish` schedules what has a date to come' }),
      z
        .object({ kind: z.literal('terms'), taxonomy: z.string().regex(SLUG), add: TermNames, remove: TermNames })
        .strict()
        .meta({ description: 'Adds and removes terms of one taxonomy, by name' }),
      z
        .object({ kind: z.literal('sync') })
        .strict()
        .meta({ description: 'Reads them from WordPress anew, and sends what waits' }),
      z
        .object({ kind: z.literal('retry') })
        .strict()
        .meta({ description: 'Sends failed items again' }),
      z
        .object({ kind: z.literal('resolve'), choice: z.enum(['wordpress', 'igny8']) })
        .strict()
        .meta({ description: 'Ends conflicts, with one side for all' }),
      z.object({ kind: z.literal('trash') }).strict(),
      z
        .object({ kind: z.literal('restore') })
        .strict()
        .meta({ description: 'Takes them out of the trash, as drafts' }),
      z
        .object({ kind: z.literal('delete') })
        .strict()
        .meta({ description: 'Deletes for good what is in the trash; people need the role admin for it' }),
    ])
    .meta({ id: 'BulkAction' }),
)
export type BulkAction = z.infer<typeof BulkAction>

const AsOf = z.lazy(() =>
  Timestamp.unwrap().meta({
    description:
      'When the caller saw these items, as `as_of` of a plan says. What was made or changed since is left as it is',
  }),
)

export const BulkSelection = z.lazy(() =>
  z
    .union([
      z.object({ ids: z.array(z.string().min(1).max(64)).min(1).max(MAX_BULK_IDS), as_of: AsOf.optional() }).strict(),
      z.object({ filter: ItemMatch.unwrap().strict(), as_of: AsOf.optional() }).strict(),
    ])
    .meta({ id: 'BulkSelection', description: `Up to ${MAX_BULK_IDS} ids, or everything that a filter matches` }),
)
export type BulkSelection = z.infer<typeof BulkSelection>

export const BulkRequest = z.lazy(() =>
  z
    .object({
      selection: BulkSelection,
      action: BulkAction,
      dry_run: z.boolean().default(false).meta({ description: 'Says what it would do, and changes nothing' }),
    })
    .strict()
    .refine(({ selection, dry_run: isDry }) => isDry || 'ids' in selection || selection.as_of !== undefined, {
      path: ['selection', 'as_of'],
      message: 'a filter needs as_of, which its plan has',
    })
    .refine(({ action }) => action.kind !== 'terms' || action.add.length + action.remove.length > 0, {
      path: ['action'],
      message: 'name terms to add or to remove',
    })
    .meta({ id: 'BulkRequest' }),
)
export type BulkRequest = z.infer<typeof BulkRequest>

const Refused = z.lazy(() =>
  z.record(z.string(), Count).meta({ description: 'Items that stay as they are, by the code of the reason' }),
)

const BulkCounts = z.lazy(() =>
  z.object({
    changed: Count,
    unchanged: Count.meta({ description: 'Items that are so already' }),
    refused: Refused,
  }),
)
export type BulkCounts = z.infer<typeof BulkCounts>

/** Items of a plan that are named one by one. */
export const PLANNED_REFUSALS = 100

const RefusedItem = z.lazy(() =>
  z.object({ id: z.string(), type: z.string(), title: z.string(), code: z.string(), detail: z.string() }),
)

export const BulkPlan = z.lazy(() =>
  z
    .object({
      site_id: SiteId,
      as_of: AsOf,
      action: BulkAction,
      total: Count,
      counts: BulkCounts,
      kinds: z
        .array(z.object({ type: z.string(), status: z.string(), count: Count }))
        .meta({ description: 'Items that would change, by type and present status' }),
      refused: z
        .array(RefusedItem)
        .max(PLANNED_REFUSALS)
        .meta({ description: `The first ${PLANNED_REFUSALS} of them` }),
      is_sent: z.boolean().meta({ description: 'Whether WordPress gets the changes at once, or with the next sync' }),
      can_undo: z.boolean(),
    })
    .meta({ id: 'BulkPlan', description: 'What a change of many items would do. Nothing was changed' }),
)
export type BulkPlan = z.infer<typeof BulkPlan>

export const BulkId = z
  .lazy(() => z.string().max(64))
  .meta({ description: 'Opaque id of a bulk job', example: 'bulk_019d8f0c6b7e7c3fb1d2a4e5f6071829' })

export const BulkJob = z.lazy(() =>
  z
    .object({
      id: BulkId,
      site_id: SiteId,
      kind: z.enum(['change', 'undo', 'retry']),
      action: BulkAction.meta({ description: 'Of an undo or a retry: what it takes back or repeats' }),
      of: BulkId.unwrap().nullable().meta({ description: 'The job that this one undoes or retries' }),
      state: z
        .enum(['waiting', 'running', 'done'])
        .meta({ description: '`waiting`: another job of the site comes first' }),
      actor: ActorRef.nullable(),
      total: Count,
      counts: BulkCounts,
      sending: z
        .object({ waiting: Count, failed: Count })
        .meta({ description: 'Of its changed items: how many wait to be sent to WordPress, and how many failed' }),
      created_at: Timestamp,
      finished_at: Timestamp.nullable(),
      can_undo: z.boolean(),
      undone_by: BulkId.unwrap().nullable(),
    })
    .meta({ id: 'BulkJob' }),
)
export type BulkJob = z.infer<typeof BulkJob>

export const BulkAnswer = z.lazy(() =>
  z
    .object({
      plan: BulkPlan.nullable().meta({ description: 'With `dry_run`' }),
      job: BulkJob.nullable().meta({ description: 'Else: the job that was started' }),
    })
    .meta({ id: 'BulkAnswer' }),
)
export type BulkAnswer = z.infer<typeof BulkAnswer>

const BULK_OUTCOMES = ['changed', 'unchanged', 'refused', 'failed'] as const
export type BulkOutcome = (typeof BULK_OUTCOMES)[number]

export const BulkItemsQuery = z.lazy(() =>
  ListQuery.unwrap().extend({
    outcome: z.enum(BULK_OUTCOMES).optional().meta({
      description: '`refused`: it could not be changed. `failed`: it was, and could not be sent to WordPress',
    }),
  }),
)

export const BulkItem = z.lazy(() =>
  z
    .object({
      id: z.string(),
      type: z.string(),
      title: z.string(),
      outcome: z.enum(BULK_OUTCOMES),
      code: z.string().nullable().meta({ description: 'Why it was refused' }),
      state: ItemState,
      error: ItemError.nullable().meta({ description: 'Why it could not be sent' }),
    })
    .meta({ id: 'BulkItem' }),
)
export type BulkItem = z.infer<typeof BulkItem>
