/**
 * `npm run shard -- list` and `npm run shard -- move ACCOUNT --to EVENTS_1`: event databases and their accounts. Without
 * options of the databases of `npm start`; with `--persist-to FOLDER` of another local state, with `--remote` of a
 * deployment (`--env staging`). docs/operations.md, "Databases that fill up".
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { db } from '../src/db/client.ts'
import { openEventShards } from '../src/db/events/shards.ts'
import { listShards, moveAccount, MoveRefused } from '../src/services/shards/move.ts'
import { DeployError } from './deploy/errors.ts'
import { ENVIRONMENTS } from './deploy/options.ts'
import { openDatabases } from './deploy/open-databases.ts'
import { databaseBindings } from './lib/databases.ts'
import { cacheFolder, ROOT } from './lib/paths.ts'
import { tryCommand } from './lib/processes.ts'

const USAGE = `npm run shard -- list
npm run shard -- move ACCOUNT --to EVENTS_1

[--remote [--env staging]] [--persist-to FOLDER]`

const { values: options, positionals } = parseArgs({
  options: {
    remote: { type: 'boolean', default: false },
    env: { type: 'string', default: 'production' },
    'persist-to': { type: 'string' },
    to: { type: 'string' },
  },
  allowPositionals: true,
})

interface Opened {
  bindings: { DB: D1Database }
  close: () => Promise<void>
}

/** The databases as `wrangler dev` keeps them; a Worker that does nothing binds them. */
async function openLocal(): Promise<Opened> {
  const folder = options['persist-to'] ?? join(cacheFolder('start'), 'api/state')
  const bindings = databaseBindings(join(ROOT, 'wrangler.toml'))
  const nothing = { type: 'ESModule' as const, path: '/nothing.js', contents: 'export default {}' }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      log: new Log(LogLevel.ERROR),
      resourcePersistencePath: join(folder, 'v3'),
      workers: [
        {
          name: 'shard',
          modulesRoot: '/',
          modules: [nothing],
          compatibilityDate: '2026-10-01',
          // a database without an id has that of its binding
          d1Databases: Object.fromEntries(bindings.map((binding) => [binding, binding])),
        },
      ],
    }),
  )
  const opened: Record<string, D1Database> = {}
  for (const binding of bindings) opened[binding] = await miniflare.getD1Database(binding, 'shard')
  return { bindings: opened as { DB: D1Database }, close: () => miniflare.dispose() }
}

async function openRemotely(): Promise<Opened> {
  const environment = ENVIRONMENTS.find((name) => name === options.env)
  if (!environment) throw new MoveRefused(`--env is ${ENVIRONMENTS.join(' or ')}.`)
  const outside = {
    root: ROOT,
    env: process.env,
    fetch: (...args: Parameters<typeof fetch>) => fetch(...args),
    print: (line: string) => console.log(line),
    sleep: (ms: number) => pause(ms),
    command: tryCommand,
    build: () => Promise.resolve(),
  }
  return { bindings: await openDatabases(outside, environment), close: () => Promise.resolve() }
}

async function play({ bindings }: Opened): Promise<void> {
  const control = db(bindings, null).db
  const shards = openEventShards(bindings, control).all()
  const [command, accountId, ...rest] = positionals
  if (command === 'list' && accountId === undefined) {
    for (const { name, accounts, arriving } of await listShards({ db: control, shards }))
      console.log(
        `${name}: ${accounts === 1 ? '1 account' : `${accounts} accounts`}${arriving > 0 ? `, ${arriving} arriving` : ''}`,
      )
    return
  }
  const { to } = options
  if (command !== 'move' || !accountId || to === undefined || rest.length > 0) throw new MoveRefused(USAGE)
  await moveAccount({
    db: control,
    shards,
    accountId,
    to,
    now: Date.now,
    wait: (ms) => pause(ms),
    tell: (line) => console.log(line),
  })
}

try {
  const opened = await (options.remote ? openRemotely() : openLocal())
  try {
    await play(opened)
  } finally {
    await opened.close()
  }
} catch (error) {
  if (!(error instanceof MoveRefused || error instanceof DeployError)) throw error
  console.error(`✗ ${error.message}`)
  process.exitCode = 1
}
