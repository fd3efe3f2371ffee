import { describe, expect, test } from 'vitest'
import { createRecord, editRecord } from '../../../src/site/items/edit.ts'
import { dumpedTables, endDump, LARGE_TABLES, LEFT_OUT, readDump } from '../../../src/site/replica/dump.ts'
import type { SiteDatabase } from '../../../src/site/replica/database.ts'
import { endLoading, isLoading, loadPart, loadState } from '../../../src/site/replica/load.ts'
import { migrateSiteStore, SITE_STORE_VERSION } from '../../../src/site/replica/migrations.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import type { DumpPlace } from '../../../src/site/rpc.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { fillReplica, NOW } from '../../support/replica.ts'

const LARGE = 1e9

/** Everything that a backup has to hold, row by row. */
const contentOf = (database: SiteDatabase) =>
  Object.fromEntries(
    dumpedTables(database).map((table) => [
      table,
      database
        .rows(`SELECT * FROM ${table}`)
        .map((row) => JSON.stringify(row))
        .toSorted(),
    ]),
  )

const tablesOf = (database: SiteDatabase) =>
  database.rows<{ name: string; sql: string }>('SELECT name, sql FROM sqlite_master ORDER BY name')

function filled(items: number): SiteStore {
  const store = new SiteStore(createSiteDatabase())
  fillReplica(store, items)
  for (let n = 0; n < 40; n++) {
    const text = { title: `Own ${n} \u0000 🌍`, body: `${n}`.repeat(3_000) }
    store.replica.items.save(createRecord(`item_own_${n}`, 'post', text, NOW))
  }
  const record = store.replica.items.get('item_own_3')
  if (record) store.replica.items.save(editRecord(record, { title: 'Edited' }, NOW))
  return store
}

/** Reads a backup to its end. @param meanwhile is called between two pages */
function readAll(
  { replica: { database }, dumps }: SiteStore,
  bytes: number,
  meanwhile: (page: number) => void = () => undefined,
) {
  const pages: string[] = []
  for (let place: DumpPlace | null = null; ;) {
    const page = readDump({ database, dumps, now: NOW, bytes }, 'bak_1', place)
    if (!page) throw new Error('the backup has ended')
    pages.push(page.text)
    if (page.next === null) return pages
    place = page.next
    meanwhile(pages.length)
  }
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')

/** Loads pages into a new database, each of them twice. */
function load(pages: readonly string[], database = createSiteDatabase()): SiteDatabase {
  let lines = 0
  const whole = pages.filter((page) => page !== '')
  for (const [index, page] of whole.entries()) {
    lines += linesOf(page).length
    const isLast = index === whole.length - 1
    const part = {
      restoreId: 'rst_1',
      part: index + 1,
      lines: linesOf(page),
      after: { lines, sum: 'x' },
      isLast,
      replaces: false,
    }
    for (const _ of [1, 2])
      expect(loadPart(database, part)).toMatchObject({ ok: true, value: { parts: index + 1, lines } })
  }
  return database
}

describe('a backup of an object', () => {
  test('names every table as one that grows with the site, that is small, or that is left out', () => {
    const database = createSiteDatabase()
    migrateSiteStore(database)
    const all = tablesOf(database)
      .filter(({ sql }) => sql?.startsWith('CREATE TABLE'))
      .map(({ name }) => name)
    const named = [...dumpedTables(database), ...LEFT_OUT.filter((table) => table !== 'loading')]
    expect(named.filter((name) => !name.startsWith('sqlite_')).toSorted()).toEqual(
      all.filter((name) => !name.startsWith('sqlite_')).toSorted(),
    )
    for (const table of LARGE_TABLES) expect(dumpedTables(database)).toContain(table)
  })

  test.each([
    ['a small one, in one step', 0, 1],
    ['a large one, in pages', LARGE, 10],
  ])('of %s, loaded into an empty object, is the same object', (_name, bytes, pages) => {
    const store = filled(3_000)
    const before = contentOf(store.replica.database)
    const read = readAll(store, bytes)
    expect(read.length).toBeGreaterThanOrEqual(pages)
    const database = load(read)
    expect(isLoading(database)).toBe(true)
    expect(endLoading(database)).toEqual({ ok: true, value: null })
    expect(isLoading(database)).toBe(false)
    expect(contentOf(database)).toEqual(before)
    // and works: its triggers count
    const loaded = new SiteStore(database)
    expect(loaded.replica.counters.recount()).toEqual([])
    loaded.replica.items.save(createRecord('item_after', 'post', { title: 'After' }, NOW))
    expect(loaded.replica.counters.recount()).toEqual([])
    expect(tablesOf(database)).toEqual(tablesOf(store.replica.database))
  })

  test('is as of its beginning, whatever is written while it is read', () => {
    const store = filled(3_000)
    const { items, inbox, types, database } = store.replica
    const before = contentOf(database)
    let made = 0
    const pages = readAll(store, LARGE, (page) => {
      // new rows, changed rows before and after the page, rows that go, and rows that come again
      items.save(createRecord(`item_new_${page}`, 'post', { title: 'New' }, NOW))
      for (const id of [`item_own_${page % 40}`, `item_own_${39 - (page % 40)}`, `item_new_${page}`]) {
        const record = items.get(id)
        if (record) items.save(editRecord(record, { title: `Changed ${++made}` }, NOW))
      }
      database.rows('DELETE FROM media WHERE external_id = ?', page * 7)
      database.rows('INSERT INTO media VALUES (?, ?, ?) ON CONFLICT DO NOTHING', `hash${page * 7}`, page * 7, 'again')
      inbox.acknowledge([page, 3_000 - page], NOW, NOW)
      types.addToPass('post', [page, page + 1])
      database.rows('UPDATE terms SET name = ? WHERE id = ?', 'renamed', 3_000 - page)
    })
    expect(made).toBeGreaterThan(20)
    expect(contentOf(database)).not.toEqual(before)
    const loaded = load(pages)
    endLoading(loaded)
    expect(contentOf(loaded)).toEqual(before)
    // nothing of it is left behind
    expect(tablesOf(database).filter(({ name }) => name.startsWith('dump_'))).toEqual([])
    expect(store.dumps.read()).toBeNull()
  })

  test('that nobody reads on leaves nothing behind, and a new one begins anew', () => {
    const store = filled(500)
    const { database } = store.replica
    const clean = tablesOf(database)
    const parts = { database, dumps: store.dumps, now: NOW, bytes: LARGE }
    const first = readDump(parts, 'bak_1', null)
    expect(store.dumps.dueAt()).toBe(NOW + 3_600_000)
    const second = readDump(parts, 'bak_2', null)
    expect(readDump(parts, 'bak_1', first?.next ?? null)).toBeNull()
    expect(readDump(parts, 'bak_2', { table: 'runs', old: false, after: null })).toBeNull()
    expect(readDump(parts, 'bak_2', second?.next ?? null)).not.toBeNull()
    endDump(database, store.dumps)
    expect(tablesOf(database)).toEqual(clean)
    expect(store.dumps.dueAt()).toBeNull()
  })

  test('of an earlier version is loaded, and brought up to date', () => {
    const old = createSiteDatabase()
    migrateSiteStore(old, 7)
    old.rows(
      `INSERT INTO items (id, type, state, title, slug, status, updated_at) VALUES ('item_1', 'post', 'failed', 't', 's', 'x', 1)`,
    )
    old.rows(`INSERT INTO versions VALUES (5, '{"title":"t"}')`)
    const columns = Object.fromEntries(
      ['items', 'versions', 'counters'].map((table) => [
        table,
        old.rows<{ name: string }>('SELECT name FROM pragma_table_info(?)', table).map(({ name }) => name),
      ]),
    )
    const head = JSON.stringify({ kind: 'object', version: 1, schema: 7, at: NOW, columns })
    const rows = Object.keys(columns).flatMap((table) =>
      old
        .rows(`SELECT * FROM ${table}`)
        .map((row) => JSON.stringify({ kind: 'row', table, values: Object.values(row) })),
    )
    const database = load([[head, ...rows].join('\n')])
    endLoading(database)
    const store = new SiteStore(database)
    expect(database.rows('SELECT max(version) AS version FROM migrations')).toEqual([{ version: SITE_STORE_VERSION }])
    expect(store.replica.counters.recount()).toEqual([])
    expect(store.replica.items.get('item_1')?.id).toBe('item_1')
  })
})

describe('a backup that is loaded', () => {
  const head = (change: object = {}) =>
    JSON.stringify({
      kind: 'object',
      version: 1,
      schema: SITE_STORE_VERSION,
      at: NOW,
      columns: { terms: ['taxonomy', 'id'] },
      ...change,
    })
  const part = (lines: string[], change: object = {}) => ({
    restoreId: 'rst_1',
    part: 1,
    lines,
    after: { lines: lines.length, sum: 'x' },
    isLast: false,
    replaces: false,
    ...change,
  })

  test.each([
    ['of a later version', [head({ version: 2 })], 'backup_newer'],
    ['with tables of a later version', [head({ schema: SITE_STORE_VERSION + 1 })], 'backup_newer'],
    ['that begins with something else', ['{"kind":"row","table":"terms","values":[]}'], 'file_unknown'],
    ['with a table that there is not', [head({ columns: { secrets: ['a'] } })], 'file_unknown'],
    ['with a column that there is not', [head({ columns: { terms: ['a; DROP TABLE items'] } })], 'file_unknown'],
    ['with a column of another table', [head({ columns: { terms: ['sealed'] } })], 'file_unknown'],
    ['with the table of an import', [head({ columns: { import_lines: ['line'] } })], 'file_unknown'],
    ['with a row of another table', [head(), '{"kind":"row","table":"items","values":["a"]}'], 'file_line_invalid'],
    ['with too many values', [head(), '{"kind":"row","table":"terms","values":["a",1,2]}'], 'file_line_invalid'],
    ['with a value that is none', [head(), '{"kind":"row","table":"terms","values":["a",{}]}'], 'file_line_invalid'],
  ])('%s is refused, and leaves nothing', (_name, lines, code) => {
    const database = createSiteDatabase()
    expect(loadPart(database, part(lines))).toMatchObject({ ok: false, code })
    expect(tablesOf(database)).toEqual([])
  })

  test('comes part by part, and is not whole before its end', () => {
    const database = createSiteDatabase()
    const row = '{"kind":"row","table":"terms","values":["category",1]}'
    expect(loadPart(database, part([row], { part: 2 }))).toMatchObject({ ok: false, code: 'part_out_of_order' })
    loadPart(database, part([head({ columns: { terms: ['taxonomy', 'id', 'name', 'slug', 'parent', 'pass'] } })]))
    expect(loadPart(database, part([row], { part: 3 }))).toMatchObject({ ok: false, code: 'part_out_of_order' })
    const full = '{"kind":"row","table":"terms","values":["category",1,"a","a",0,"p"]}'
    // a part with a bad line stores none of its lines
    const bad = part([full, 'null'], { part: 2, after: { lines: 3, sum: 'y' } })
    expect(loadPart(database, bad)).toMatchObject({ ok: false, code: 'file_line_invalid' })
    expect(database.rows('SELECT * FROM terms')).toEqual([])
    expect(loadState(database, 'rst_1')).toEqual({ parts: 1, lines: 1, sum: 'x', isWhole: false })
    expect(endLoading(database)).toMatchObject({ ok: false, code: 'file_incomplete' })
    expect(isLoading(database)).toBe(true)
    expect(loadState(database, 'rst_2')).toMatchObject({ parts: 0 })
  })
})
