import { describe, expect, test } from 'vitest'
import { createRecord } from '../../../src/site/items/edit.ts'
import type { ItemRecord } from '../../../src/site/items/record.ts'
import { migrateSiteStore } from '../../../src/site/replica/migrations.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { createRandom } from '../../sim/random.ts'

const NOW = Date.UTC(2026, 10, 28)
const SEEDS = 40
const STEPS = 120
const TYPES = ['post', 'page', 'constructor'] as const

/** Counted by reading the items, with nothing of what the triggers keep. */
const countItems = (store: SiteStore, type: string) =>
  store.replica.database.rows(
    "SELECT 1 FROM items WHERE type = ? AND external_id IS NOT NULL AND state <> 'deleted'",
    type,
  ).length

/** Changes whatever the counters depend on. */
function change(record: ItemRecord, random: () => number, postId: number): ItemRecord {
  const chance = random()
  const doc = record.local
  if (chance < 0.2) return { ...record, type: TYPES[Math.floor(random() * 3)] ?? 'post' }
  if (chance < 0.4) return { ...record, externalId: postId, etag: 'e', base: doc, external: doc }
  if (chance < 0.5) return { ...record, externalId: null, etag: null, base: null, external: null }
  if (chance < 0.6) return { ...record, deletion: random() < 0.5 ? 'both' : 'local' }
  if (chance < 0.7) return { ...record, isListed: !record.isListed }
  if (chance < 0.8) return { ...record, conflictFields: record.conflictFields.length > 0 ? [] : ['title'] }
  if (chance < 0.9) return { ...record, error: record.error ? null : ({ code: 'x', detail: 'x' } as never) }
  return { ...record, local: { ...doc, title: `Title ${chance}` } }
}

describe('the counters', () => {
  test(`are what there is, after any sequence of writes (${SEEDS} seeds)`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = createRandom(seed)
      const store = new SiteStore(createSiteDatabase())
      const { items, counters, database } = store.replica
      const ids: string[] = []
      let next = 0
      const create = () => {
        const record = createRecord(`item_${++next}`, TYPES[Math.floor(random() * 3)] ?? 'post', {}, NOW)
        ids.push(record.id)
        return random() < 0.5 ? change(record, random, 1_000_000 + next) : record
      }
      for (let step = 0; step < STEPS; step++) {
        const chance = random()
        const id = ids[Math.floor(random() * ids.length)]
        const record = id === undefined ? null : items.get(id)
        if (chance < 0.1) items.add([create(), create(), create()])
        else if (chance < 0.3 || !record) items.save(create())
        else if (chance < 0.35) database.rows('DELETE FROM items WHERE id = ?', record.id)
        else if (chance < 0.4) {
          // what is rolled back is not counted
          const undone = () =>
            database.transaction(() => {
              items.save(create())
              ids.pop()
              throw new Error('undone')
            })
          expect(undone).toThrow('undone')
        } else items.save(change(record, random, step + 1))
        const where = `seed ${seed}, step ${step}`
        expect(counters.recount(), where).toEqual([])
        for (const type of TYPES) expect(counters.countExternal(type), where).toBe(countItems(store, type))
      }
    }
  })

  test.each([
    ['too high', 'UPDATE counters SET n = n + 1', ['post/local_ahead']],
    ['wrong in their posts alone', 'UPDATE counters SET external = external + 1', ['post/local_ahead']],
    ['gone', 'DELETE FROM counters', ['post/local_ahead']],
    ['of nothing', "INSERT INTO counters VALUES ('x', 'synced', 1, 7, 7)", ['x/synced']],
  ])('that are %s are noticed and put right', (_name, sql, wrong) => {
    const { items, counters, database } = new SiteStore(createSiteDatabase()).replica
    items.save(createRecord('item_1', 'post', {}, NOW))
    const before = database.rows('SELECT * FROM counters')
    database.rows(sql)
    expect(counters.recount()).toEqual(wrong)
    expect(database.rows('SELECT * FROM counters')).toEqual(before)
    expect(counters.recount()).toEqual([])
  })

  test('of a database of the release before count its posts, and number its finished runs by their ends', () => {
    const database = createSiteDatabase()
    migrateSiteStore(database, 6)
    const insert = `INSERT INTO items (id, type, state, external_id, title, slug, status, updated_at)
      VALUES (?, ?, ?, ?, '', '', 'publish', 1)`
    for (let n = 1; n <= 9; n++) database.rows(insert, `item_${n}`, n < 4 ? 'page' : 'post', 'synced', n < 7 ? n : null)
    database.rows(insert, 'item_10', 'post', 'deleted', 10)
    for (const [id, finishedAt] of [
      ['run_a', 30],
      ['run_b', 10],
      ['run_c', 20],
      ['run_d', null],
    ] as const)
      // prettier-ignore
      database.rows(
        `INSERT INTO runs (id, integration_id, account_id, site_id, direction, status, next_attempt_at, request_id,
           progress, counts, queued_at, finished_at) VALUES (?, 'int_1', 'acc_1', 'site_1', 'both', ?, 1, 'req_1', '{}', '{}', 1, ?)`,
        id,
        finishedAt === null ? 'queued' : 'succeeded',
        finishedAt,
      )
    const store = new SiteStore(database)
    expect(store.replica.counters.recount()).toEqual([])
    expect(store.replica.counters.countExternal('page')).toBe(3)
    expect(store.replica.counters.countExternal('post')).toBe(3)
    expect(store.runs.state(100)).toMatchObject({ currentRun: { id: 'run_d' }, lastRun: { id: 'run_a' } })
    const numbers = database.rows('SELECT id FROM runs WHERE finished_n IS NOT NULL ORDER BY finished_n')
    expect(numbers.map(({ id }) => id)).toEqual(['run_b', 'run_c', 'run_a'])
    // a release that was rolled back to ends a run without a number
    database.rows("UPDATE runs SET status = 'succeeded', finished_at = 40 WHERE id = 'run_d'")
    expect(store.runs.state(100)).toMatchObject({ currentRun: null, lastRun: { id: 'run_d' } })
  })
})
