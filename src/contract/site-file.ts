/**
 * Lines of an export (docs/export-format.md). The export of a site can be imported; that of an account has the same lines
 * for each of its sites. What an import reads is parsed by these schemas, line by line.
 */
import * as z from 'zod'
import { Count, Timestamp } from './common.ts'
import { AuthorMap, ConflictPolicy } from './integrations.ts'
import { ItemAuthor } from './content.ts'
import { ContentTypesUpdate } from './content-types.ts'
import { dictionary } from './text.ts'

/** Of the format. A reader refuses a higher one. */
export const FILE_VERSION = 1

/** Longest line of a file, in characters: an item with four versions of the largest size. */
export const MAX_LINE_CHARACTERS = 7_000_000
/** Most bytes of a part of a file, as it is sent. A part is whole blocks, and a block has one item at least. */
export const MAX_PART_BYTES = 8_000_000
/** Most bytes and lines of a file that is imported. */
export const MAX_FILE_BYTES = 2_000_000_000
export const MAX_FILE_LINES = 1_000_000

const Sum = z.string().regex(/^[0-9a-f]{64}$/)

/** The digest before the first block. */
export const NO_SUM = '0'.repeat(64)

/** The first line. */
const Head = z.lazy(() =>
  z.looseObject({
    kind: z.literal('export'),
    version: z.number().int(),
    of: z.enum(['account', 'site']),
    exported_at: Timestamp,
    site: z
      .looseObject({ id: z.string().max(64), url: z.string().max(2000), name: z.string().max(200) })
      .optional()
      .meta({ description: 'Of the export of a site' }),
    site_url: z.string().max(2000).nullish().meta({ description: 'The address of the WordPress that was connected' }),
  }),
)
export type FileHead = z.infer<typeof Head>

/** After each block: the digest of the block and of all before it. */
export const Check = z.lazy(() => z.strictObject({ kind: z.literal('check'), lines: Count, sum: Sum }))

/** The last line: it proves that the file is whole. */
export const End = z.lazy(() =>
  z.strictObject({
    kind: z.literal('end'),
    complete: z.boolean(),
    failures: Count,
    lines: Count,
    counts: z.record(z.string().max(40), Count),
    sum: Sum,
  }),
)

const Text = z.string().max(2_000_000)

/** One version of an item. `parent` is a post id, or the id of an item that has no post yet. */
const FileDoc = z.lazy(() =>
  z.strictObject({
    title: Text,
    body: Text,
    excerpt: Text,
    slug: z.string().max(1000),
    status: z.string().max(40),
    date: Timestamp.nullable(),
    parent: z.union([z.number().int().min(1), z.string().max(64)]).nullable(),
    author: ItemAuthor.nullish(),
    terms: dictionary(z.array(z.string().max(2000)).max(10_000)),
    meta: dictionary(z.unknown()),
    featured: z
      .strictObject({ id: z.number().int().min(0).optional(), url: z.string().max(10_000), alt: Text })
      .nullable(),
    // the limits of a request don't apply to what a site stores
    seo: z.record(z.string().max(40), z.union([Text, z.array(z.string().max(1000)).max(1000), z.null()])).optional(),
  }),
)
export type FileDoc = z.infer<typeof FileDoc>

const PostId = z.string().regex(/^[1-9]\d{0,15}$/)
const ItemId = z.string().regex(/^item_[0-9A-Za-z_]{1,58}$/)
const Fields = z.array(z.string().max(300)).max(1000)
const Deletion = z.enum(['local', 'external', 'both']).nullable()

/** An item with its versions. A text in place of a version names the version that it equals. */
const ItemLine = z.lazy(() =>
  z.strictObject({
    kind: z.literal('item'),
    id: ItemId,
    site_id: z.string().max(64),
    type: z.string().min(1).max(32),
    state: z.string().max(40),
    revision: z.number().int().min(0),
    deletion: Deletion,
    external_id: PostId.nullable(),
    external_url: z.string().max(10_000).nullable(),
    etag: z.string().max(200).nullable(),
    modified: z.number().int().nullable(),
    conflict_fields: Fields,
    conflict_since: Timestamp.nullable(),
    error: z.looseObject({ code: z.string().max(100) }).nullable(),
    builder: z.string().max(200).nullable(),
    seo_provider: z.string().max(200).nullable(),
    protected: z.boolean(),
    listed: z.boolean(),
    published_late_at: Timestamp.nullable(),
    stale_save: z
      .strictObject({ id: z.string().max(300), by: z.string().max(1000), at: Timestamp, opened: Timestamp.nullable() })
      .nullable(),
    updated_at: Timestamp,
    igny8: FileDoc,
    base: z.union([FileDoc, z.literal('igny8')]).nullable(),
    wordpress: z.union([FileDoc, z.enum(['igny8', 'base'])]).nullable(),
    conflict_wordpress: FileDoc.nullable(),
  }),
)
export type ItemLine = z.infer<typeof ItemLine>

/** A resolved conflict as it was before; it follows its item. */
const UndoLine = z.lazy(() =>
  z.strictObject({
    kind: z.literal('undo'),
    item_id: ItemId,
    resolved_at: Timestamp,
    undone_at: Timestamp.nullable(),
    before: z.strictObject({
      local: FileDoc,
      external: FileDoc.nullable(),
      base: FileDoc.nullable(),
      conflictFields: Fields,
      deletion: Deletion,
    }),
  }),
)
export type UndoLine = z.infer<typeof UndoLine>

/** The integration; an import takes its settings over if that is asked for. */
export const IntegrationLine = z.lazy(() =>
  z.looseObject({
    kind: z.literal('integration'),
    config: z.looseObject({ conflict_policy: ConflictPolicy.optional(), author_map: AuthorMap.optional() }),
    content_types: z.union([ContentTypesUpdate.unwrap(), z.strictObject({})]),
  }),
)
export type IntegrationLine = z.infer<typeof IntegrationLine>

/** What comes from the site itself, or is the record of what happened: read, counted, and left out. */
const LEFT_OUT = ['site', 'term', 'sync_event', 'failure'] as const
const OtherLine = z.lazy(() => z.looseObject({ kind: z.enum(LEFT_OUT) }))

/** A line of the export of a site, but for checks and the end. */
export const FileLine = z.lazy(() =>
  z.discriminatedUnion('kind', [
    Head.unwrap(),
    ItemLine.unwrap(),
    UndoLine.unwrap(),
    IntegrationLine.unwrap(),
    OtherLine.unwrap(),
  ]),
)
export type FileLine = z.infer<typeof FileLine>
