import * as z from 'zod'

/** Most post types, and most taxonomies, of a site. */
export const MAX_TYPES = 500
const MAX_COUNT = 1_000_000_000
const MAX_LABEL_CHARACTERS = 200
const MAX_REPORTED_SLUGS = 10
/** WordPress restricts names of post types, but not of taxonomies: WooCommerce writes them in any alphabet. */
export const SLUG = /^[^\s\p{C}<>"'&]{1,32}$/u

/** Error codes in `params.code` of an issue. The API answers with such a code instead of `validation_error`. */
type StructureIssueCode = 'too_many_types' | 'negative_count' | 'markup_in_label' | 'invalid_slug'

const SLUG_RULE = 'must be 1 to 32 characters without spaces, quotes, markup and control characters'
const coded = (code: StructureIssueCode, error: string) => ({ params: { code }, error })
const issue = (code: StructureIssueCode, message: string) => ({ code: 'custom', params: { code }, message }) as const

/** `__proto__` matches the pattern, but is no plain key of a JavaScript object. */
const isSlug = (text: string) => SLUG.test(text) && text !== '__proto__'
// oxlint-disable-next-line no-control-regex -- the pattern finds control characters
const isPlainText = (text: string) => !/<[a-z!/?]|[\u0000-\u001f\u007f-\u009f\u2028\u2029]/i.test(text)

const Slug = z.lazy(() => z.string().max(1000).refine(isSlug, coded('invalid_slug', SLUG_RULE)))

const Label = z.lazy(() =>
  z
    .string()
    .max(4 * MAX_LABEL_CHARACTERS)
    .trim()
    .min(1)
    .refine(isPlainText, coded('markup_in_label', 'must be plain text without markup and control characters'))
    .refine(
      (text) => Array.from(text).length <= MAX_LABEL_CHARACTERS,
      `must be at most ${MAX_LABEL_CHARACTERS} characters`,
    )
    .meta({ maxLength: MAX_LABEL_CHARACTERS, description: 'Plain text', example: 'Posts' }),
)

const Count = z.lazy(() =>
  z
    .int()
    .max(MAX_COUNT)
    .refine((count) => count >= 0, coded('negative_count', 'must be zero or more'))
    .meta({ minimum: 0, description: 'As wp-admin shows it under “All”' }),
)

const Type = z.lazy(() =>
  z.object({
    label: Label,
    count: Count,
    enabled: z.boolean().default(true),
    denied: z.boolean().optional().meta({
      description: 'The site’s owner does not let IGNY8 read or write it; `enabled` alone is a default',
    }),
  }),
)
const PostType = z.lazy(() =>
  Type.unwrap().extend({
    has_trash: z.boolean().optional().meta({
      description: 'False where WordPress would delete posts instead of moving them to the trash',
    }),
  }),
)
const Taxonomy = z.lazy(() =>
  Type.unwrap().extend({
    post_types: z.array(Slug).max(MAX_TYPES).default([]).meta({ description: 'The post types it belongs to' }),
  }),
)

/** Most users that a site offers as authors. */
const MAX_AUTHORS = 200
/** The longest name of a time zone has 32 characters. */
const MAX_ZONE_CHARACTERS = 64

/** A user of the site who may be the author of a post. */
export const SiteAuthor = z.lazy(() =>
  z
    .object({ id: z.int().min(1), name: z.string().overwrite((text) => text.slice(0, MAX_LABEL_CHARACTERS)) })
    .meta({ id: 'SiteAuthor' }),
)
export type SiteAuthor = z.infer<typeof SiteAuthor>

/**
 * A record with slugs as keys. Checks the number of keys, then the keys, then the entries, and stops at the first failure:
 * refusing 10,000 types costs no more than counting them.
 */
export const bySlug = <T extends z.ZodType>(entry: T) =>
  z.preprocess(
    (value, context) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
      const slugs = Object.keys(value)
      if (slugs.length > MAX_TYPES) {
        context.addIssue(issue('too_many_types', `must have at most ${MAX_TYPES} entries`))
        return value
      }
      for (const slug of slugs.filter((key) => !isSlug(key)).slice(0, MAX_REPORTED_SLUGS)) {
        context.addIssue({ ...issue('invalid_slug', SLUG_RULE), path: [slug.slice(0, 64)] })
      }
      return value
    },
    z.record(z.string().regex(SLUG), entry),
  )

/**
 * The post types and taxonomies of a site, as the plugin reports them: body of `update-structure` and data of the
 * `structure` command (docs/protocol.md). Unknown fields are dropped. Issues that site owners meet have their own code in
 * `params.code`.
 */
export const Structure = z.lazy(() =>
  z
    .object({
      post_types: bySlug(PostType),
      taxonomies: bySlug(Taxonomy),
      plugin_connection_enabled: z.boolean().default(true),
      two_way_sync_enabled: z.boolean().default(false),
      authors: z
        .array(SiteAuthor)
        .max(MAX_AUTHORS)
        .optional()
        .meta({ description: 'Users who may be authors. Absent from a plugin that does not list them' }),
      timezone: z
        .string()
        .overwrite((text) => text.slice(0, MAX_ZONE_CHARACTERS))
        .optional()
        .meta({
          description: 'Time zone of the site, by name or offset. Absent from a plugin that does not say it',
          example: 'Europe/Berlin',
        }),
    })
    .meta({ id: 'Structure' }),
)
export type Structure = z.infer<typeof Structure>

/** The WordPress user as whom the plugin writes, and how that was decided. */
export const ActingUser = z.lazy(() =>
  z
    .object({
      id: z.int().min(0).nullable(),
      name: z.string().overwrite((text) => text.slice(0, MAX_LABEL_CHARACTERS)),
      source: z.string().regex(/^[a-z_]{1,40}$/),
    })
    .meta({ id: 'ActingUser' }),
)
export type ActingUser = z.infer<typeof ActingUser>

/** Body of `update-structure`. `acting_user` counts only if the request is signed with the connection's secret. */
export const StructurePush = z.lazy(() =>
  Structure.unwrap()
    .extend({
      acting_user: ActingUser.optional().meta({
        description: 'As whom the plugin writes. Considered only in a signed request',
      }),
    })
    .meta({ id: 'StructurePush' }),
)
export type StructurePush = z.infer<typeof StructurePush>
