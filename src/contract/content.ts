import * as z from 'zod'
import { SiteId, Timestamp } from './common.ts'

export const ITEM_STATES = ['synced', 'local_ahead', 'external_ahead', 'conflict', 'failed', 'deleted'] as const
export const ItemState = z.lazy(() => z.enum(ITEM_STATES).meta({ id: 'ItemState' }))
export type ItemState = z.infer<typeof ItemState>

/** Statuses that people may set; a site's own custom status is shown as it is, and kept. */
export const ItemStatus = z.lazy(() => z.enum(['draft', 'pending', 'private', 'future', 'publish', 'trash']))

/** Most bytes of one item as JSON, here and in the plugin: rows of the object's database end at 2 MB. */
export const MAX_ITEM_BYTES = 1_500_000

export const ItemId = z
  .lazy(() => z.string().max(64))
  .meta({ description: 'Opaque id of an item', example: 'item_019d8f0c6b7e7c3fb1d2a4e5f6071829' })

const TypeSlug = z.lazy(() => z.string().regex(/^[a-z0-9_-]{1,32}$/))
const Terms = z.lazy(() => z.record(TypeSlug, z.array(z.string().min(1).max(200)).max(1000)))
const Meta = z.lazy(() => z.record(z.string().min(1).max(255), z.unknown()))
const FeaturedImage = z.lazy(() => z.object({ url: z.string().max(2000), alt: z.string().max(1000).default('') }))

const EditableFields = z.lazy(() =>
  z.object({
    title: z.string().max(65_535),
    body: z.string(),
    excerpt: z.string().max(65_535),
    slug: z.string().max(200),
    status: ItemStatus,
    date: Timestamp.nullable(),
    parent_id: z.string().max(64).nullable().meta({ description: 'Item id of the parent' }),
    terms: Terms.meta({ description: 'Names by taxonomy; replaces the taxonomies that it names' }),
    meta: Meta.meta({ description: 'By key; null deletes the key' }),
    featured_image: FeaturedImage.nullable(),
  }),
)

export const ItemCreate = z.lazy(() =>
  EditableFields.unwrap()
    .partial()
    .extend({ type: TypeSlug.default('post'), title: z.string().max(65_535) })
    .strict()
    .meta({ id: 'ItemCreate' }),
)
export type ItemCreate = z.infer<typeof ItemCreate>

export const ItemUpdate = z.lazy(() =>
  EditableFields.unwrap()
    .partial()
    .extend({
      if_revision: z.number().int().optional().meta({ description: 'Refused with 409 when the item has moved on' }),
    })
    .strict()
    .meta({ id: 'ItemUpdate' }),
)
export type ItemUpdate = z.infer<typeof ItemUpdate>

/** One side of an item, in full. */
export const ItemVersion = z.lazy(() =>
  z
    .object({
      title: z.string(),
      body: z.string(),
      excerpt: z.string(),
      slug: z.string(),
      status: z.string(),
      date: Timestamp.nullable(),
      parent_id: z.string().nullable(),
      terms: Terms,
      meta: Meta,
      featured_image: FeaturedImage.unwrap().extend({ alt: z.string() }).nullable(),
    })
    .meta({ id: 'ItemVersion' }),
)
export type ItemVersion = z.infer<typeof ItemVersion>

export const Conflict = z.lazy(() =>
  z
    .object({
      fields: z
        .array(z.string())
        .meta({ description: 'What both sides changed; `deleted` where one of them deleted the item' }),
      since: Timestamp,
      wordpress: ItemVersion.nullable().meta({ description: 'Null: deleted there' }),
      base: ItemVersion.nullable(),
    })
    .meta({ id: 'Conflict' }),
)

export const ItemError = z.lazy(() =>
  z
    .object({ code: z.string(), detail: z.string(), fix: z.string().nullable(), since: Timestamp })
    .meta({ id: 'ItemError' }),
)

/** A piece of content, as IGNY8 has it. */
export const Item = z.lazy(() =>
  ItemVersion.unwrap()
    .extend({
      id: z.string(),
      site_id: SiteId,
      type: z.string(),
      state: ItemState,
      deleted: z.boolean().meta({ description: 'Deleted here; WordPress follows with the next sync' }),
      external_id: z.string().nullable().meta({ description: 'WordPress’ post id' }),
      external_url: z.string().nullable(),
      revision: z.number().int(),
      wordpress: ItemVersion.nullable().meta({
        description: 'The WordPress side as it was seen last; null where there is none',
      }),
      base: ItemVersion.nullable().meta({ description: 'The last state on which both sides agreed' }),
      conflict: Conflict.nullable(),
      error: ItemError.nullable(),
      can_undo: z.boolean().meta({ description: 'Whether the last resolution of a conflict can be undone' }),
      updated_at: Timestamp,
    })
    .meta({ id: 'Item' }),
)
export type Item = z.infer<typeof Item>

/** An item in a list: without body and meta. */
export const ItemSummary = z.lazy(() =>
  Item.unwrap()
    .omit({ body: true, meta: true, excerpt: true, conflict: true, wordpress: true, base: true })
    .extend({ conflict_fields: z.array(z.string()) })
    .meta({ id: 'ItemSummary' }),
)
export type ItemSummary = z.infer<typeof ItemSummary>

export const ItemFilter = z.lazy(() =>
  z.object({
    type: TypeSlug.optional(),
    state: ItemState.optional().meta({ description: 'Default: every state but `deleted`' }),
    q: z.string().max(200).optional().meta({ description: 'Part of the title or slug' }),
    external_id: z
      .string()
      .regex(/^[1-9]\d{0,15}$/)
      .optional()
      .meta({ description: 'WordPress’ post id' }),
  }),
)
export type ItemFilter = z.infer<typeof ItemFilter>

export const SyncItemRequest = z.lazy(() =>
  z
    .object({
      content_id: z
        .union([z.string().min(1).max(64), z.number().int().min(1)])
        .meta({ description: 'Id of an item, or WordPress’ post id' }),
    })
    .meta({ id: 'SyncItemRequest' }),
)

/** How a conflict ends: one side for all fields, or a side per field. */
export const Resolution = z.lazy(() =>
  z
    .object({
      choice: z.enum(['wordpress', 'igny8']).optional(),
      fields: z.record(z.string(), z.enum(['wordpress', 'igny8'])).optional(),
      if_revision: z.number().int().optional(),
    })
    .strict()
    .refine((body) => (body.choice === undefined) !== (body.fields === undefined), 'give either choice or fields')
    .meta({ id: 'Resolution' }),
)
export type Resolution = z.infer<typeof Resolution>
