import * as z from 'zod'
import { DriftCheck, TypeDriftCheck } from './drift-check.ts'
import { Count, IntegrationId, Timestamp } from './common.ts'
import { Connection, Health } from './health.ts'
import { bySlug } from './structure.ts'

/** Default for how many items of a type one run imports. */
export const DEFAULT_FETCH_LIMIT = 100

const DECIDERS = ['wordpress', 'igny8', 'default'] as const

const FetchLimit = z.lazy(() =>
  z.number().int().min(1).max(1_000_000).meta({ description: 'Most items of the type imported per run' }),
)
const TaxonomyRow = z.lazy(() =>
  z.object({
    label: z.string(),
    count: Count.meta({ description: 'Entries on the site, as wp-admin shows them' }),
    count_as_of: Timestamp.nullable().meta({ description: 'When the site last reported `count`' }),
    synced_count: Count.meta({
      description:
        'Items that are the same on both sides; for a type that is off, as they were when it was switched off',
    }),
    enabled: z.boolean(),
    decided_by: z.enum(DECIDERS).meta({
      description:
        'Who decided `enabled`: the site’s owner in wp-admin (`wordpress`), whose no can’t be overruled; an editor ' +
        '(`igny8`); or nobody, and it is what the plugin suggests (`default`)',
    }),
    fetch_limit: FetchLimit,
    limited: z.boolean().meta({ description: 'Whether the last run stopped at the limit although the site has more' }),
  }),
)

const PostTypeRow = z.lazy(() =>
  TaxonomyRow.unwrap().extend({ failed_count: Count, conflict_count: Count, drift_check: TypeDriftCheck }),
)

const OwnTaxonomyRow = z.lazy(() =>
  TaxonomyRow.unwrap().extend({
    post_types: z.array(z.string()).meta({ description: 'The post types it belongs to' }),
  }),
)

/** What the Content Types tab shows. Reading it costs the same however much content there is. */
export const ContentTypes = z.lazy(() =>
  z
    .object({
      connection: Connection,
      health: Health,
      last_structure_fetch: Timestamp.nullable(),
      as_of: Timestamp.nullable().meta({ description: 'Time of the synced counts' }),
      post_types: z.record(z.string(), PostTypeRow),
      taxonomies: z.record(z.string(), OwnTaxonomyRow),
      drift_check: DriftCheck.meta({ description: 'The last comparison of all items with the site' }),
      plugin_connection_enabled: z.boolean(),
      two_way_sync_enabled: z.boolean(),
      timezone: z.string().nullable().meta({
        description: 'Time zone of the site, by name or offset from UTC; null if its plugin does not say it',
        example: 'Europe/Berlin',
      }),
    })
    .meta({ id: 'ContentTypes' }),
)
export type ContentTypes = z.infer<typeof ContentTypes>

const TypeSettings = z.lazy(() => z.object({ enabled: z.boolean(), fetch_limit: FetchLimit }).partial().strict())
const typeSettingsBySlug = () => bySlug(TypeSettings)

export const ContentTypesUpdate = z.lazy(() =>
  z
    .object({ post_types: typeSettingsBySlug(), taxonomies: typeSettingsBySlug() })
    .partial()
    .strict()
    .refine((patch) => Object.keys(patch).length > 0, 'name at least one type to change')
    .meta({ id: 'ContentTypesUpdate' }),
)
export type ContentTypesUpdate = z.infer<typeof ContentTypesUpdate>

export const StructureStored = z.lazy(() =>
  z
    .object({
      success: z.literal(true),
      integration_id: IntegrationId,
      post_types: Count,
      taxonomies: Count,
      last_structure_fetch: Timestamp,
    })
    .meta({ id: 'StructureStored' }),
)
export type StructureStored = z.infer<typeof StructureStored>
