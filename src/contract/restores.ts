import * as z from 'zod'
import { Count, SiteId, Timestamp } from './common.ts'

/** Why an item stays as it is when its site is put back. */
export const OBSTACLES = ['item_unreadable', 'type_denied', 'trash_off', 'edited_since'] as const
export type Obstacle = (typeof OBSTACLES)[number]

const RestoreId = z
  .lazy(() => z.string().max(64))
  .meta({ description: 'Opaque id of a restore', example: 'rst_019d8f0c6b7e7c3fb1d2a4e5f6071829' })

/** What becomes of items that were made in IGNY8 since the moment. */
const Newer = z.lazy(() =>
  z.enum(['keep', 'trash']).meta({ description: 'What becomes of items that were made in IGNY8 since the moment' }),
)

const Counts = z.lazy(() =>
  z.object({
    changed: Count.meta({ description: 'Items that get their earlier text back' }),
    revived: Count.meta({ description: 'Items that are deleted or in the trash now, and were not then' }),
    trashed: Count.meta({ description: 'Items that go to the trash' }),
    skipped: z
      .partialRecord(z.enum(OBSTACLES), Count)
      .meta({ description: 'Items that stay as they are, by the reason' }),
  }),
)
export type RestoreCounts = z.infer<typeof Counts>

export const RestoreRequest = z.lazy(() =>
  z
    .object({
      to: Timestamp.meta({ description: 'The moment; at most 30 days ago' }),
      newer: Newer.default('keep'),
    })
    .strict()
    .meta({ id: 'RestoreRequest' }),
)
export type RestoreRequest = z.infer<typeof RestoreRequest>

/** Most items that a plan names one by one. */
export const PLANNED_ITEMS = 200

export const RestorePlan = z.lazy(() =>
  z
    .object({
      site_id: SiteId,
      to: Timestamp,
      newer: Newer,
      earliest: Timestamp.meta({ description: 'The earliest moment that the site can be put back to' }),
      counts: Counts,
      items: z
        .array(
          z.object({
            id: z.string(),
            type: z.string(),
            title: z.string(),
            change: z.enum(['changed', 'revived', 'trashed', 'skipped']),
            code: z.enum(OBSTACLES).nullable().meta({ description: 'Why it is skipped' }),
            fields: z.array(z.string()).meta({ description: 'Fields that differ' }),
          }),
        )
        .meta({ description: `The first ${PLANNED_ITEMS} of them` }),
    })
    .meta({ id: 'RestorePlan', description: 'What a restore would do. Nothing was changed' }),
)
export type RestorePlan = z.infer<typeof RestorePlan>

export const Restore = z.lazy(() =>
  z
    .object({
      id: RestoreId,
      kind: z.enum(['moment', 'undo', 'rewind']).meta({
        description: '`moment`: from the journal. `undo`: takes another one back. `rewind`: by the platform',
      }),
      to: Timestamp,
      newer: Newer,
      started_at: Timestamp,
      state: z.enum(['running', 'done', 'failed']).meta({
        description: '`failed`: so much changed meanwhile that the moment is no longer kept. Undo it',
      }),
      undoes: RestoreId.unwrap().nullable(),
      undone_at: Timestamp.nullable(),
      counts: Counts,
    })
    .meta({ id: 'Restore' }),
)
export type Restore = z.infer<typeof Restore>
