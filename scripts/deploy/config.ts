/**
 * The configuration of one deployment, made of wrangler.toml, the settings and the ids that the account knows.
 * `[env.*]` of wrangler.toml would not do: an environment inherits no binding and no variable, so each would repeat them
 * all. The file lies beside wrangler.toml, since paths in it are relative to it, and git ignores it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Base } from './base.ts'
import { MODULES_CONFIG } from '../worker-modules.ts'
import { DeployError } from './errors.ts'
import type { Environment } from './options.ts'
import { settingsPath, type Settings } from './settings.ts'

export const configFile = (environment: Environment) => `wrangler.${environment}.json`

/** Added to the ids of rate limits, which count per account: staging must not use up what production may. */
const STAGING_RATELIMITS = 100_000

/** Variables that a deployment doesn't choose by `vars`: other settings make them, or only development has them. */
const MANAGED = new Set(['ENVIRONMENT', 'PUBLIC_URL', 'WEB_ORIGINS', 'JURISDICTION', 'DEMO_SIGN_IN', 'MAIL_SINK'])

export interface Names {
  worker: string
  /** Names of what the account holds: `-staging` is added in staging. */
  of: (name: string) => string
}

export function nameThings(base: Base, settings: Settings, environment: Environment): Names {
  const of = (name: string) => (environment === 'production' ? name : `${name}-${environment}`)
  return { worker: settings.name ?? of(base.name), of }
}

/** @throws DeployError if `vars` names a variable that there is not, or that another setting makes */
export function checkVars(base: Base, settings: Settings, environment: Environment): void {
  const wrong = Object.keys(settings.vars).filter((name) => MANAGED.has(name) || !(name in base.vars))
  if (wrong.length > 0)
    throw new DeployError(`${settingsPath(environment)}: vars can't hold ${wrong.join(', ')}: see docs/operations.md.`)
}

interface Input {
  base: Base
  settings: Settings
  environment: Environment
  names: Names
  /** By binding. */
  ids: ReadonlyMap<string, string>
  url: string
}

function queuesOf({ base, names, ids }: Input) {
  if (!base.queues) return {}
  const { producers, consumers } = base.queues
  const nameOf = (queue: string) =>
    ids.get(producers.find((one) => one.queue === queue)?.binding ?? '') ?? names.of(queue)
  return {
    queues: {
      producers: producers.map((one) => Object.assign({}, one, { queue: nameOf(one.queue) })),
      consumers: consumers.map((one) => {
        const dead = one.dead_letter_queue
        return Object.assign(
          {},
          one,
          { queue: nameOf(one.queue) },
          dead !== undefined && { dead_letter_queue: nameOf(dead) },
        )
      }),
    },
  }
}

function bindingsOf(input: Input) {
  const { base, environment, names, ids } = input
  const place = input.settings.jurisdiction === null ? {} : { jurisdiction: input.settings.jurisdiction }
  const offset = environment === 'production' ? 0 : STAGING_RATELIMITS
  return {
    d1_databases: base.d1_databases.map((one) => ({
      ...one,
      database_name: names.of(one.database_name),
      database_id: ids.get(one.binding),
    })),
    kv_namespaces: base.kv_namespaces.map((one) => ({ ...one, id: ids.get(one.binding) })),
    ratelimits: base.ratelimits.map((one) => ({ ...one, namespace_id: String(Number(one.namespace_id) + offset) })),
    ...(base.analytics_engine_datasets.length > 0 && {
      analytics_engine_datasets: base.analytics_engine_datasets.map((one) => ({
        ...one,
        // a name of letters, digits and lines below
        dataset: names.of(one.dataset).replaceAll('-', '_'),
      })),
    }),
    ...(base.r2_buckets.length > 0 && {
      r2_buckets: base.r2_buckets.map((one) =>
        Object.assign({}, one, { bucket_name: ids.get(one.binding) ?? names.of(one.bucket_name) }, place),
      ),
    }),
    ...queuesOf(input),
  }
}

function placesOf({ settings, base }: Input) {
  const cpuMs = settings.cpu_ms === undefined ? base.limits?.cpu_ms : settings.cpu_ms
  return {
    ...(settings.smart_placement !== undefined && {
      placement: { mode: settings.smart_placement ? 'smart' : 'off' },
    }),
    limits: cpuMs === undefined || cpuMs === null ? undefined : { cpu_ms: cpuMs },
    workers_dev: settings.domain === undefined,
    // a preview would run unreleased code on the deployment's data
    preview_urls: false,
    ...(settings.domain !== undefined && { routes: [{ pattern: settings.domain, custom_domain: true }] }),
  }
}

/** Logs and traces go to the destinations that the account has by these names, beside what the platform keeps. */
function observedBy({ base, settings }: Input) {
  const { logs, traces } = settings.otel_destinations
  if (!base.observability || logs.length + traces.length === 0) return {}
  const kept = base.observability
  return {
    observability: {
      ...kept,
      ...(logs.length > 0 && { logs: { ...kept.logs, destinations: logs } }),
      ...(traces.length > 0 && { traces: { ...kept.traces, destinations: traces } }),
    },
  }
}

/** The configuration that wrangler gets. */
export function makeConfig(input: Input) {
  const { base, settings, names, url } = input
  const { $schema: _, ...common } = base
  return {
    ...common,
    ...MODULES_CONFIG,
    name: names.worker,
    vars: {
      ...base.vars,
      ...settings.vars,
      ENVIRONMENT: 'production',
      PUBLIC_URL: url,
      WEB_ORIGINS: [url, ...settings.web_origins].join(','),
      JURISDICTION: settings.jurisdiction ?? '',
      DEMO_SIGN_IN: '',
      MAIL_SINK: '',
    },
    ...(settings.cloudflare_email && { send_email: [{ name: 'EMAIL' }] }),
    ...bindingsOf(input),
    ...observedBy(input),
    ...placesOf(input),
  }
}

export function writeConfig(root: string, input: Input): string {
  const text = `${JSON.stringify(makeConfig(input), null, 2)}\n`
  writeFileSync(join(root, configFile(input.environment)), text)
  return text
}
