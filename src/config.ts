import * as z from 'zod'
import type { KeyRing } from './lib/secrets.ts'
import { trimSlashes } from './lib/site-address.ts'

const EncryptionKeys = z.lazy(() =>
  z
    .record(
      z.string().regex(/^[a-z0-9]{1,16}$/),
      z.base64().refine((key) => atob(key).length === 32, 'must be 32 bytes'),
    )
    .refine((keys) => Object.keys(keys).length > 0, 'must hold at least one key'),
)

const parseJson = (text: string, issues: z.core.$ZodRawIssue[]) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    issues.push({ code: 'custom', message: 'must be JSON', input: '' })
    return undefined
  }
}

/** The demo lets everybody sign in who can reach the server, so only a developer's machine may have it. */
const hasDemoOnlyInDevelopment = (raw: { ENVIRONMENT: string; DEMO_SIGN_IN: string }) =>
  raw.DEMO_SIGN_IN === '' || raw.ENVIRONMENT === 'development'

/** E-mail needs all three variables or none. */
const hasWholeEmail = (raw: { EMAIL_API_URL: string; EMAIL_API_KEY: string; EMAIL_FROM: string }) =>
  new Set([raw.EMAIL_API_URL !== '', raw.EMAIL_API_KEY !== '', raw.EMAIL_FROM !== '']).size === 1

/** Sites, endpoints and the e-mail provider may be on this machine, over plain http, only in development and tests. */
export const allowsLoopback = ({ environment }: Pick<Config, 'environment'>) =>
  environment === 'development' || environment === 'test'

/** Requests to the e-mail provider carry its API key, so plain http is only for a provider on this machine. */
const isSafeEmailUrl = (raw: { ENVIRONMENT: Config['environment']; EMAIL_API_URL: string }) =>
  allowsLoopback({ environment: raw.ENVIRONMENT }) ||
  raw.EMAIL_API_URL === '' ||
  raw.EMAIL_API_URL.startsWith('https://')

const RawConfig = z.lazy(() =>
  z
    .object({
      ENVIRONMENT: z.enum(['production', 'development', 'test']),
      PUBLIC_URL: z.url(),
      EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
      WEB_ORIGINS: z.string().transform((list) =>
        list
          .split(',')
          .map((origin) => origin.trim())
          .filter(Boolean),
      ),
      DEMO_SIGN_IN: z
        .string()
        .regex(/^$|^[^:\s]+@[^:\s]+:.+$/, 'must be an e-mail address, a colon and a password')
        .default(''),
      EMAIL_API_URL: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
      EMAIL_API_KEY: z
        .string()
        .regex(/^[\x21-\x7e]*$/, 'must be visible ASCII')
        .default(''),
      EMAIL_FROM: z
        .string()
        .regex(/^$|^[^\r\n]*[^\s@]+@[^\s@]+$/, 'must be an e-mail address, with a name before it or without')
        .default(''),
      API_KEY_PEPPER: z.string().min(32),
      SESSION_SECRET: z.string().min(32),
      ENCRYPTION_KEYS: z
        .string()
        .transform((text, context) => parseJson(text, context.issues))
        .pipe(EncryptionKeys),
    })
    .refine(hasDemoOnlyInDevelopment, { path: ['DEMO_SIGN_IN'], error: 'is only for ENVIRONMENT=development' })
    .refine(hasWholeEmail, { path: ['EMAIL_API_URL'], error: 'must be set together with EMAIL_API_KEY and EMAIL_FROM' })
    .refine(isSafeEmailUrl, { path: ['EMAIL_API_URL'], error: 'must be https' }),
)

function readDemo(text: string): Config['demo'] {
  const colon = text.indexOf(':')
  return colon < 0 ? null : { email: text.slice(0, colon), password: text.slice(colon + 1) }
}

/** An HTTP provider of e-mail that takes `{ from, to, subject, text, html }` with a Bearer key, as Resend does. */
export interface EmailConfig {
  apiUrl: string
  apiKey: string
  /** `igny8@example.com` or `IGNY8 <igny8@example.com>`. */
  from: string
}

/** The checked configuration. `keyRing` lists the newest encryption key first. */
export interface Config {
  environment: 'production' | 'development' | 'test'
  publicUrl: string
  webOrigins: string[]
  /** How long sync events are kept. */
  eventRetentionMs: number
  /** The person whom `sign-in/demo` signs in; null if there is no demo. */
  demo: { email: string; password: string } | null
  /** The e-mail provider; null if no e-mail is sent. */
  email: EmailConfig | null
  apiKeyPepper: string
  sessionSecret: string
  keyRing: KeyRing
}

const configs = new WeakMap<object, Config>()

/**
 * Reads and checks the configuration, once per isolate.
 * @throws Error naming each variable that is missing or wrong, never its value
 */
export function readConfig(env: Env): Config {
  const known = configs.get(env)
  if (known) return known
  const parsed = RawConfig.safeParse(env)
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`configuration: ${faults.join('; ')}`)
  }
  const raw = parsed.data
  const config: Config = {
    environment: raw.ENVIRONMENT,
    publicUrl: trimSlashes(raw.PUBLIC_URL),
    webOrigins: raw.WEB_ORIGINS,
    eventRetentionMs: raw.EVENT_RETENTION_DAYS * 86_400_000,
    demo: readDemo(raw.DEMO_SIGN_IN),
    email:
      raw.EMAIL_API_URL === '' ? null : { apiUrl: raw.EMAIL_API_URL, apiKey: raw.EMAIL_API_KEY, from: raw.EMAIL_FROM },
    apiKeyPepper: raw.API_KEY_PEPPER,
    sessionSecret: raw.SESSION_SECRET,
    keyRing: { currentId: Object.keys(raw.ENCRYPTION_KEYS)[0] ?? '', keys: raw.ENCRYPTION_KEYS },
  }
  configs.set(env, config)
  return config
}
