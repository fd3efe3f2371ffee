import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/lib/paths.ts'
import { databaseNames } from '../../src/db/databases.ts'
import { REFERENCES, tablesOf } from '../../src/services/operator/tables.ts'

interface Column {
  name: string
  pk: number
}

/** The tables as the migrations make them. */
function migratedTables(migrations: string): Map<string, Column[]> {
  const database = new DatabaseSync(':memory:')
  const folder = join(ROOT, migrations)
  for (const file of readdirSync(folder).toSorted())
    if (file.endsWith('.sql')) database.exec(readFileSync(join(folder, file), 'utf8'))
  const sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
  const names = database.prepare(sql).all() as { name: string }[]
  return new Map(
    names.map(({ name }) => [name, database.prepare(`PRAGMA table_info(${name})`).all() as unknown as Column[]]),
  )
}

/** Of one deployment alone. */
const LEFT_OUT = ['connect_codes', 'database_sizes', 'figures', 'ticks']

test('a backup knows every database that the Worker has', () => {
  const config = parse(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')) as { d1_databases: { binding: string }[] }
  const bindings = config.d1_databases.map(({ binding }) => binding)
  expect(databaseNames(Object.fromEntries(bindings.map((name) => [name, {}])))).toEqual(bindings)
  expect(databaseNames({ EVENTS_1: {}, EVENTS: {}, DB: {}, API_KEYS: {} })).toEqual(['DB', 'EVENTS', 'EVENTS_1'])
})

test.each([
  ['DB', 'migrations', LEFT_OUT],
  ['EVENTS', 'migrations-events', []],
])('a backup has every table of %s with all its columns, and reads it in the order of its key', (name, folder, out) => {
  const tables = migratedTables(folder)
  const dumped = new Map(tablesOf(name).map((table) => [table.name, table]))
  expect([...dumped.keys(), ...out].toSorted()).toEqual([...tables.keys()].toSorted())
  for (const [table, { columns, key }] of dumped) {
    const real = tables.get(table) ?? []
    expect([table, columns.toSorted()]).toEqual([table, real.map((column) => column.name).toSorted()])
    const own = real.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk)
    expect([table, key]).toEqual([table, own.map((column) => column.name)])
  }
})

test('what lets people in is loaded last, and what belongs to something is known', () => {
  const names = tablesOf('DB').map(({ name }) => name)
  expect(names.slice(-4)).toEqual(['sites', 'memberships', 'users', 'accounts'])
  const tables = migratedTables('migrations')
  for (const [table, column, to, toColumn] of REFERENCES) {
    expect([table, tables.get(table)?.some(({ name }) => name === column)]).toEqual([table, true])
    expect([to, tables.get(to)?.some(({ name }) => name === toColumn)]).toEqual([to, true])
  }
})
