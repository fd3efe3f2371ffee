import * as z from 'zod'
import { dictionary } from './text.ts'
import { PostSeo, type SeoUpdate } from './seo.ts'

/** Most documents in one page of `index`, and most ids in a page with `fields: ids`. */
export const INDEX_LIMIT = 200
export const IDS_LIMIT = 5000

const PostId = z.lazy(() => z.int().min(1))
const UnixSeconds = z.lazy(() => z.int().min(0).max(1e11))
const Etag = z.lazy(() => z.string().regex(/^[0-9a-f]{32}$/))
const Type = z.lazy(() => z.string().min(1).max(32))

/** In place of a document that the plugin could not send: its id and the reason. */
export const PoisonedDocument = z.lazy(() =>
  z.object({
    id: PostId,
    type: Type,
    modified: UnixSeconds,
    etag: z.null(),
    error: z.object({
      code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
      detail: z.string().overwrite((text) => text.slice(0, 1000)),
    }),
  }),
)

/**
 * The post was saved from an editor that did not have IGNY8's last write. `base` has what that editor was opened with,
 * by field (`title`, `terms.category`, `meta.place`; null for an absent meta key); null in documents without bodies.
 */
export const StaleSave = z.lazy(() =>
  z.object({
    /** Another one whenever this record changes; each id is imported once. */
    id: z.string().min(1).max(64),
    /** Who saved. */
    by: z.string().overwrite((text) => text.slice(0, 250)),
    at: UnixSeconds,
    /** False if the editor did not say what it was opened with: then each field of `base` counts as a conflict. */
    certain: z.boolean().default(true),
    /** Whether a person chose the saved version in WordPress. */
    kept: z.boolean().default(false),
    base: z.record(z.string(), z.unknown()).nullable(),
  }),
)
export type StaleSave = z.infer<typeof StaleSave>

/** A post as WordPress stores it (docs/protocol-content.md). `body` is null in documents without bodies. */
export const PostDocument = z.lazy(() =>
  z.object({
    id: PostId,
    type: Type,
    etag: Etag,
    modified: UnixSeconds,
    title: z.string(),
    body: z.string().nullable(),
    excerpt: z.string(),
    slug: z.string(),
    status: z.string().min(1).max(20),
    date: z.iso.datetime().nullable(),
    parent: z.int().min(0),
    author: z.int().min(0),
    author_name: z.string().default(''),
    terms: dictionary(z.array(z.string())),
    meta: dictionary(z.unknown()),
    featured: z.object({ id: z.int().min(0), url: z.string(), alt: z.string() }).nullable(),
    url: z.string(),
    item_id: z.string().max(64).nullable().default(null),
    unfinished: z.boolean().default(false),
    builder: z.string().max(40).nullable().default(null),
    listed: z.boolean().default(true),
    protected: z.boolean().default(false),
    stale_save: StaleSave.nullable().default(null),
    seo: PostSeo.nullable().default(null),
    /** Hash of the IGNY8 body from which the plugin made this one; null for every other body. */
    made_of: z
      .string()
      .regex(/^[0-9a-f]{16}$/)
      .nullable()
      .default(null),
  }),
)
export type PostDocument = z.infer<typeof PostDocument>

/** Checks only what identifies a document. The import checks the rest, so that an invalid document fails alone. */
const RawDocument = z.lazy(() => z.looseObject({ id: PostId, type: Type, modified: UnixSeconds }))
export type RawDocument = z.infer<typeof RawDocument>

/** Position in `index`: time of the last change (Unix seconds) and id. */
export const Keyset = z.lazy(() => z.tuple([UnixSeconds, z.int().min(0)]))
export type Keyset = z.infer<typeof Keyset>

export const IndexData = z.lazy(() =>
  z.object({
    items: z.array(RawDocument).max(IDS_LIMIT),
    next: Keyset.nullable(),
    total: z.int().min(0),
    site_time: UnixSeconds,
  }),
)
export type IndexData = z.infer<typeof IndexData>

export const FetchData = z.lazy(() =>
  z.object({
    items: z.array(RawDocument).max(INDEX_LIMIT),
    missing: z.array(PostId).max(INDEX_LIMIT),
    /** Posts that the site does not let IGNY8 read, though they are there. */
    denied: z.array(PostId).max(INDEX_LIMIT).default([]),
    /** The denied posts that a person has IGNY8 leave alone. Plugins before 0.3 don't send it. */
    left_alone: z.array(PostId).max(INDEX_LIMIT).default([]),
  }),
)
export type FetchData = z.infer<typeof FetchData>

/** Most symbols in one `digest` command. */
export const SYMBOLS_LIMIT = 16_384
/** Characters that the 22 bytes of a coded symbol (src/site/drift/sketch.ts) take in base64, rounded up. */
const CHARACTERS_PER_SYMBOL = 30

/** Coded symbols over the posts of a type, up to id `next` or all of them (src/site/drift). */
export const DigestData = z.lazy(() =>
  z.object({
    count: z.int().min(0),
    symbols: z
      .base64()
      .min(1)
      .max(SYMBOLS_LIMIT * CHARACTERS_PER_SYMBOL),
    next: z.int().min(1).nullable(),
  }),
)
export type DigestData = z.infer<typeof DigestData>

export const TermDocument = z.lazy(() =>
  z.object({
    id: PostId,
    name: z.string(),
    slug: z.string(),
    parent: z.int().min(0),
    count: z.int().min(0),
    description: z.string().default(''),
  }),
)
export type TermDocument = z.infer<typeof TermDocument>

export const TermsData = z.lazy(() =>
  z.object({
    terms: z.array(TermDocument).max(1000),
    next: z.int().nullable(),
    total: z.int().min(0),
    etag: z.string().max(64),
    unchanged: z.boolean(),
  }),
)
export type TermsData = z.infer<typeof TermsData>

/** Most post types in one `counts` command. */
export const MAX_COUNTED_TYPES = 50
const CountBySlug = z.lazy(() => z.record(Type, z.int().min(0)))

/** Number of entries, as wp-admin shows it under “All”, of the requested types and their taxonomies. */
export const CountsData = z.lazy(() => z.object({ post_types: CountBySlug, taxonomies: CountBySlug }))
export type CountsData = z.infer<typeof CountsData>

export const ApplyData = z.lazy(() =>
  z.object({
    outcome: z.enum(['applied', 'stale']),
    item: RawDocument.nullable(),
    created: z.boolean().default(false),
    /** Whether this attempt or an earlier one was applied. True with `stale`: the post was edited after that. */
    was_applied: z.boolean().default(false),
    /** False if a create was interrupted and somebody edited the post since: no content of it counts as agreed. */
    is_finished: z.boolean().default(true),
    /** Whether the plugin can tell the created post from copies of it. Plugins before 0.2 don't send it. */
    is_linked: z.boolean().default(false),
  }),
)
export type ApplyData = z.infer<typeof ApplyData>

export const MediaData = z.lazy(() => z.object({ id: PostId, url: z.string().max(2000), reused: z.boolean() }))
export type MediaData = z.infer<typeof MediaData>

/** Fields of an `apply` command; only those that change. */
export interface ApplyFields {
  title?: string
  body?: string
  excerpt?: string
  slug?: string
  status?: string
  date?: string | null
  parent?: number
  /** A user id, or a login, an e-mail address or a name that the plugin looks up. */
  author?: number | string
  terms?: Record<string, string[]>
  meta?: Record<string, unknown>
  seo?: SeoUpdate
  /** `alt` is set only if the image gets another alternative text. */
  featured?: { id: number; alt?: string } | null
}

export type ApplyOperation = 'create' | 'update' | 'trash' | 'untrash' | 'delete'

/** Body of a webhook of the plugin. It only names the post; the API then fetches it. */
export const WebhookEvent = z.lazy(() =>
  z
    .object({
      event: z.enum(['post.status', 'post.metadata', 'post.deleted']),
      post_id: PostId,
      post_type: Type,
      status: z.string().max(20).nullable().default(null),
      modified_gmt: z.string().max(40).nullable().default(null),
      /** Display name of whoever saved it last, if a person did. Plugins before 0.3 don't say. */
      saved_by: z
        .string()
        .overwrite((text) => text.slice(0, 250))
        .optional(),
    })
    .meta({ id: 'WebhookEvent' }),
)
export type WebhookEvent = z.infer<typeof WebhookEvent>

/** The plugin may have lost changes made after `since`: the API compares every post. */
export const DigestEvent = z.lazy(() =>
  z.object({ event: z.literal('site.digest'), since: z.string().max(40) }).meta({ id: 'DigestEvent' }),
)
