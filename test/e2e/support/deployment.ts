import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import type { Bundle } from '../../../bench/lib/bundle.ts'
import { COMPATIBILITY, modulesOf } from '../../../bench/lib/runtime.ts'
import { ROOT, temporaryFolder } from '../../../scripts/lib/paths.ts'

/** Which code runs where: at the edge each under a name, and in the objects. */
export interface Deployed {
  edges: Record<string, Bundle>
  objects: Bundle
}

export interface Deployment {
  url: (edge: string) => Promise<URL>
  /** Brings other code out over the same data. */
  deploy: (code: Deployed) => Promise<void>
  migrate: (files: readonly string[], folder?: Folder) => Promise<void>
  stop: () => Promise<void>
}

const UNLIMITED = { limit: 1_000_000, period: 60 } as const
const secret = () => randomBytes(32).toString('base64')

/** A kind of database: its folder of migrations. */
export type Folder = 'migrations' | 'migrations-events'

export const migrationFiles = (folder: Folder = 'migrations') =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.sql'))
    .toSorted()

/** One platform with its data, on which releases come and go. Objects belong to a Worker of their own, so that edges of several releases share them. */
export async function openPlatform(first: Deployed): Promise<Deployment> {
  const secrets = {
    API_KEY_PEPPER: secret(),
    SESSION_SECRET: secret(),
    ENCRYPTION_KEYS: JSON.stringify({ k1: secret() }),
  }
  const folder = temporaryFolder('deployment')
  const worker = (name: string, bundle: Bundle) => ({
    ...COMPATIBILITY,
    ...modulesOf(bundle),
    name,
    unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    // a site on this machine is refused in production
    bindings: { ENVIRONMENT: 'development', PUBLIC_URL: 'https://api.igny8.com', WEB_ORIGINS: '', ...secrets },
    d1Databases: { DB: 'app', EVENTS: 'app-events' },
    kvNamespaces: { API_KEYS: 'app' },
    durableObjects: {
      SITE_SYNC: {
        className: 'SiteSync',
        useSQLite: true,
        ...(name !== 'objects' && { scriptName: 'objects' }),
      },
    },
    ratelimits: {
      THROTTLE_INTEGRATION: { namespace_id: '1001', simple: UNLIMITED },
      THROTTLE_ACCOUNT: { namespace_id: '1003', simple: UNLIMITED },
      THROTTLE_ANONYMOUS: { namespace_id: '1002', simple: UNLIMITED },
      THROTTLE_UNVERIFIED: { namespace_id: '1004', simple: UNLIMITED },
      THROTTLE_UNVERIFIED_ACCOUNT: { namespace_id: '1005', simple: UNLIMITED },
    },
  })
  const optionsOf = ({ edges, objects }: Deployed) =>
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      cf: false,
      log: new Log(LogLevel.ERROR),
      handleStructuredLogs: () => undefined,
      resourcePersistencePath: folder,
      workers: [worker('objects', objects), ...Object.entries(edges).map(([name, bundle]) => worker(name, bundle))],
    })
  const miniflare = new Miniflare(optionsOf(first))
  await miniflare.ready
  return {
    url: (edge) => miniflare.unsafeGetDirectURL(edge),
    deploy: (code) => miniflare.setOptions(optionsOf(code)),
    // as wrangler does it: file by file, each with its name beside what it did
    async migrate(files, kind = 'migrations') {
      const database = await miniflare.getD1Database(kind === 'migrations' ? 'DB' : 'EVENTS', 'objects')
      await database.exec(
        'CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)',
      )
      for (const name of files) {
        const statements = readFileSync(join(ROOT, kind, name), 'utf8').split('--> statement-breakpoint')
        await database.batch([
          ...statements.map((statement) => database.prepare(statement)),
          database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name),
        ])
      }
    },
    stop: () => miniflare.dispose(),
  }
}
