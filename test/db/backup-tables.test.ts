import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { ROOT } from '../../scripts/lib/paths.ts'
import { DATABASES } from '../../src/db/client.ts'
import { DUMPED_TABLES, REFERENCES } from '../../src/services/operator/tables.ts'

interface Column {
  name: string
  pk: number
}

/** The tables as the migrations make them. */
function migratedTables(): Map<string, Column[]> {
  const database = new DatabaseSync(':memory:')
  const folder = join(ROOT, 'migrations')
  for (const file of readdirSync(folder).toSorted())
    if (file.endsWith('.sql')) database.exec(readFileSync(join(folder, file), 'utf8'))
  const sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
  const names = database.prepare(sql).all() as { name: string }[]
  return new Map(
    names.map(({ name }) => [name, database.prepare(`PRAGMA table_info(${name})`).all() as unknown as Column[]]),
  )
}

/** Says when the crons of one deployment ran. */
const LEFT_OUT = ['ticks']

test('a backup knows every database that the Worker has', () => {
  const config = parse(readFileSync(join(ROOT, 'wrangler.toml'), 'utf8')) as { d1_databases: { binding: string }[] }
  expect([...DATABASES]).toEqual(config.d1_databases.map(({ binding }) => binding))
})

test('a backup has every table with all its columns, and reads it in the order of its key', () => {
  const tables = migratedTables()
  const dumped = new Map(DUMPED_TABLES.map((table) => [table.name, table]))
  expect([...dumped.keys(), ...LEFT_OUT].toSorted()).toEqual([...tables.keys()].toSorted())
  for (const [name, { columns, key }] of dumped) {
    const real = tables.get(name) ?? []
    expect([name, columns.toSorted()]).toEqual([name, real.map((column) => column.name).toSorted()])
    const own = real.filter(({ pk }) => pk > 0).toSorted((left, right) => left.pk - right.pk)
    expect([name, key]).toEqual([name, own.map((column) => column.name)])
  }
})

test('what lets people in is loaded last, and what belongs to something is known', () => {
  const names = DUMPED_TABLES.map(({ name }) => name)
  expect(names.slice(-4)).toEqual(['sites', 'memberships', 'users', 'accounts'])
  const tables = migratedTables()
  for (const [table, column, to, toColumn] of REFERENCES) {
    expect([table, tables.get(table)?.some(({ name }) => name === column)]).toEqual([table, true])
    expect([to, tables.get(to)?.some(({ name }) => name === toColumn)]).toEqual([to, true])
  }
})
