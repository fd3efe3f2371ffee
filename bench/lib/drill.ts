/**
 * The drill: a deployment with a connected site is backed up by the command, all that it keeps is destroyed, and the command
 * restores it. What there was before and after can be compared row by row.
 */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../src/contract/sync.ts'
import { sealCredentials } from '../../src/lib/link-credentials.ts'
import type { KeyRing } from '../../src/lib/secrets.ts'
import { createSigningSecret } from '../../src/lib/signature.ts'
import { type Client, createClient } from '../../scripts/lib/client.ts'
import { NODE, ROOT, temporaryFolder } from '../../scripts/lib/paths.ts'
import { freePort } from '../../scripts/lib/ports.ts'
import { runCommand } from '../../scripts/lib/processes.ts'
import { type BuiltWorker, createBindings, type RunningWorker, startWorker } from '../../test/e2e/support/api.ts'
import { type Model, startModel } from './model.ts'
import { call, createSite, PERSON, type Site } from './seed.ts'

const RUN_LIMIT_MS = 600_000
const POLL_MS = 100

export interface DrillSite extends Site {
  model: Model
}

export interface Drill {
  url: string
  owner: Client
  site: DrillSite
  /** Starts the deployment. What it keeps begins as a migrated database. */
  worker: () => RunningWorker
  /** Destroys everything that the deployment keeps, and starts it with nothing. */
  destroy: () => Promise<void>
  /** Runs one of the commands, as an operator does. @returns what it printed */
  command: (name: 'backup' | 'restore' | 'restore-site', ...args: string[]) => Promise<string>
  /** All rows of D1, of KV and of the objects, each as JSON text, by table. */
  readAll: () => Promise<Record<string, string[]>>
  stop: () => Promise<void>
}

/** Has the site synced, and waits until its run has ended. */
export async function syncSite({ owner, site }: Pick<Drill, 'owner' | 'site'>): Promise<Run> {
  const path = `/integration/integrations/${site.integrationId}`
  await owner.post(`${path}/sync`, { direction: 'both' })
  for (const startedAt = Date.now(); Date.now() - startedAt < RUN_LIMIT_MS;) {
    const { results } = await owner.get<{ results: Run[] }>(`${path}/runs?limit=1`)
    const [run] = results
    if (run && run.finished_at !== null) return run
    await pause(POLL_MS)
  }
  throw new Error('The run does not end.')
}

/** The handshake refuses sites on this machine: its result is written into D1. */
async function connect(worker: RunningWorker, site: Site, model: Model, secret: string, keyRing: KeyRing) {
  const database = await worker.miniflare.getD1Database('DB')
  const types = { post_types: { post: { enabled: true, fetch_limit: 1_000_000 } } }
  const sql = `UPDATE integrations SET site_url = ?, commands_url = ?, credentials = ?, type_settings_json = ?,
    sync_enabled = 1, connection = 'ready' WHERE id = ?`
  const credentials = await sealCredentials(keyRing, site.integrationId, [secret], Date.now())
  const commandsUrl = `${model.url}/wp-json/igny8/v1/commands`
  const values = [model.url, commandsUrl, credentials, JSON.stringify(types), site.integrationId]
  await database
    .prepare(sql)
    .bind(...values)
    .run()
}

const toText = (_name: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
const rowsOf = (rows: unknown[]) => rows.map((row) => JSON.stringify(row, toText)).toSorted()

/** Tables of SQLite files below a folder, read from a copy, since a Worker has them open. */
function readFiles(folder: string, prefix: string): [string, string[]][] {
  const copy = temporaryFolder('drill-copy')
  cpSync(folder, copy, { recursive: true })
  const files = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'))
  const found = files.flatMap((file) => {
    const database = new DatabaseSync(join(copy, file))
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[]
    const rows = tables.map(({ name }): [string, string[]] => {
      const statement = database.prepare(`SELECT * FROM "${name}"`)
      statement.setReadBigInts(true)
      return [`${prefix} ${file} ${name}`, rowsOf(statement.all())]
    })
    database.close()
    return rows
  })
  rmSync(copy, { recursive: true })
  return found
}

async function readKeys({ miniflare }: RunningWorker): Promise<string[]> {
  const namespace = await miniflare.getKVNamespace('API_KEYS')
  const { keys } = await namespace.list()
  return rowsOf(await Promise.all(keys.map(async ({ name }) => [name, await namespace.get(name, 'json')])))
}

/**
 * Starts a deployment with an owner, and a connected site of so many items.
 * @param migrated a folder with a migrated database
 */
export async function startDrill(built: BuiltWorker, migrated: string, items: number): Promise<Drill> {
  const folder = temporaryFolder('drill')
  const state = join(folder, 'state')
  const begin = () => cpSync(migrated, state, { recursive: true })
  begin()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const bindings = createBindings(url)
  const start = () => startWorker(built, { folder, port, bindings })
  let worker = await start()
  const { token } = (await call(new URL(url), '/api/v1/auth/sign-up/email', null, PERSON)) as { token: string }
  const site = await createSite(new URL(url), token, 'drill')
  const secret = createSigningSecret()
  const model = await startModel({ items, signingSecret: secret, integrationId: site.integrationId })
  const keys = JSON.parse(bindings['ENCRYPTION_KEYS'] ?? '') as Record<string, string>
  await connect(worker, site, model, secret, { currentId: 'k1', keys })
  const environment = { OPERATOR_TOKEN: bindings['OPERATOR_TOKEN'], IGNY8_CACHE: join(folder, 'cache') }
  return {
    url,
    owner: createClient(url, token),
    site: { ...site, model },
    worker: () => worker,
    async destroy() {
      await worker.stop()
      rmSync(state, { recursive: true })
      begin()
      worker = await start()
    },
    async command(name, ...args) {
      const script = [`scripts/${name}.ts`, ...args, '--url', url]
      const { stdout } = await runCommand(NODE, ['--disable-warning=ExperimentalWarning', ...script], {
        cwd: ROOT,
        env: environment,
      })
      return stdout
    },
    readAll: async () => ({
      ...Object.fromEntries(readFiles(join(state, 'v3/d1'), 'd1')),
      ...Object.fromEntries(readFiles(join(state, 'v3/do'), 'object')),
      keys: await readKeys(worker),
    }),
    async stop() {
      await model.stop()
      await worker.stop()
      mkdirSync(folder, { recursive: true })
      rmSync(folder, { recursive: true })
    },
  }
}
