import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { endWithProcess } from '../../scripts/lib/shutdown.ts'
import type { Bundle } from './bundle.ts'

type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown }>['workers'][number]

/** Enough that no measurement is refused. */
const UNLIMITED = { limit: 1_000_000_000, period: 60 } as const
const secret = () => randomBytes(32).toString('base64')

/**
 * On the platform a rate limit is a counter in the same machine's memory; the local runtime simulates it by a request
 * to a Durable Object that writes a row. The Worker measured has the former, so that its own cost is seen.
 */
const WITH_COUNTERS_IN_MEMORY = `
import app, { SiteSync } from './index.js'
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
  (own ??= { ...env, THROTTLE_INTEGRATION: counter(${UNLIMITED.limit}), THROTTLE_ANONYMOUS: counter(${UNLIMITED.limit}) })
export { SiteSync }
export default { fetch: (request, env, ctx) => app.fetch(request, withCounters(env), ctx) }
`

/** A bundle's modules; `entry` stands before them where the Worker measured is wrapped. */
export const modulesOf = ({ modules }: Bundle, entry?: string): WorkerOptions => ({
  modulesRoot: '/',
  modules: [...(entry === undefined ? [] : [{ path: 'entry.js', contents: entry }]), ...modules].map(
    ({ path, contents }) => ({ type: 'ESModule' as const, path: join('/', path), contents }),
  ),
})

/** As in wrangler.toml. */
export const COMPATIBILITY = {
  compatibilityDate: '2026-10-01',
  compatibilityFlags: ['global_fetch_strictly_public'],
}
const common = { ...COMPATIBILITY, unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }] }

/** The project's Worker with the settings of production; `simulated` leaves it the local runtime's rate limits. */
function appOptions(bundle: Bundle, name: string, secrets: Record<string, string>, simulated: boolean): WorkerOptions {
  return {
    ...common,
    ...modulesOf(bundle, simulated ? undefined : WITH_COUNTERS_IN_MEMORY),
    name,
    bindings: {
      ENVIRONMENT: 'production',
      PUBLIC_URL: 'https://api.igny8.com',
      WEB_ORIGINS: 'https://app.igny8.com',
      ...secrets,
    },
    d1Databases: { DB: 'app' },
    kvNamespaces: { API_KEYS: 'app' },
    durableObjects: {
      SITE_SYNC: { className: 'SiteSync', useSQLite: true, ...(name !== 'app' && { scriptName: 'app' }) },
    },
    ratelimits: {
      THROTTLE_INTEGRATION: { namespace_id: '1001', simple: UNLIMITED },
      THROTTLE_ANONYMOUS: { namespace_id: '1002', simple: UNLIMITED },
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
})

/** The Workers in one runtime, each on a socket of its own. */
export interface Runtime {
  miniflare: Miniflare
  url(worker: string): Promise<URL>
  stop(): Promise<void>
}

/** Starts the project's Worker as `app`, and as `app-simulated-limits`, beside the bare ones. */
export async function startRuntime(app: Bundle, bare: Bundle[]): Promise<Runtime> {
  const secrets = {
    API_KEY_PEPPER: secret(),
    SESSION_SECRET: secret(),
    ENCRYPTION_KEYS: JSON.stringify({ k1: secret() }),
  }
  const workers = [
    appOptions(app, 'app', secrets, false),
    appOptions(app, 'app-simulated-limits', secrets, true),
    ...bare.map(bareOptions),
  ]
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: () => undefined,
      resourcePersistencePath: temporaryFolder('bench-state'),
      workers,
    }),
  )
  const forget = endWithProcess({ stop: () => miniflare.dispose(), kill: () => undefined })
  await miniflare.ready
  return {
    miniflare,
    url: (worker) => miniflare.unsafeGetDirectURL(worker),
    stop: async () => {
      await miniflare.dispose()
      forget()
    },
  }
}
