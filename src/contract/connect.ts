/** Connecting by consent: what the plugin asks for through the browser, and what it gets for a code (docs/connect.md). */
import * as z from 'zod'
import { Count, HttpUrl, IntegrationId, PlainText, SiteId, Timestamp } from './common.ts'
import { SigningSecret } from './integrations.ts'
import { bySlug } from './structure.ts'

/** How long a code is valid: the browser brings it to wp-admin, and the plugin uses it at once. */
export const CODE_LIFETIME_S = 60
/** How long a request that begins in the app is valid: signing in to WordPress may be on the way. */
export const REQUEST_LIFETIME_S = 15 * 60
/** Most content types that the question lists. */
const MOST_TYPES = 100

/** 32 random bytes, or a SHA-256, as base64url without padding. */
const Token = (description: string) =>
  z.lazy(() =>
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 43 characters of base64url')
      .meta({ description, example: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' }),
  )

/** A request that begins in the app, as text. */
const RequestToken = z.lazy(() =>
  z
    .string()
    .regex(/^[A-Za-z0-9_.]{1,300}$/)
    .meta({ description: 'From `approve_url`, as it is', example: 'site_1.usr_1.acc_1.mfx0a1.9f86d081884c7d65' }),
)

const AskedType = z.lazy(() =>
  z.object({
    slug: z.string().min(1).max(32),
    label: PlainText,
    count: Count,
    enabled: z.boolean().meta({ description: 'What the plugin suggests' }),
  }),
)

/** What the plugin asks for. It comes through the browser, so all of it may be forged. */
export const ConnectAsk = z.lazy(() =>
  z
    .object({
      site_url: HttpUrl,
      return_url: HttpUrl.meta({ description: 'The plugin’s page in the site’s own wp-admin' }),
      state: Token('Comes back with the code; the plugin knows its own'),
      challenge: Token('SHA-256 of the plugin’s verifier (PKCE, S256)'),
      site_name: PlainText.optional().meta({ description: 'The name of a site that is added' }),
      current_site_id: SiteId.optional().meta({ description: 'The site that the plugin is connected as, if it is' }),
      plugin_version: z.string().max(40).optional(),
      token: RequestToken.optional().meta({ description: 'If it began in the app: what the app gave the plugin' }),
      types: z.array(AskedType).max(MOST_TYPES).default([]).meta({ description: 'Post types, for the question alone' }),
    })
    .meta({ id: 'ConnectAsk' }),
)
export type ConnectAsk = z.infer<typeof ConnectAsk>

const Refusal = z.lazy(() => z.object({ code: z.string(), detail: z.string(), fix: z.string() }))

/** What a person needs to know before they answer. */
export const ConnectQuestion = z.lazy(() =>
  z
    .object({
      site_url: z.string(),
      site: z.object({ id: SiteId, name: z.string() }).nullable().meta({ description: 'Null: it is added' }),
      replaces: z
        .object({ integration_id: IntegrationId, site_url: z.string(), last_verified_at: Timestamp.nullable() })
        .nullable()
        .meta({ description: 'The connection that the site has already, which gets a new secret' }),
      refusal: Refusal.nullable().meta({ description: 'Why this person can’t connect it; null if they can' }),
      consented: z
        .boolean()
        .meta({ description: 'Whether this person has just asked for it in the app, so that nobody asks them again' }),
      cancel_url: z.string().meta({ description: 'Leads back to wp-admin, which connects nothing' }),
    })
    .meta({ id: 'ConnectQuestion' }),
)
export type ConnectQuestion = z.infer<typeof ConnectQuestion>

/** A person's yes. */
export const ConnectApproval = z.lazy(() =>
  ConnectAsk.unwrap()
    .extend({
      replaces: IntegrationId.nullable().meta({ description: 'The connection that the person was shown' }),
      choices: bySlug(z.boolean())
        .default({})
        .meta({ description: 'Whether a post type is synced, where the person decided it' }),
    })
    .meta({ id: 'ConnectApproval' }),
)
export type ConnectApproval = z.infer<typeof ConnectApproval>

export const ConnectApproved = z.lazy(() =>
  z
    .object({
      site_id: SiteId,
      redirect_url: z.string().meta({ description: 'The return address, with the code and the state' }),
      expires_at: Timestamp,
    })
    .meta({ id: 'ConnectApproved' }),
)
export type ConnectApproved = z.infer<typeof ConnectApproved>

/** The plugin's request, from server to server. */
export const ConnectExchange = z.lazy(() =>
  z
    .object({
      code: Token('From the return address'),
      verifier: z
        .string()
        .regex(/^[A-Za-z0-9._~-]{43,128}$/, 'must be 43 to 128 unreserved characters')
        .meta({
          description: 'What the challenge was made of',
          example: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
        }),
      site_url: HttpUrl,
      signing_secret: SigningSecret.optional().meta({ description: 'The secret that the plugin connects with next' }),
      rest_root: HttpUrl.optional(),
      plugin_version: z.string().max(40).optional(),
    })
    .meta({ id: 'ConnectExchange' }),
)
export type ConnectExchange = z.infer<typeof ConnectExchange>

export const ConnectGrant = z.lazy(() =>
  z
    .object({
      site_id: SiteId,
      site_name: z.string(),
      account_name: z.string(),
      api_key: z.string().meta({ description: 'A new key of the site, in this answer alone' }),
    })
    .meta({ id: 'ConnectGrant' }),
)
export type ConnectGrant = z.infer<typeof ConnectGrant>

/** Body of the request that begins in the app. */
export const ConnectStart = z.lazy(() => z.object({ site_id: SiteId }).meta({ id: 'ConnectStart' }))

export const ConnectStarted = z.lazy(() =>
  z
    .object({
      approve_url: z.string().meta({ description: 'An address of the site, whose plugin shows its approve screen' }),
      expires_at: Timestamp,
    })
    .meta({ id: 'ConnectStarted' }),
)
export type ConnectStarted = z.infer<typeof ConnectStarted>

export const ConnectDescribe = z.lazy(() =>
  z.object({ token: RequestToken.unwrap(), site_url: HttpUrl }).meta({ id: 'ConnectDescribe' }),
)
export type ConnectDescribe = z.infer<typeof ConnectDescribe>

/** Who asks, for whoever administers the site. */
export const ConnectDescription = z.lazy(() =>
  z
    .object({
      site_name: z.string(),
      site_url: z.string(),
      account_name: z.string(),
      person_name: z.string(),
      person_email: z.string(),
      expires_at: Timestamp,
    })
    .meta({ id: 'ConnectDescription' }),
)
export type ConnectDescription = z.infer<typeof ConnectDescription>

/** Body of the look for the plugin. */
export const ConnectLook = z.lazy(() => z.object({ site_id: SiteId }).meta({ id: 'ConnectLook' }))

/** What a call from outside shows. `unknown`: the site can't be called, which keeps no plugin from connecting. */
export const PluginLook = z.lazy(() =>
  z.object({ plugin: z.enum(['there', 'missing', 'unknown']), reason: Refusal.nullable() }).meta({ id: 'PluginLook' }),
)
export type PluginLook = z.infer<typeof PluginLook>
