import * as z from 'zod'
import { ApiKeyId, HttpUrl, PlainText, SiteId, Timestamp, graceSeconds } from './common.ts'

export const Site = z.lazy(() =>
  z
    .object({
      id: SiteId,
      name: z.string(),
      url: z.string(),
      is_active: z.boolean(),
      created_at: Timestamp,
      updated_at: Timestamp,
    })
    .meta({ id: 'Site' }),
)
export type Site = z.infer<typeof Site>

export const SiteCreate = z.lazy(() => z.object({ name: PlainText, url: HttpUrl }).meta({ id: 'SiteCreate' }))
export type SiteCreate = z.infer<typeof SiteCreate>

export const SiteUpdate = z.lazy(() =>
  z
    .object({ name: PlainText, url: HttpUrl, is_active: z.boolean() })
    .partial()
    .refine((patch) => Object.keys(patch).length > 0, 'name at least one field to change')
    .meta({ id: 'SiteUpdate' }),
)
export type SiteUpdate = z.infer<typeof SiteUpdate>

/** Scopes of an API key. Each route requires one of them. */
export const SCOPES = ['integration:read', 'integration:write', 'content:read', 'content:write'] as const
export const Scope = z.lazy(() => z.enum(SCOPES).meta({ id: 'Scope' }))
export type Scope = z.infer<typeof Scope>

export const ApiKey = z.lazy(() =>
  z
    .object({
      id: ApiKeyId,
      site_id: SiteId,
      name: z.string(),
      key: z.string().meta({ description: 'Masked: the first ten and the last four characters' }),
      scopes: z.array(Scope),
      status: z.enum(['active', 'expiring', 'expired', 'revoked']),
      expires_at: Timestamp.nullable(),
      last_used_at: Timestamp.nullable().meta({ description: 'Accurate to six hours' }),
      created_at: Timestamp,
    })
    .meta({ id: 'ApiKey' }),
)
export type ApiKey = z.infer<typeof ApiKey>

export const ApiKeyCreate = z.lazy(() =>
  z
    .object({
      name: PlainText.default('WordPress plugin'),
      scopes: z
        .array(Scope)
        .min(1)
        .max(SCOPES.length)
        .default([...SCOPES]),
      expires_at: Timestamp.nullable().default(null),
    })
    .meta({ id: 'ApiKeyCreate' }),
)
export type ApiKeyCreate = z.infer<typeof ApiKeyCreate>

export const ApiKeyRotate = z.lazy(() =>
  z
    .object({
      grace_s: graceSeconds('Seconds for which the old key stays valid'),
    })
    .meta({ id: 'ApiKeyRotate' }),
)
export type ApiKeyRotate = z.infer<typeof ApiKeyRotate>

/** A new key. No other answer contains the whole `key`. */
export const ApiKeyCreated = z.lazy(() =>
  ApiKey.unwrap()
    .extend({
      key: z.string().meta({ description: 'The whole key, shown only in this answer' }),
    })
    .meta({ id: 'ApiKeyCreated' }),
)
export type ApiKeyCreated = z.infer<typeof ApiKeyCreated>
