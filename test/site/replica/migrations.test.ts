import { describe, expect, test } from 'vitest'
import type { SiteDatabase, SqlRow, SqlValue } from '../../../src/site/replica/database.ts'
import { migrateSiteStore, SITE_STORE_VERSION } from '../../../src/site/replica/migrations.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'

const NOW = Date.UTC(2026, 10, 22)

interface Column extends SqlRow {
  name: string
  type: string
  pk: number
}

const tablesOf = (database: SiteDatabase) =>
  database
    .rows<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .map(({ name }) => name)
    .filter((name) => name !== 'migrations')

const columnsOf = (database: SiteDatabase, table: string) => database.rows<Column>(`PRAGMA table_info(${table})`)

/** A value that such a column takes, and that no default would give. */
function valueOf(table: string, { name, type }: Column): SqlValue {
  if (name === 'one') return 1
  if (table === 'runs' && name === 'status') return 'succeeded'
  if (['progress', 'counts', 'cursor', 'result', 'error', 'doc'].includes(name)) return '{"n":7}'
  return type === 'INTEGER' ? 7 : `${table}.${name}`
}

/** One row in every table, all its columns filled. */
function fill(database: SiteDatabase): void {
  for (const table of tablesOf(database)) {
    const columns = columnsOf(database, table)
    const names = columns.map(({ name }) => name)
    database.rows(
      `INSERT OR REPLACE INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`,
      ...columns.map((column) => valueOf(table, column)),
    )
  }
}

/** Every row of these columns. */
const dump = (database: SiteDatabase, shape: Map<string, string[]>) =>
  Object.fromEntries([...shape].map(([table, names]) => [table, database.rows(`SELECT ${names.join()} FROM ${table}`)]))

const shapeOf = (database: SiteDatabase) =>
  new Map(tablesOf(database).map((table) => [table, columnsOf(database, table).map(({ name }) => name)]))

/** What holds of every database that this code works on. */
function expectToWork(database: SiteDatabase): void {
  const store = new SiteStore(database)
  const call = { accountId: 'acc_1', siteId: 'site_1', integrationId: 'int_1', keyId: null, requestId: 'req_1' }
  const run = store.runs.enqueue('run_new', call, 'both', NOW)
  expect(store.runs.lease(NOW, 1000)?.id).toBe(run.id)
  const event = { event: 'post.status', post_id: 9, post_type: 'post', status: 'publish', modified_gmt: '' } as const
  expect(store.replica.inbox.add('msg_new', event, NOW, { requestId: 'req_1' })).toBe(true)
  expect(store.replica.inbox.duePosts(NOW, 10)).toContain(9)
}

describe('T48 the database of a site’s object', () => {
  const versions = Array.from({ length: SITE_STORE_VERSION }, (_, index) => index + 1)

  test.each(versions)('that release %i has left is brought up to date, and keeps every row', (version) => {
    const database = createSiteDatabase()
    migrateSiteStore(database, version)
    fill(database)
    const shape = shapeOf(database)
    const before = dump(database, shape)
    expect(Object.values(before).every((rows) => rows.length > 0)).toBe(true)
    migrateSiteStore(database)
    expect(dump(database, shape)).toEqual(before)
    const [last] = database.rows<{ version: number }>('SELECT max(version) AS version FROM migrations')
    expect(last?.version).toBe(SITE_STORE_VERSION)
    expectToWork(database)
  })

  test('that has items begins its journal with the update: what was before is not answered', () => {
    const earliestOf = (hasItems: boolean) => {
      const database = createSiteDatabase()
      migrateSiteStore(database, 7)
      if (hasItems) fill(database)
      migrateSiteStore(database)
      return new SiteStore(database).replica.history.floorAt()
    }
    expect(Math.abs(earliestOf(true) - Date.now())).toBeLessThan(10_000)
    expect(earliestOf(false)).toBe(0)
  })

  test('of a later release is left as it is and works: code can be rolled back, the database can’t', () => {
    const database = createSiteDatabase()
    migrateSiteStore(database)
    database.rows('ALTER TABLE runs ADD COLUMN later TEXT')
    database.rows('CREATE TABLE later (id TEXT PRIMARY KEY)')
    database.rows('INSERT INTO migrations (version) VALUES (?)', SITE_STORE_VERSION + 1)
    migrateSiteStore(database)
    expectToWork(database)
  })
})
