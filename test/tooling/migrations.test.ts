import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/**
 * Migrations go before the code that needs them, and stay when the code goes back: the release before works on what
 * they leave. So they only ever add.
 */
const FOLDERS = ['migrations', 'migrations-events']
const filesOf = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .toSorted()
const read = (folder: string, name: string) => readFileSync(`${folder}/${name}`, 'utf8')
/** Every migration but the first ones, with those before it. */
const later = FOLDERS.flatMap((folder) =>
  filesOf(folder)
    .map((name, index, files) => ({ folder, name, before: files.slice(0, index) }))
    .slice(1),
)

/** What a release before would stumble over, in a statement; null where it would not notice. */
function breaking(statement: string, knownTables: ReadonlySet<string>): string | null {
  const sql = statement.replaceAll(/--.*$/gm, '').trim().replace(/;$/, '')
  if (sql === '') return null
  // what it writes are tables of its own release; that nothing fails by it shows under traffic (test/e2e/release.test.ts)
  if (/^(?:CREATE|DROP) TRIGGER /i.test(sql)) return null
  if (sql.includes(';')) return 'it is several statements'
  if (/^CREATE TABLE /i.test(sql)) return /__new_/.test(sql) ? 'a table is rebuilt' : null
  const index = /^CREATE (UNIQUE )?INDEX \S+ ON `?(\w+)`?/i.exec(sql)
  if (index) return index[1] && knownTables.has(index[2] ?? '') ? 'rows that were allowed are refused' : null
  const column = /^ALTER TABLE \S+ ADD (?:COLUMN )?(.*)$/is.exec(sql)
  if (column) return /NOT NULL/i.test(column[1] ?? '') && !/DEFAULT/i.test(column[1] ?? '') ? 'inserts fail' : null
  return 'it is no addition'
}

const tablesIn = (sql: string) => [...sql.matchAll(/CREATE TABLE `?(\w+)`?/gi)].map(([, name]) => name ?? '')
const statementsOf = (sql: string) => sql.split('--> statement-breakpoint')

describe.each(FOLDERS)('%s that have landed', (folder) => {
  const files = filesOf(folder)

  // D1 runs a migration once: an edit would reach new databases alone, and no two deployments would agree
  test('are never edited: change the database by a new migration (npm run db:generate)', () => {
    const sumOf = (name: string) => createHash('sha256').update(read(folder, name)).digest('hex')
    const sums = files.map((name) => `${sumOf(name)}  ${name}\n`).join('')
    expect(readFileSync(`${folder}/SHA256SUMS`, 'utf8')).toBe(sums)
  })

  test('leave drizzle-kit the journal and the newest snapshot, which is all it reads', () => {
    const newest = `${(files.at(-1) ?? '').slice(0, 4)}_snapshot.json`
    expect(readdirSync(`${folder}/meta`).toSorted()).toEqual([newest, '_journal.json'])
  })
})

describe('T48 a migration of D1', () => {
  test.each(later)('$folder/$name only adds', ({ folder, name, before }) => {
    const known = new Set(before.flatMap((file) => tablesIn(read(folder, file))))
    const faults = statementsOf(read(folder, name)).map((statement) => breaking(statement, known))
    expect(faults.filter((fault) => fault !== null)).toEqual([])
  })

  test.each([
    ['DROP TABLE `sites`', 'it is no addition'],
    ['ALTER TABLE `sites` RENAME COLUMN `name` TO `title`', 'it is no addition'],
    ['ALTER TABLE `sites` DROP COLUMN `name`', 'it is no addition'],
    ['UPDATE sites SET name = ``', 'it is no addition'],
    ['CREATE TABLE `__new_sites` (id TEXT)', 'a table is rebuilt'],
    ['CREATE UNIQUE INDEX `x` ON `sites` (`name`)', 'rows that were allowed are refused'],
    ['ALTER TABLE `sites` ADD `x` text NOT NULL', 'inserts fail'],
    ["ALTER TABLE `sites` ADD `x` text DEFAULT 'a' NOT NULL", null],
    ['ALTER TABLE `sites` ADD `x` text', null],
    ['CREATE UNIQUE INDEX `x` ON `fresh` (`name`)', null],
    ['-- only words', null],
    ['CREATE TRIGGER `t` AFTER DELETE ON `sites` BEGIN DELETE FROM `fresh`; END;', null],
    ['CREATE TABLE `a` (id TEXT); DROP TABLE `sites`;', 'it is several statements'],
  ])('%s: %s', (statement, fault) => {
    expect(breaking(statement, new Set(['sites']))).toBe(fault)
  })
})
