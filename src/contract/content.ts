import * as z from 'zod'
import { SiteId, Timestamp } from './common.ts'
import { Alteration, MissingPermission } from './link.ts'
import { Seo, SeoUpdate } from './seo.ts'
import { SLUG } from './structure.ts'
import { refuseBrokenText, withPlainKeys } from './text.ts'

export const ITEM_STATES = ['synced', 'local_ahead', 'external_ahead', 'conflict', 'failed', 'deleted'] as const
export const ItemState = z.lazy(() => z.enum(ITEM_STATES).meta({ id: 'ItemState' }))
export type ItemState = z.infer<typeof ItemState>

/** Statuses that people may set. A site's custom status is shown and kept unchanged. */
export const ItemStatus = z.lazy(() => z.enum(['draft', 'pending', 'private', 'future', 'publish', 'trash']))

/** Most bytes of one item as JSON, in the API and the plugin: a row of the object's SQLite holds at most 2 MB. */
export const MAX_ITEM_BYTES = 1_500_000

export const ItemId = z
  .lazy(() => z.string().max(64))
  .meta({ description: 'Opaque id of an item', example: 'item_019d8f0c6b7e7c3fb1d2a4e5f6071829' })

const TypeSlug = z.lazy(() => z.string().regex(/^[a-z0-9_-]{1,32}$/))
const Terms = z.lazy(() =>
  withPlainKeys(z.record(z.string().regex(SLUG), z.array(z.string().min(1).max(200)).max(1000))),
)
const Meta = z.lazy(() => withPlainKeys(z.record(z.string().min(1).max(255), z.unknown())))
const FeaturedImage = z.lazy(() => z.object({ url: z.string().max(2000), alt: z.string().max(1000).default('') }))

/** Years of four digits in every time zone: WordPress stores the time of the site and that of Greenwich. */
const EARLIEST_MS = Date.UTC(1000, 0, 2)
const LATEST_MS = Date.UTC(9999, 11, 30)

const PublishDate = z.lazy(() =>
  Timestamp.unwrap()
    .refine(
      (text) => Date.parse(text) >= EARLIEST_MS && Date.parse(text) <= LATEST_MS,
      'must be in the years 1000 to 9999',
    )
    .meta({ description: 'When the item is or was published, to the second', example: '2026-11-21T10:00:00.000Z' }),
)

/** The author of an item. `id` is the WordPress user; null for a name that the site has not resolved yet. */
export const ItemAuthor = z.lazy(() =>
  z.object({ id: z.number().int().min(0).nullable(), name: z.string() }).meta({ id: 'ItemAuthor' }),
)
export type ItemAuthor = z.infer<typeof ItemAuthor>

/** An author as a request names it: as it is shown, by user id, or by a name, login or e-mail address. */
const AuthorInput = z.lazy(() =>
  z.union([
    z.number().int().min(1),
    z.string().trim().min(1).max(200),
    ItemAuthor.unwrap().refine(({ id, name }) => id !== null || name.trim() !== '', 'must have an id or a name'),
  ]),
)

const EditableFields = z.lazy(() =>
  z.object({
    title: z.string().max(65_535),
    body: z.string().meta({
      description:
        'HTML, or the blocks of WordPress as it stores them. HTML becomes blocks where the site edits the type in blocks',
    }),
    body_format: z.enum(['html', 'markdown']).meta({
      description: 'How `body` is written; `html` unless given. Markdown is turned into HTML at once, and kept as HTML',
    }),
    excerpt: z.string().max(65_535),
    slug: z.string().max(200),
    status: ItemStatus.meta({
      description:
        '`future` needs a date to come. `publish` without a date publishes now; with a date to come it schedules',
    }),
    date: PublishDate.nullable(),
    parent_id: z.string().max(64).nullable().meta({ description: 'Item id of the parent' }),
    author: AuthorInput.nullable().meta({
      description:
        'A WordPress user by id, login or e-mail address, or a name that `author_map` of the integration knows. Null leaves it to the site',
    }),
    terms: Terms.meta({ description: 'Term names by taxonomy. Replaces all terms of each taxonomy given' }),
    meta: Meta.meta({ description: 'Values by key. Null deletes the key' }),
    featured_image: FeaturedImage.nullable(),
    seo: SeoUpdate,
  }),
)

export const ItemCreate = z.lazy(() =>
  EditableFields.unwrap()
    .partial()
    .extend({ type: TypeSlug.default('post'), title: z.string().max(65_535) })
    .strict()
    .superRefine(refuseBrokenText)
    .meta({ id: 'ItemCreate' }),
)
export type ItemCreate = z.infer<typeof ItemCreate>

export const ItemUpdate = z.lazy(() =>
  EditableFields.unwrap()
    .partial()
    .extend({
      if_revision: z
        .number()
        .int()
        .optional()
        .meta({ description: 'The change is refused with 409 if the item has another revision' }),
    })
    .strict()
    .superRefine(refuseBrokenText)
    .meta({ id: 'ItemUpdate' }),
)
export type ItemUpdate = z.infer<typeof ItemUpdate>

/** The version of an item on one side. */
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
      author: ItemAuthor.nullable().default(null).meta({ description: 'Null while it is not known' }),
      // the limits of a request don't apply to an answer: whatever WordPress stores can be shown
      terms: z.record(z.string(), z.array(z.string())),
      meta: z.record(z.string(), z.unknown()),
      featured_image: z.object({ url: z.string(), alt: z.string() }).nullable(),
      // the object of an earlier release answers without it while a deployment is under way
      seo: Seo.nullable().default(null).meta({
        description:
          'Fields of the site’s SEO plugin; null if no such plugin is active, and then they can’t be changed',
      }),
    })
    .meta({ id: 'ItemVersion' }),
)
export type ItemVersion = z.infer<typeof ItemVersion>

export const Conflict = z.lazy(() =>
  z
    .object({
      fields: z
        .array(z.string())
        .meta({ description: 'Fields that both sides changed; `deleted` if one side deleted the item' }),
      since: Timestamp,
      wordpress: ItemVersion.nullable().meta({ description: 'Null if deleted in WordPress' }),
      base: ItemVersion.nullable(),
      // the object of an earlier release answers without it while a deployment is under way
      stale_save: z.object({ by: z.string(), at: Timestamp }).nullable().default(null).meta({
        description:
          'Who saved the post in WordPress from an editor that was opened before IGNY8’s version arrived; null for other conflicts',
      }),
    })
    .meta({ id: 'Conflict' }),
)

export const ItemError = z.lazy(() =>
  z
    .object({
      code: z.string(),
      detail: z.string(),
      fix: z.string().nullable(),
      since: Timestamp,
      alteration: Alteration.optional().meta({
        description: 'With `content_altered`: the field that the site alters, and who does it',
      }),
      permission: MissingPermission.optional().meta({
        description: 'With `not_permitted`: what the acting user may not do',
      }),
    })
    .meta({ id: 'ItemError' }),
)

/** An item in IGNY8: a post, page or other piece of content. */
export const Item = z.lazy(() =>
  ItemVersion.unwrap()
    .extend({
      id: z.string(),
      site_id: SiteId,
      type: z.string(),
      state: ItemState,
      deleted: z.boolean().meta({ description: 'Deleted permanently in IGNY8. The next sync deletes it in WordPress' }),
      external_id: z.string().nullable().meta({ description: 'Post id in WordPress' }),
      external_url: z.string().nullable(),
      revision: z.number().int(),
      // the object of an earlier release answers without these six while a deployment is under way
      builder: z.string().nullable().default(null).meta({
        description: 'The page builder that renders the post, for example `elementor`. The body is then read-only',
      }),
      protected: z.boolean().default(false).meta({ description: 'Visitors need a password' }),
      overdue_since: Timestamp.nullable().default(null).meta({
        description: 'The time that a scheduled item has missed: it should be live since then',
      }),
      published_late_at: Timestamp.nullable().default(null).meta({
        description:
          'When the item was published with its scheduled date, because that had passed before WordPress could be reached',
      }),
      left_alone: z.boolean().default(false).meta({
        description:
          'Somebody at the site has IGNY8 leave the post alone: it is neither read nor written, and stays here as it was',
      }),
      stale_save: z.string().nullable().default(null).meta({
        description: 'The last save from an old editor that was read: the id that the plugin gave it',
      }),
      wordpress: ItemVersion.nullable().meta({
        description: 'The last known version in WordPress; null if there is none',
      }),
      base: ItemVersion.nullable().meta({ description: 'The last version that both sides had' }),
      conflict: Conflict.nullable(),
      error: ItemError.nullable(),
      // the object of an earlier release answers without it while a deployment is under way
      external_images: z.array(z.string()).default([]).meta({
        description:
          'Images of the body in WordPress that the site shows from elsewhere: they could not be fetched, or were left there',
      }),
      can_undo: z.boolean().meta({ description: 'Whether the last resolution of a conflict can be undone' }),
      updated_at: Timestamp,
    })
    .meta({ id: 'Item' }),
)
export type Item = z.infer<typeof Item>

/** An item in a list, without body and meta. */
export const ItemSummary = z.lazy(() =>
  Item.unwrap()
    .omit({
      body: true,
      meta: true,
      excerpt: true,
      seo: true,
      conflict: true,
      wordpress: true,
      base: true,
      external_images: true,
    })
    .extend({ conflict_fields: z.array(z.string()) })
    .meta({ id: 'ItemSummary' }),
)
export type ItemSummary = z.infer<typeof ItemSummary>

/** Deletes permanently what is in the trash; without it, an item is moved there. */
export const ItemDelete = z.lazy(() =>
  z.object({
    permanently: z.stringbool().optional().meta({ description: 'Delete for good an item that is in the trash' }),
  }),
)

export const ItemFilter = z.lazy(() =>
  z.object({
    type: z.string().min(1).max(32).optional(),
    status: z
      .string()
      .regex(/^[a-z0-9_-]{1,32}$/)
      .optional()
      .meta({ description: 'Status in IGNY8, for example `trash`' }),
    state: ItemState.optional().meta({ description: 'Default: every state except `deleted`' }),
    q: z.string().max(200).optional().meta({ description: 'Part of the title or slug' }),
    external_id: z
      .string()
      .regex(/^[1-9]\d{0,15}(,[1-9]\d{0,15}){0,99}$/)
      .optional()
      .meta({ description: 'Post id in WordPress, or up to 100 of them with commas between' }),
  }),
)
export type ItemFilter = z.infer<typeof ItemFilter>

export const SyncItemRequest = z.lazy(() =>
  z
    .object({
      content_id: z
        .union([z.string().min(1).max(64), z.number().int().min(1)])
        .meta({ description: 'Id of an item, or post id in WordPress' }),
    })
    .meta({ id: 'SyncItemRequest' }),
)

/** Resolves a conflict: one side for all fields, or for each field a side or a text of its own. */
export const Resolution = z.lazy(() =>
  z
    .object({
      choice: z.enum(['wordpress', 'igny8']).optional(),
      fields: z.record(z.string(), z.enum(['wordpress', 'igny8'])).optional(),
      values: EditableFields.unwrap()
        .pick({ title: true, body: true, excerpt: true })
        .partial()
        .strict()
        .optional()
        .meta({ description: 'Texts that both sides get in place of either side’s, by field in conflict' }),
      if_revision: z.number().int().optional(),
    })
    .strict()
    .refine(
      ({ choice, fields, values }) => (choice === undefined) === (fields !== undefined || values !== undefined),
      'give either choice, or fields and values',
    )
    .superRefine(({ values = {} }, context) => refuseBrokenText({ values }, context))
    .meta({ id: 'Resolution' }),
)
export type Resolution = z.infer<typeof Resolution>
