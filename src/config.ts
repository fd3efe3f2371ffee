import * as z from 'zod'
import type { KeyRing } from './lib/secrets.ts'

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

const RawConfig = z.lazy(() =>
  z.object({
    ENVIRONMENT: z.enum(['production', 'development', 'test']),
    PUBLIC_URL: z.url(),
    EVENT_RETENTION_DAYS: z.coerce.number().int().min(1).max(3650).default(90),
    WEB_ORIGINS: z.string().transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter(Boolean),
    ),
    API_KEY_PEPPER: z.string().min(32),
    SESSION_SECRET: z.string().min(32),
    ENCRYPTION_KEYS: z
      .string()
      .transform((text, context) => parseJson(text, context.issues))
      .pipe(EncryptionKeys),
  }),
)

/** The checked configuration. `keyRing` lists the newest encryption key first. */
export interface Config {
  environment: 'production' | 'development' | 'test'
  publicUrl: string
  webOrigins: string[]
  /** How long sync events are kept. */
  eventRetentionMs: number
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
    publicUrl: raw.PUBLIC_URL.replace(/\/+$/, ''),
    webOrigins: raw.WEB_ORIGINS,
    eventRetentionMs: raw.EVENT_RETENTION_DAYS * 86_400_000,
    apiKeyPepper: raw.API_KEY_PEPPER,
    sessionSecret: raw.SESSION_SECRET,
    keyRing: { currentId: Object.keys(raw.ENCRYPTION_KEYS)[0] ?? '', keys: raw.ENCRYPTION_KEYS },
  }
  configs.set(env, config)
  return config
}
