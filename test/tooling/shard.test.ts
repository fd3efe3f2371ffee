import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabases } from '../../scripts/deploy/open-databases.ts'
import { db } from '../../src/db/client.ts'
import { openEventShards } from '../../src/db/events/shards.ts'
import { listShards, moveAccount, PHASE_MS } from '../../src/services/shards/move.ts'
import { Stranger } from '../support/deployment.ts'

const SECOND = `
[[d1_databases]]
binding = "EVENTS_1"
database_name = "igny8-events-1"
migrations_dir = "migrations-events"
`

let stranger: Stranger
beforeAll(async () => {
  stranger = await new Stranger().arrive(['node_modules', 'package.json', 'migrations', 'migrations-events'])
  const text = readFileSync(join(import.meta.dirname, '../../wrangler.toml'), 'utf8')
  stranger.write('wrangler.toml', text.replace('\n[[kv_namespaces]]', `${SECOND}\n[[kv_namespaces]]`))
})
afterAll(() => stranger.leave())

const NAMES = ['igny8', 'igny8-events', 'igny8-events-1']
const databaseOf = (name: string) => {
  const found = stranger.account.databases.find((one) => one.name === name)
  if (!found) throw new Error(`no database ${name}`)
  return found.sqlite
}

test('a further event database is made, migrated and bound by a deployment, which says so before', async () => {
  const plan = await stranger.deploy('--dry-run')
  expect(plan.error).toBe('')
  for (const name of NAMES) expect(plan.lines.join('\n')).toContain(`D1 database ${name}\n`)
  expect(plan.lines.join('\n')).toContain('d1 migrations apply EVENTS_1 --remote')
  expect(plan.changes).toEqual([])
  const first = await stranger.deploy()
  expect(first.error).toBe('')
  expect(stranger.account.databases.map(({ name }) => name)).toEqual(NAMES)
  const tables = (name: string) =>
    databaseOf(name)
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('accounts', 'sync_events', 'outbox')")
      .all()
      .map((row) => row['name'])
      .toSorted()
  expect(NAMES.map(tables)).toEqual([['accounts', 'outbox', 'sync_events'], ['sync_events'], ['sync_events']])
  expect((await stranger.deploy()).changes).toEqual([])
})

test('an account is moved through Cloudflare’s API', async () => {
  databaseOf('igny8').exec("INSERT INTO accounts (id, name, created_at) VALUES ('acc_a', 'A', 0), ('acc_b', 'B', 0)")
  databaseOf('igny8-events').exec(`INSERT INTO sync_events (id, account_id, site_id, integration_id, action, success,
      item_ids, counts, started_at, finished_at, detail)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
    SELECT printf('evt_%04d', i), iif(i % 2, 'acc_a', 'acc_b'), 'site_x', 'int_x', 'sync', 1, '["x"]', '{"n":1}', i, i, '“”' FROM n`)
  const bindings = await openDatabases(
    {
      root: stranger.root,
      env: stranger.env,
      fetch: (...args) => fetch(...args),
      print: () => undefined,
      sleep: async () => undefined,
      command: stranger.wrangler.command,
      build: async () => undefined,
    },
    'production',
  )
  const control = db(bindings, null).db
  const shards = openEventShards(bindings, control).all()
  const before = databaseOf('igny8-events').prepare("SELECT * FROM sync_events WHERE account_id = 'acc_a'").all()
  let now = 1e12
  const told: string[] = []
  await moveAccount({
    db: control,
    shards,
    accountId: 'acc_a',
    to: 'EVENTS_1',
    now: () => now,
    wait: async (ms) => void (now += ms),
    tell: (line) => void told.push(line),
  })
  expect(now).toBe(1e12 + 2 * PHASE_MS)
  expect(told.at(-1)).toBe('acc_a: is in EVENTS_1.')
  expect(databaseOf('igny8-events-1').prepare('SELECT * FROM sync_events').all()).toEqual(before)
  expect(await shards[0]?.db.all(sql`SELECT DISTINCT account_id FROM sync_events`)).toEqual([{ account_id: 'acc_b' }])
  expect(await listShards({ db: control, shards })).toEqual([
    { name: 'EVENTS', accounts: 1, arriving: 0 },
    { name: 'EVENTS_1', accounts: 1, arriving: 0 },
  ])
})
