import * as z from 'zod'
import { Count, HttpUrl, IntegrationId, SiteId, Timestamp } from './common.ts'
import { EvidenceStep } from './evidence.ts'
import { Transport, transportFields, PollingVerification } from './polling.ts'
import { Connection, Health } from './health.ts'

/** Platforms of an integration. All except `wordpress` are answered with 501 `unsupported_platform`. */
export const PLATFORMS = ['wordpress', 'shopify', 'wix', 'webflow', 'squarespace', 'custom'] as const
export const Platform = z.lazy(() => z.enum(PLATFORMS).meta({ id: 'Platform' }))

export const SyncStatus = z.lazy(() => z.enum(['pending', 'syncing', 'success', 'failed']).meta({ id: 'SyncStatus' }))
export type SyncStatus = z.infer<typeof SyncStatus>

export const ConflictPolicy = z.lazy(() =>
  z.enum(['manual', 'wordpress', 'igny8', 'newest']).meta({ id: 'ConflictPolicy' }),
)
export type ConflictPolicy = z.infer<typeof ConflictPolicy>

/** An API key in plain text. The API checks that it belongs to the site, and never returns it. */
const PlainApiKey = z.lazy(() => z.string().min(1).max(200).meta({ example: 'igny8_…' }))

const SECRET_RULE = 'must be whsec_ and canonical base64 of 24 to 64 bytes'

/** Whether a text is the one base64 form of 24 to 64 bytes: padded, and without stray bits in its last character. */
function isCanonicalSecret(secret: string): boolean {
  const base64 = secret.slice('whsec_'.length)
  // `atob` throws for a length or padding that no bytes have
  if (base64.length % 4 !== 0 || /[^=]=[^=]/.test(base64)) return false
  const bytes = atob(base64)
  return bytes.length >= 24 && bytes.length <= 64 && btoa(bytes) === base64
}

export const SigningSecret = z.lazy(() =>
  z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, { error: SECRET_RULE, abort: true })
    .refine(isCanonicalSecret, SECRET_RULE)
    .meta({ description: 'Created by the plugin. Stored encrypted and never returned' }),
)

/** Most entries of an author map. */
const MAX_MAPPED_AUTHORS = 500
const AuthorName = z.lazy(() => z.string().min(1).max(200))

/** IGNY8’s name or e-mail address of an author → the site’s user, by id, login or e-mail address. */
export const AuthorMap = z.lazy(() =>
  z
    .record(AuthorName, z.union([z.number().int().min(1), AuthorName, z.null()]))
    .refine((map) => Object.keys(map).length <= MAX_MAPPED_AUTHORS, `must have at most ${MAX_MAPPED_AUTHORS} entries`)
    .meta({ description: 'WordPress users by author name. Null removes an entry', example: { 'Ada Lovelace': 3 } }),
)
export type AuthorMap = z.infer<typeof AuthorMap>

/** Settings of an integration that people may change. The API adds what the plugin sends under `content_types`. */
export const IntegrationConfig = z.lazy(() =>
  z
    .object({ conflict_policy: ConflictPolicy.optional(), author_map: AuthorMap.optional() })
    .strict()
    .meta({ id: 'IntegrationConfig' }),
)

const ItemCounts = z.lazy(() =>
  z
    .object({ synced: Count, failed: Count, conflicts: Count })
    .meta({ id: 'ItemCounts', description: 'Items of all post types; null before the first sync' }),
)

export const Integration = z.lazy(() =>
  z
    .object({
      id: IntegrationId,
      site_id: SiteId,
      platform: Platform,
      site_url: z.string(),
      is_active: z.boolean(),
      sync_enabled: z.boolean(),
      sync_status: SyncStatus,
      connection: Connection,
      connection_reason: z.string().nullable().meta({ description: 'Code of the problem; null if there is none' }),
      health: Health,
      ...transportFields(),
      api_key: z.string().nullable().meta({ description: 'Masked', example: 'igny8_ab12…9xYz' }),
      config_json: z.record(z.string(), z.unknown()),
      item_counts: ItemCounts.nullable(),
      last_sync_at: Timestamp.nullable(),
      created_at: Timestamp,
      updated_at: Timestamp,
    })
    .meta({ id: 'Integration' }),
)
export type Integration = z.infer<typeof Integration>

export const IntegrationCreate = z.lazy(() =>
  z
    .object({
      site_id: SiteId,
      platform: Platform.default('wordpress'),
      site_url: HttpUrl.optional().meta({ description: "Default: the site's own URL" }),
      api_key: PlainApiKey.optional().meta({ description: 'Required for WordPress' }),
      sync_enabled: z.boolean().default(true),
      config_json: IntegrationConfig.default({}),
    })
    .meta({ id: 'IntegrationCreate' }),
)
export type IntegrationCreate = z.infer<typeof IntegrationCreate>

export const IntegrationUpdate = z.lazy(() =>
  z
    .object({
      site_url: HttpUrl,
      api_key: PlainApiKey,
      is_active: z.boolean(),
      sync_enabled: z.boolean(),
      config_json: IntegrationConfig,
    })
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, 'name at least one field to change')
    .meta({ id: 'IntegrationUpdate' }),
)
export type IntegrationUpdate = z.infer<typeof IntegrationUpdate>

/** Body of `integrations/test-connection`, which the plugin sends when the site's owner presses Connect. */
export const ConnectRequest = z.lazy(() =>
  z
    .object({
      site_id: SiteId,
      api_key: PlainApiKey.optional(),
      site_url: HttpUrl,
      signing_secret: SigningSecret.optional(),
      rest_root: HttpUrl.optional().meta({ description: 'Address of the REST API according to the plugin; a hint' }),
      plugin_version: z.string().max(40).optional(),
      transports: z
        .array(Transport)
        .max(2)
        .optional()
        .meta({ description: 'Transports that the plugin supports; only `direct` if absent' }),
      polling: PollingVerification.optional(),
      platform: Platform.default('wordpress'),
    })
    .meta({ id: 'ConnectRequest' }),
)
export type ConnectRequest = z.infer<typeof ConnectRequest>

export const TestResult = z.lazy(() =>
  z
    .object({
      success: z.boolean(),
      integration_id: IntegrationId,
      transport: Transport,
      code: z.string().meta({ description: '`connected`, `moved`, or an error code' }),
      detail: z.string(),
      fix: z.string().nullable(),
      evidence: z.array(EvidenceStep),
    })
    .meta({ id: 'TestResult' }),
)
export type TestResult = z.infer<typeof TestResult>
