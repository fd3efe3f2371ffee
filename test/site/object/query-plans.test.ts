/**
 * Every statement that the tables of a site's object know, on a replica of 5,000 items: none reads a table from end to
 * end, but for those that are listed here with their reason. The statements are taken from the source, so that a new one
 * can't be forgotten.
 */
import { runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, test } from 'vitest'
import { openSiteDatabase, type SiteDatabase, type SqlRow, type SqlValue } from '../../../src/site/replica/database.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { siteObject } from '../../support/integration.ts'
import { exerciseTables, fillReplica } from '../../support/replica.ts'
import { isTextOf, normalize, sqlOf } from '../../support/statements.ts'

const ITEMS = 5_000
/** What a statement may read: the rows that it is about, and what small tables have. */
const MOST_ROWS = 200

/** Where SQL stands; the lint configuration keeps it out of the other folders of src/site. */
const SOURCES = import.meta.glob('../../../src/site/replica/**/*.ts', { query: '?raw', import: 'default', eager: true })

/** Scans of what does not grow with the site, as EXPLAIN names them. */
const SMALL: readonly (readonly [scan: RegExp, why: string])[] = [
  [/^SCAN json_each/, 'what the statement is given'],
  [/^SCAN 50-ROW VALUES CLAUSE$/, 'what the statement is given'],
  [/^SCAN (transport|integration|drift_check|imports|dump|loading)$/, 'one row'],
  [/^SCAN (sqlite_master|pragma_table_info VIRTUAL TABLE INDEX 0:)$/, 'the tables and their columns'],
  [/^SCAN restores$/, 'a hundred restores are kept'],
  [/^SCAN bulk_jobs USING INDEX bulk_waiting$/, 'ten bulk jobs of a site wait at most'],
  [/^SCAN asked VIRTUAL TABLE/, 'what the statement is given'],
  [/^SCAN types$/, 'one row for each post type'],
  [/^SCAN taxonomies$/, 'one row for each taxonomy'],
  [/^SCAN counters$/, 'one row for each post type and state'],
  [/^SCAN site_totals$/, 'one row for each post type and taxonomy'],
  [/^SCAN key_gate$/, 'one row for each key of the site, which a quota limits'],
  [/^SCAN commands( USING .*)?$/, 'the commands of one request, 50 at most'],
  [/^SCAN items USING INDEX items_left_alone$/, 'posts that people in WordPress had left alone one by one'],
  [/^SCAN runs USING INDEX runs_unfinished$/, 'one unfinished run for each direction'],
  [/^SCAN runs( USING INDEX runs_by_finish)?$/, 'a hundred finished runs are kept'],
]

/** Statements that read a table from end to end, or as many rows as a site has, and why they may. */
const EXCEPTIONS: readonly (readonly [text: string, why: string])[] = [
  ['UPDATE items SET external_url = ?2', 'a site has moved: every address changes'],
  ['UPDATE versions SET doc = replace(', 'a site has moved: every image may change'],
  ['UPDATE media SET url = ?2', 'a site has moved: every image changes'],
  [
    'count(*) AS n, count(external_id) AS external FROM items',
    'the drift check, once a day, takes no counter for granted',
  ],
  ['AS since, count(*) AS n FROM inbox', 'how much waits: asked by tests alone'],
  ['UPDATE inbox SET due_at = ?1 WHERE due_at > ?1', 'an operator has what waits tried again: all of it'],
  ['SELECT taxonomy, id, name, slug, parent, count(*) OVER', 'somebody looks for a term, as WordPress does'],
  ['UPDATE inbox SET due_at = NULL WHERE due_at IS NOT NULL', 'sync was switched off: nothing waits any more'],
  ['AND external_id NOT IN (SELECT id FROM pass_ids', 'a pass over a type whose number of posts differs'],
  ['FROM pass_ids WHERE type = ?', 'such a pass: what it has read, and its end'],
  ['INSERT INTO pass_ids', 'such a pass: a page of ids'],
  ['UPDATE history SET doc = replace(', 'a site has moved: every image may change'],
  ['FROM history WHERE id > ? AND id <= ?', 'an operator puts a site back: all that changed since'],
  ['FROM history WHERE id >= ? AND side IS NULL', 'an operator takes a restore back: all that changed since'],
  [
    'AS title_key, slug FROM items',
    'somebody sorts, filters or searches a list: the rows of all items, without their texts',
  ],
  ['FROM history WHERE id > ? AND item_n IN', 'somebody takes a bulk job back: all that changed since'],
  ['DELETE FROM import_lines', 'a file that was imported is dropped'],
  ['FROM history ORDER BY id', 'one end of the journal, in the order of its key: as many rows as are asked for'],
  ["UPDATE import_lines SET code = ?, text = ''", 'somebody has a file imported, once'],
  ["FROM import_lines WHERE kind = 'integration'", 'somebody has a file imported: it stands at its beginning'],
  ['SELECT 1 FROM items LIMIT 1', 'one row, before a backup is loaded'],
  ['/* all of it */', 'a backup reads every row'],
  ['was = 1', 'a backup reads every row'],
  ['WHERE NOT EXISTS (SELECT 1 FROM dump_', 'a backup reads every row'],
]

/** Not executed by the tables. */
const ELSEWHERE: readonly (readonly [text: string, why: string])[] = [
  ["SELECT 1 FROM pragma_table_info('items')", 'one row, when an instance starts'],
  ['INSERT INTO migrations', 'once for each version'],
]

interface Executed {
  sql: string
  plan: string[]
  read: number
}

let executed: Executed[]

/** The object's database, which explains and counts what it executes. */
function watch(storage: DurableObjectStorage, seen: Map<string, Executed>): SiteDatabase {
  const database = openSiteDatabase(storage)
  return {
    transaction: (work) => database.transaction(work),
    rows<R extends SqlRow>(sql: string, ...bindings: SqlValue[]): R[] {
      const text = normalize(sql)
      const isExplained = seen.has(text) || /^(--|CREATE|DROP|ALTER)/.test(text)
      const plan = isExplained
        ? []
        : storage.sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...bindings).toArray()
      const cursor = storage.sql.exec(sql, ...bindings)
      const rows = cursor.toArray() as R[]
      const known = seen.get(text) ?? { sql: text, plan: plan.map(({ detail }) => detail), read: 0 }
      seen.set(text, { ...known, read: Math.max(known.read, cursor.rowsRead) })
      return rows
    },
  }
}

beforeAll(async () => {
  executed = await runInDurableObject(siteObject('site_with_plans'), (_instance, { storage }) => {
    fillReplica(new SiteStore(openSiteDatabase(storage)), ITEMS)
    const seen = new Map<string, Executed>()
    exerciseTables(new SiteStore(watch(storage, seen)))
    return [...seen.values()]
  })
})

const isExcepted = (sql: string) => EXCEPTIONS.some(([text]) => sql.includes(text))
const isLargeScan = (line: string) => line.startsWith('SCAN') && !SMALL.some(([scan]) => scan.test(line))

describe('the statements of an object', () => {
  test('are all executed here', () => {
    const texts = Object.values(SOURCES).flatMap(sqlOf)
    expect(texts.length).toBeGreaterThan(120)
    const here = texts.filter((text) => !ELSEWHERE.some(([known]) => text.startsWith(known)))
    expect(texts.length - here.length).toBe(ELSEWHERE.length)
    expect(here.filter((text) => !executed.some(({ sql }) => isTextOf(text, sql)))).toEqual([])
  })

  test('scan no table that grows with the site', () => {
    const scans = executed.filter(({ sql, plan }) => !isExcepted(sql) && plan.some(isLargeScan))
    expect(scans.map(({ sql, plan }) => ({ sql, plan }))).toEqual([])
  })

  test(`read few of ${ITEMS} items, images, terms and scheduled fetches, with whatever index and trigger`, () => {
    const costly = executed.filter(({ sql, read }) => !isExcepted(sql) && read > MOST_ROWS)
    expect(costly).toEqual([])
  })

  test('that are excepted from this exist, and each exception has its use', () => {
    const useless = EXCEPTIONS.filter(([text]) => {
      const found = executed.filter(({ sql }) => sql.includes(text))
      return !found.some(({ plan, read }) => plan.some(isLargeScan) || read > MOST_ROWS)
    })
    expect(useless).toEqual([])
    const unused = SMALL.filter(([scan]) => !executed.some(({ plan }) => plan.some((line) => scan.test(line))))
    expect(unused).toEqual([])
  })
})
