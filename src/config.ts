import * as z from 'zod'
import { Quotas, type QuotaKind } from './contract/quotas.ts'
import { type OtlpTarget, parseOtlpHeaders } from './lib/otlp.ts'
import type { KeyRing } from './lib/secrets.ts'
import { Jurisdiction } from './lib/site-objects.ts'
import { trimSlashes } from './lib/site-address.ts'

const EncryptionKeys = z.lazy(() =>
  z
    .record(
      z.string().regex(/^[a-z0-9]{1,16}$/),
      z.base64().refine((key) => atob(key).length === 32, 'must be 32 bytes'),
    )
    .refine((keys) => Object.keys(keys).length > 0, 'must hold at least one key'),
)

/** The entries of a list with commas. */
const listOf = (text: string) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean)

const parseJson = (text: string, issues: z.core.$ZodRawIssue[]) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    issues.push({ code: 'custom', message: 'must be JSON', input: '' })
    return undefined
  }
}

const parseHeaders = (text: string, issues: z.core.$ZodRawIssue[]) => {
  try {
    return parseOtlpHeaders(text)
  } catch {
    issues.push({ code: 'custom', message: 'must be name=value, with commas between', input: '' })
    return {}
  }
}

/** The demo lets everybody sign in who can reach the server, so only a developer's machine may have it. */
const hasDemoOnlyInDevelopment = (raw: { ENVIRONMENT: string; DEMO_SIGN_IN: string }) =>
  raw.DEMO_SIGN_IN === '' || raw.ENVIRONMENT === 'development'

interface RawMail {
  ENVIRONMENT: Config['environment']
  PUBLIC_URL: string
  EMAIL?: SendEmail | undefined
  EMAIL_API_URL: string
  EMAIL_API_KEY: string
  EMAIL_FROM: string
  MAIL_SINK: string
}

/** An HTTP provider needs its address, its key and a sender, Cloudflare's binding a sender alone. */
const hasWholeEmail = (raw: RawMail) => {
  const [hasUrl, hasKey, hasSender] = [raw.EMAIL_API_URL !== '', raw.EMAIL_API_KEY !== '', raw.EMAIL_FROM !== '']
  return hasUrl === hasKey && hasSender === (hasUrl || raw.EMAIL !== undefined)
}

/** Where mails go must not be left to an order of precedence. */
const hasOneTransport = (raw: RawMail) =>
  [raw.EMAIL !== undefined, raw.EMAIL_API_URL !== '', raw.MAIL_SINK !== ''].filter(Boolean).length <= 1

/** Names of this machine's loopback interface, as `URL.hostname` has them. */
export const isLoopbackName = (hostname: string) => /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(hostname)

/** Everybody who reaches the sink can read it, reset links and all: it is for one's own machine and for tests. */
const hasSinkOnlyLocally = (raw: RawMail) =>
  raw.MAIL_SINK === '' ||
  raw.ENVIRONMENT === 'test' ||
  (raw.ENVIRONMENT === 'development' && isLoopbackName(new URL(raw.PUBLIC_URL).hostname))

/** Sites, endpoints and the e-mail provider may be on this machine, over plain http, only in development and tests. */
export const allowsLoopback = ({ environment }: Pick<Config, 'environment'>) =>
  environment === 'development' || environment === 'test'

/** Requests to the e-mail provider carry its API key, so plain http is only for a provider on this machine. */
const isSafeEmailUrl = (raw: { ENVIRONMENT: Config['environment']; EMAIL_API_URL: string }) =>
  allowsLoopback({ environment: raw.ENVIRONMENT }) ||
  raw.EMAIL_API_URL === '' ||
  raw.EMAIL_API_URL.startsWith('https://')

/** The same of the collector of metrics, whose headers hold a token. */
const isSafeCollector = (raw: { ENVIRONMENT: Config['environment']; OTEL_EXPORTER_OTLP_ENDPOINT: string }) =>
  allowsLoopback({ environment: raw.ENVIRONMENT }) || !raw.OTEL_EXPORTER_OTLP_ENDPOINT.startsWith('http:')

const RawConfig = z.lazy(() =>
  z
    .object({
      ENVIRONMENT: z.enum(['production', 'development', 'test']),
      PUBLIC_URL: z.url(),
      JURISDICTION: Jurisdiction,
      REQUEST_LOG_RATE: z.coerce.number().min(0).max(1).default(0.01),
      EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
      EVENT_SHARDS_CLOSED: z
        .string()
        .default('')
        .transform((list) => listOf(list))
        .pipe(z.array(z.string().regex(/^EVENTS(?:_[1-9]\d*)?$/, 'must name bindings of event databases'))),
      WEB_ORIGINS: z.string().transform((list) => listOf(list)),
      QUOTAS: z
        .string()
        .default('{}')
        .transform((text, context) => parseJson(text || '{}', context.issues))
        .pipe(Quotas),
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
      /** Cloudflare's binding `send_email`. */
      EMAIL: z.custom<SendEmail>((binding) => typeof (binding as SendEmail | null)?.send === 'function').optional(),
      MAIL_SINK: z.enum(['', 'on']).default(''),
      OTEL_EXPORTER_OTLP_ENDPOINT: z.union([z.literal(''), z.url({ protocol: /^https?$/ })]).default(''),
      OTEL_EXPORTER_OTLP_HEADERS: z
        .string()
        .default('')
        .transform((text, context) => parseHeaders(text, context.issues)),
      API_KEY_PEPPER: z.string().min(32),
      SESSION_SECRET: z.string().min(32),
      // a runtime that has none has no operator
      OPERATOR_TOKEN: z
        .string()
        .regex(/^$|^[\x21-\x7e]{43,200}$/, 'must be 32 random bytes at least, as base64 or hexadecimal digits')
        .default(''),
      ENCRYPTION_KEYS: z
        .string()
        .transform((text, context) => parseJson(text, context.issues))
        .pipe(EncryptionKeys),
    })
    .refine(hasDemoOnlyInDevelopment, { path: ['DEMO_SIGN_IN'], error: 'is only for ENVIRONMENT=development' })
    .refine(hasWholeEmail, {
      path: ['EMAIL_API_URL'],
      error: 'must be set together with EMAIL_API_KEY and EMAIL_FROM, or EMAIL_FROM with the binding EMAIL',
    })
    .refine(hasOneTransport, { path: ['EMAIL_API_URL'], error: 'choose one of EMAIL_API_URL, EMAIL and MAIL_SINK' })
    .refine(hasSinkOnlyLocally, {
      path: ['MAIL_SINK'],
      error: 'is only for tests and for ENVIRONMENT=development with a PUBLIC_URL on the loopback interface',
    })
    .refine(isSafeEmailUrl, { path: ['EMAIL_API_URL'], error: 'must be https' })
    .refine(isSafeCollector, { path: ['OTEL_EXPORTER_OTLP_ENDPOINT'], error: 'must be https' }),
)

function readDemo(text: string): Config['demo'] {
  const colon = text.indexOf(':')
  return colon < 0 ? null : { email: text.slice(0, colon), password: text.slice(colon + 1) }
}

/**
 * Where mails go: to an HTTP provider that takes `{ from, to, subject, text, html, headers }` with a Bearer key, as Resend
 * does; to Cloudflare's email binding; or to the sink of development and tests. `from` is `igny8@example.com` or
 * `IGNY8 <igny8@example.com>`.
 */
export type MailTransport =
  | { kind: 'http'; apiUrl: string; apiKey: string; from: string }
  | { kind: 'binding'; binding: SendEmail; from: string }
  | { kind: 'sink' }

function readTransport(raw: RawMail): MailTransport | null {
  if (raw.MAIL_SINK !== '') return { kind: 'sink' }
  if (raw.EMAIL) return { kind: 'binding', binding: raw.EMAIL, from: raw.EMAIL_FROM }
  if (raw.EMAIL_API_URL === '') return null
  return { kind: 'http', apiUrl: raw.EMAIL_API_URL, apiKey: raw.EMAIL_API_KEY, from: raw.EMAIL_FROM }
}

/** The checked configuration. `keyRing` lists the newest encryption key first. */
export interface Config {
  environment: 'production' | 'development' | 'test'
  /** The id of the version that runs; null in a runtime without versions. */
  version: string | null
  publicUrl: string
  webOrigins: string[]
  /** Share of the requests that succeed which get a log line, 0 to 1. */
  requestLogRate: number
  /** How long sync events are kept. */
  eventRetentionMs: number
  /** Bindings of event databases that get no new accounts. */
  closedShards: string[]
  /** Quotas of an account that differ from the defaults. */
  quotas: Partial<Record<QuotaKind, number>>
  /** The person whom `sign-in/demo` signs in; null if there is no demo. */
  demo: { email: string; password: string } | null
  /** Where the cron sends metrics; null for nowhere. */
  otlp: OtlpTarget | null
  /** Null if no e-mail is sent. */
  email: MailTransport | null
  apiKeyPepper: string
  sessionSecret: string
  /** What the operator's routes ask for; empty: they are closed. */
  operatorToken: string
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
    version: (env as Partial<Env>).VERSION?.id ?? null,
    publicUrl: trimSlashes(raw.PUBLIC_URL),
    webOrigins: raw.WEB_ORIGINS,
    requestLogRate: raw.REQUEST_LOG_RATE,
    eventRetentionMs: raw.EVENT_RETENTION_DAYS * 86_400_000,
    closedShards: raw.EVENT_SHARDS_CLOSED,
    quotas: raw.QUOTAS,
    demo: readDemo(raw.DEMO_SIGN_IN),
    otlp:
      raw.OTEL_EXPORTER_OTLP_ENDPOINT === ''
        ? null
        : { endpoint: raw.OTEL_EXPORTER_OTLP_ENDPOINT, headers: raw.OTEL_EXPORTER_OTLP_HEADERS },
    email: readTransport(raw),
    apiKeyPepper: raw.API_KEY_PEPPER,
    sessionSecret: raw.SESSION_SECRET,
    operatorToken: raw.OPERATOR_TOKEN,
    keyRing: { currentId: Object.keys(raw.ENCRYPTION_KEYS)[0] ?? '', keys: raw.ENCRYPTION_KEYS },
  }
  configs.set(env, config)
  return config
}
