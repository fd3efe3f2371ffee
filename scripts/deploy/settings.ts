/**
 * What one deployment chooses: `deploy/<environment>.json`. It holds no ids and no secrets that the account doesn't know
 * better, so it can be committed; without the file every setting has its default. docs/operations.md lists them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PluginRollout } from '../../src/contract/plugin-updates.ts'
import { DeployError } from './errors.ts'
import type { Environment } from './options.ts'

const HOSTNAME = /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

export const Settings = z.strictObject({
  /** Name of the Worker. Default: that of wrangler.toml, for staging with `-staging`. */
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?$/)
    .optional(),
  account_id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
  /** Custom domain of API and app, in a zone of the account. Without it the Worker is at workers.dev. */
  domain: z.string().regex(HOSTNAME).optional(),
  /** Further origins whose pages may call the API; that of the deployment always may. */
  web_origins: z.array(z.url({ protocol: /^https$/ })).default([]),
  /** Where D1, KV and objects store and run. Never changes: they can't move. */
  jurisdiction: z.enum(['eu', 'us', 'fedramp']).nullable().default(null),
  read_replication: z.boolean().default(true),
  /** Default: `[placement]` of wrangler.toml. */
  smart_placement: z.boolean().optional(),
  /** Default: `[limits]` of wrangler.toml; null leaves the limit to the platform. */
  cpu_ms: z.number().int().min(10).max(300_000).nullable().optional(),
  /** Binds Cloudflare's Email Service as `EMAIL`. */
  cloudflare_email: z.boolean().default(false),
  /** Names of the account's destinations of OpenTelemetry, for logs and for traces. */
  otel_destinations: z
    .strictObject({ logs: z.array(z.string().min(1)).default([]), traces: z.array(z.string().min(1)).default([]) })
    .prefault({}),
  /** Who is offered the plugin's newest release, and which releases sites are to leave. */
  plugin: PluginRollout.prefault({}),
  /** Other values of variables of wrangler.toml. */
  vars: z.record(z.string(), z.string()).default({}),
  /** Ids (names of buckets and queues) of resources that exist already, by binding. */
  ids: z.record(z.string(), z.string().min(1)).default({}),
})
export type Settings = z.infer<typeof Settings>

export const settingsPath = (environment: Environment) => `deploy/${environment}.json`

/** @throws DeployError naming each setting that is wrong */
export function readSettings(root: string, environment: Environment): Settings {
  const path = settingsPath(environment)
  if (!existsSync(join(root, path))) return Settings.parse({})
  let json: unknown
  try {
    json = JSON.parse(readFileSync(join(root, path), 'utf8'))
  } catch {
    throw new DeployError(`${path} is no JSON.`)
  }
  const parsed = Settings.safeParse(json)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path: where, message }) => `${where.join('.') || 'the file'}: ${message}`)
  throw new DeployError(`${path} has settings that can't be used:\n${faults.join('\n')}`)
}
