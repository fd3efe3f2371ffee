import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4MiniflareOptions } from 'miniflare'
import { temporaryFolder } from '../../scripts/lib/paths.ts'
import { endWithProcess } from '../../scripts/lib/shutdown.ts'
import type { KeyRing } from '../../src/lib/secrets.ts'
import type { Bundle } from './bundle.ts'

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

/**
 * The same, and it counts what the site's object writes into D1, the rows of its own database, and its alarms:
 * \`/bench-counts\` tells and forgets. \`/bench-polling\` has a site served by polling.
 */
const WITH_COUNTED_WRITES = `
import app, { SiteSync as Uncounted } from './index.js'
${COUNTERS_IN_MEMORY}
const NOTHING = { writes: 0, alarms: 0, alarmsSet: 0, rowsRead: 0, rowsWritten: 0 }
let told = { ...NOTHING }
let last = null
const takeRows = () => {
  told.rowsRead += last?.rowsRead ?? 0
  told.rowsWritten += last?.rowsWritten ?? 0
  last = null
}
let isWatched = false
/* a cursor knows its rows once it was read, which the object does at once */
const watch = (storage) => {
  if (isWatched) return
  isWatched = true
  const [sql, own] = [Object.getPrototypeOf(storage.sql), Object.getPrototypeOf(storage)]
  const { exec } = sql
  sql.exec = function (...args) {
    takeRows()
    return (last = exec.apply(this, args))
  }
  const { setAlarm } = own
  own.setAlarm = function (...args) {
    told.alarmsSet++
    return setAlarm.apply(this, args)
  }
}
const countedStatement = (statement) => {
  const bind = statement.bind.bind(statement)
  statement.bind = (...values) => countedStatement(bind(...values))
  for (const name of ['run', 'all', 'raw']) {
    const send = statement[name].bind(statement)
    statement[name] = (...options) => (told.writes++, send(...options))
  }
  return statement
}
const counted = (database) => ({
  withSession: (from) => counted(database.withSession(from)),
  getBookmark: () => database.getBookmark(),
  batch: (statements) => (told.writes++, database.batch(statements)),
  prepare: (sql) => (/^\\s*select/i.test(sql) ? database.prepare(sql) : countedStatement(database.prepare(sql))),
})
export class SiteSync extends Uncounted {
  constructor(state, env) {
    watch(state.storage)
    super(state, { ...env, DB: counted(env.DB), EVENTS: counted(env.EVENTS) })
  }
  alarm() {
    told.alarms++
    return super.alarm()
  }
}
const tell = () => {
  takeRows()
  const before = told
  told = { ...NOTHING }
  return Response.json(before)
}
const enablePolling = async (request, env) => {
  const ref = await request.json()
  const enabled = await env.SITE_SYNC.getByName(ref.siteId).enablePolling(ref)
  return Response.json(enabled, { status: enabled.ok ? 200 : 500 })
}
export default {
  fetch: (request, env, ctx) => {
    if (request.url.endsWith('/bench-counts')) return tell()
    if (request.url.endsWith('/bench-polling')) return enablePolling(request, env)
    return app.fetch(request, withCounters(env), ctx)
  },
}
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

/** The project's Worker with the settings of production; `entry` stands before it. */
function appOptions(bundle: Bundle, name: string, secrets: Record<string, string>, entry?: string): WorkerOptions {
  return {
    ...common,
    ...modulesOf(bundle, entry),
    name,
    bindings: {
      // a site on loopback is refused in production
      ENVIRONMENT: name === 'syncing' ? 'development' : 'production',
      PUBLIC_URL: 'https://api.igny8.com',
      WEB_ORIGINS: 'https://app.igny8.com',
      ...secrets,
    },
    d1Databases: { DB: 'app', EVENTS: 'app-events' },
    kvNamespaces: { API_KEYS: 'app' },
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
  stop(): Promise<void>
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
 */
export async function startRuntime(app: Bundle, bare: Bundle[]): Promise<Runtime> {
  const { keyRing, bindings: secrets } = createSecrets()
  const workers = [
    appOptions(app, 'app', secrets, WITH_COUNTERS_IN_MEMORY),
    appOptions(app, 'app-simulated-limits', secrets),
    appOptions(app, 'syncing', secrets, WITH_COUNTED_WRITES),
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
  const forget = endWithProcess({ group: undefined, stop: () => miniflare.dispose(), kill: () => undefined })
  await miniflare.ready
  return {
    miniflare,
    keyRing,
    url: (worker) => miniflare.unsafeGetDirectURL(worker),
    stop: async () => {
      await miniflare.dispose()
      forget()
    },
  }
}
