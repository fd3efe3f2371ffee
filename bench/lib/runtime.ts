import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { endWithProcess } from '../../scripts/lib/shutdown.ts'
import { runtimeModules } from '../../scripts/worker-modules.ts'
import type { KeyRing } from '../../src/lib/secrets.ts'
import type { Bundle } from './bundle.ts'

/** A Worker's modules, the main one first. */
type Modules = Pick<Bundle, 'modules'>

type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown }>['workers'][number]

/** Enough that no measurement is refused. */
const UNLIMITED = { limit: 1_000_000_000, period: 60 } as const
const secret = () => randomBytes(32).toString('base64')

/**
 * On the platform a rate limit is a counter in the same machine's memory; the local runtime simulates it by a request
 * to a Durable Object that writes a row. The Worker measured has the former, so that its own cost is seen.
 */
const COUNTERS_IN_MEMORY = `
const counts = new Map()
const counter = (limit) => ({
  limit: async ({ key }) => {
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    return { success: count <= limit }
  },
})
let own
const withCounters = (env) =>
  (own ??= { ...env, THROTTLE_INTEGRATION: counter(${UNLIMITED.limit}), THROTTLE_ACCOUNT: counter(${UNLIMITED.limit}), THROTTLE_ANONYMOUS: counter(${UNLIMITED.limit}), THROTTLE_UNVERIFIED: counter(${UNLIMITED.limit}), THROTTLE_UNVERIFIED_ACCOUNT: counter(${UNLIMITED.limit}) })
`
const WITH_COUNTERS_IN_MEMORY = `
import app, { SiteSync } from './index.js'
${COUNTERS_IN_MEMORY}
export { SiteSync }
export default { fetch: (request, env, ctx) => app.fetch(request, withCounters(env), ctx) }
`

/** The same, and it counts what the platform bills: counting.ts. */
const WITH_COUNTS = `
import app, { SiteSync as Uncounted } from './index.js'
import { instrument } from './counting.ts'
${COUNTERS_IN_MEMORY}
const counted = instrument(app, Uncounted, withCounters)
export const SiteSync = counted.SiteSync
export default counted.default
`
const COUNTING = ['counting.ts', 'counting-databases.ts', 'counted.ts'].map((path) => ({
  path,
  contents: stripTypeScriptTypes(readFileSync(join(import.meta.dirname, path), 'utf8')),
}))

/** A bundle's modules; `entry` stands before them where the Worker measured is wrapped. */
export const modulesOf = ({ modules }: Modules, entry?: string): WorkerOptions =>
  runtimeModules([...(entry === undefined ? [] : [{ path: 'entry.js', contents: entry }, ...COUNTING]), ...modules])

/** As in wrangler.toml. */
export const COMPATIBILITY = {
  compatibilityDate: '2026-10-01',
  compatibilityFlags: ['global_fetch_strictly_public'],
}
const common = { ...COMPATIBILITY, unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }

interface AppOptions {
  secrets: Record<string, string>
  /** Stands before the Worker. */
  entry?: string
  /** More databases than wrangler.toml binds. */
  databases?: Record<string, string>
}

/** The project's Worker with the settings of production. */
function appOptions(bundle: Modules, name: string, { secrets, entry, databases }: AppOptions): WorkerOptions {
  return {
    ...common,
    ...modulesOf(bundle, entry),
    name,
    bindings: {
      // a site on loopback is refused in production
      ENVIRONMENT: name === 'syncing' ? 'development' : 'production',
      PUBLIC_URL: name === 'syncing' ? 'http://127.0.0.1:8787' : 'https://api.igny8.com',
      // notices to people are made, and kept in memory
      ...(name === 'syncing' && { MAIL_SINK: 'on' }),
      WEB_ORIGINS: 'https://app.igny8.com',
      // a line now and then would make the counts of two runs differ
      REQUEST_LOG_RATE: '0',
      ...secrets,
    },
    d1Databases: { DB: 'app', EVENTS: 'app-events', ...databases },
    kvNamespaces: { API_KEYS: 'app' },
    analyticsEngineDatasets: { METRICS: { dataset: 'metrics' } },
    // a file of the web app, whichever is asked for
    serviceBindings: { ASSETS: () => new Response('', { headers: { 'content-type': 'text/javascript' } }) },
    durableObjects: {
      SITE_SYNC: {
        className: 'SiteSync',
        useSQLite: true,
        ...(name === 'app-simulated-limits' && { scriptName: 'app' }),
      },
    },
    ratelimits: {
      THROTTLE_INTEGRATION: { namespace_id: '1001', simple: UNLIMITED },
      THROTTLE_ACCOUNT: { namespace_id: '1003', simple: UNLIMITED },
      THROTTLE_ANONYMOUS: { namespace_id: '1002', simple: UNLIMITED },
      THROTTLE_UNVERIFIED: { namespace_id: '1004', simple: UNLIMITED },
      THROTTLE_UNVERIFIED_ACCOUNT: { namespace_id: '1005', simple: UNLIMITED },
    },
  }
}

const bareOptions = (bundle: Bundle): WorkerOptions => ({
  ...common,
  ...modulesOf(bundle),
  name: bundle.name,
  d1Databases: { DB: 'bare' },
  kvNamespaces: { KV: 'bare' },
  ratelimits: { LIMIT: { namespace_id: '2001', simple: UNLIMITED } },
  ...(bundle.name === 'writes' && { durableObjects: { SITE: { className: 'BareSite', useSQLite: true } } }),
  ...(bundle.name === 'inbox' && { durableObjects: { INBOX: { className: 'BareInbox', useSQLite: true } } }),
})

/** The Workers in one runtime, each on a socket of its own. */
export interface Runtime {
  miniflare: Miniflare
  /** Seals what the Worker reads from D1. */
  keyRing: KeyRing
  url(worker: string): Promise<URL>
  /** May be called again. */
  stop(): Promise<void>
}

export interface StoredRuntime extends Runtime {
  /** Where the databases are, which are whole once the runtime has stopped. */
  folder: string
}

/** Secrets of one run, and the keys that seal what the Worker reads from D1. */
export function createSecrets(): { keyRing: KeyRing; bindings: Record<string, string> } {
  const keyRing: KeyRing = { currentId: 'k1', keys: { k1: secret() } }
  const bindings = {
    API_KEY_PEPPER: secret(),
    SESSION_SECRET: secret(),
    ENCRYPTION_KEYS: JSON.stringify(keyRing.keys),
  }
  return { keyRing, bindings }
}

/**
 * Starts the project's Worker as `app`, as `app-simulated-limits`, and as `syncing`, which may call a site on this machine and
 * counts its writes, beside the bare ones.
 * @param databases event databases that `syncing` has beside the first: their bindings
 */
export async function startRuntime(
  app: Modules,
  bare: Bundle[],
  databases: readonly string[] = [],
): Promise<StoredRuntime> {
  const { keyRing, bindings: secrets } = createSecrets()
  const workers = [
    appOptions(app, 'app', { secrets, entry: WITH_COUNTERS_IN_MEMORY }),
    appOptions(app, 'app-simulated-limits', { secrets }),
    appOptions(app, 'syncing', {
      secrets,
      entry: WITH_COUNTS,
      databases: Object.fromEntries(databases.map((binding) => [binding, binding])),
    }),
    ...bare.map(bareOptions),
  ]
  const folder = temporaryFolder('bench-state')
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: () => undefined,
      resourcePersistencePath: folder,
      workers,
    }),
  )
  const forget = endWithProcess({ group: undefined, stop: () => miniflare.dispose(), kill: () => undefined })
  await miniflare.ready
  let stopped: Promise<void> | undefined
  return {
    miniflare,
    keyRing,
    folder,
    url: (worker) => miniflare.unsafeGetDirectURL(worker),
    stop: () => (stopped ??= miniflare.dispose().then(forget)),
  }
}
