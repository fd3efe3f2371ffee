/** Changes of many items: a plan says what the job does, a job that is killed anywhere ends exact, an undo undoes it. */
import { beforeEach, describe, expect, test } from 'vitest'
import { MAX_BULK_WAITING, type BulkAction, type BulkSelection } from '../../../src/contract/bulk.ts'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { editRecord } from '../../../src/site/items/edit.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { planBulk, playBulk, retryBulk, startBulk, undoBulk } from '../../../src/site/replica/bulk.ts'
import { getBulk, listBulk, listBulkItems } from '../../../src/site/replica/bulk-present.ts'
import type { SiteDatabase } from '../../../src/site/replica/database.ts'
import type { ContentContext } from '../../../src/site/replica/item-decisions.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { HISTORY_MS } from '../../../src/site/replica/tables/history.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { decided, NOW_MS, post, rules } from '../items/samples.ts'

const MINUTE_MS = 60_000
const PUBLISH: BulkAction = { kind: 'status', status: 'publish' }

let database: SiteDatabase
let store: SiteStore
let ctx: ContentContext
let nowMs: number
let posts: number
let jobs: number

beforeEach(() => {
  nowMs = NOW_MS
  posts = 0
  jobs = 0
  database = createSiteDatabase()
  open(database)
})

/** A new instance of the object, on what the one before has stored. */
function open(on: SiteDatabase): void {
  store = new SiteStore(on)
  store.replica.history.now = () => nowMs
  ctx = { replica: store.replica, siteId: 'site_1', now: () => nowMs, newId: () => `item_${++posts}`, by: null }
}

/** An item of a post, on which both sides agree. */
function addPost(contents: Partial<ItemDoc> = {}, type = 'post'): string {
  const id = `item_${++posts}`
  const at = { ...rules('manual', nowMs), newId: () => id }
  const document = post({ status: 'draft', terms: { category: [] }, ...contents }, { id: posts, type })
  store.replica.items.save(decided(importPost(null, document, at)))
  return id
}
const addPosts = (count: number, contents: Partial<ItemDoc> = {}) =>
  Array.from({ length: count }, (_, index) => addPost({ title: `T${index}`, ...contents }))

const get = (id: string): ItemRecord => {
  const record = store.replica.items.get(id)
  if (!record) throw new Error(`no ${id}`)
  return record
}
const change = (id: string, decide: (record: ItemRecord) => ItemRecord) => store.replica.items.save(decide(get(id)))
const statuses = (ids: readonly string[]) => ids.map((id) => get(id).local.status)

/** The site has another version: of what was sent, or of something else. */
function receive(id: string, contents: Partial<ItemDoc> = {}): void {
  const record = get(id)
  const sent = post({ ...record.local, ...contents }, { id: record.externalId ?? 0, type: record.type })
  const at = rules('manual', nowMs)
  store.replica.items.save(decided(importPost({ ...record, etag: null, base: record.local }, sent, at)))
}

/** Both sides have changed the title. */
function addConflict(): string {
  const id = addPost({ title: 'Base' })
  change(id, (record) => editRecord(record, { title: 'Ours' }, nowMs))
  const theirs = post({ ...get(id).base, title: 'Theirs' }, { id: get(id).externalId ?? 0 })
  store.replica.items.save(decided(importPost(get(id), theirs, rules('manual', nowMs))))
  expect(stateOf(get(id))).toBe('conflict')
  return id
}

const ofIds = (ids: string[]): BulkSelection => ({ ids })

function value<T>(result: { ok: true; value: T } | { ok: false; code: string }): T {
  if (!result.ok) throw new Error(result.code)
  return result.value
}
const codeOf = (result: { ok: boolean; code?: string }) => (result.ok ? 'ok' : result.code)
const plan = (selection: BulkSelection, action: BulkAction) => value(planBulk(ctx, { selection, action }))
const start = (selection: BulkSelection, action: BulkAction, id = `bulk_${++jobs}`) =>
  value(startBulk(ctx, { id, actor: 'user:usr_1', selection, action }))

/** Plays a job to its end. */
function play(id: string) {
  for (let step = 0; step < 1_000; step++) {
    if (!playBulk(ctx, id)) continue
    const row = store.replica.bulk.find(id)
    if (row) store.replica.bulk.finish(row, nowMs)
    return value(getBulk(ctx, id))
  }
  throw new Error('it does not end')
}
const carryOut = (selection: BulkSelection, action: BulkAction) => play(start(selection, action).id)
const undo = (id: string) => play(value(undoBulk(ctx, `bulk_${++jobs}`, 'user:usr_1', id)).id)
const itemsOf = (id: string, outcome: 'refused' | 'failed' | 'changed') =>
  value(listBulkItems(ctx, id, { outcome, after: 0, limit: 200 })).results

describe('a plan', () => {
  test('says what the job then does, by kind, and why the rest stays; it writes nothing', () => {
    const drafts = addPosts(3)
    const pending = addPost({ status: 'pending' }, 'page')
    const done = addPost({ status: 'publish' })
    const gone = addPost({ status: 'trash' })
    store.replica.types.setLimits([{ slug: 'secret', isDenied: true, isTrashless: false }])
    const denied = addPost({}, 'secret')
    const ids = [...drafts, pending, done, gone, denied, 'item_none', drafts[0] ?? '']
    const before = database.rows('SELECT * FROM items')
    const planned = plan(ofIds(ids), PUBLISH)
    expect(planned).toMatchObject({
      total: 8,
      counts: {
        changed: 4,
        unchanged: 1,
        refused: { item_in_trash: 1, type_denied: 1, item_not_found: 1 },
      },
      kinds: [
        { type: 'post', status: 'draft', count: 3 },
        { type: 'page', status: 'pending', count: 1 },
      ],
      can_undo: true,
    })
    expect(planned.refused.map(({ id, code }) => [id, code])).toEqual([
      [gone, 'item_in_trash'],
      [denied, 'type_denied'],
    ])
    expect(database.rows('SELECT * FROM items')).toEqual(before)
    expect(store.replica.bulk.unfinished()).toEqual([])
    expect(carryOut(ofIds(ids), PUBLISH).counts).toEqual(planned.counts)
    expect(statuses([...drafts, pending, done, gone, denied])).toEqual([...Array(5).fill('publish'), 'trash', 'draft'])
  })

  test('of a filter takes everything that matches, and the job leaves alone what came or changed since', () => {
    const ids = addPosts(3, { terms: { category: ['News'] } })
    addPost({ terms: { category: ['Sport'] } })
    const filter = { term: 'category:News' }
    const { as_of: asOf, total } = plan({ filter }, PUBLISH)
    expect(total).toBe(3)
    nowMs += MINUTE_MS
    addPost({ title: 'New', terms: { category: ['News'] } })
    change(ids[1] ?? '', (record) => editRecord(record, { title: 'Edited' }, nowMs))
    const job = carryOut({ filter, as_of: asOf }, PUBLISH)
    expect([job.total, job.counts.changed]).toEqual([2, 2])
    expect(statuses(ids)).toEqual(['publish', 'draft', 'publish'])
    // by ids, those are named
    const named = carryOut({ ids, as_of: asOf }, { kind: 'status', status: 'private' })
    expect(named.counts).toEqual({ changed: 0, unchanged: 0, refused: { edited_since: 3 } })
  })

  test('searches, too', () => {
    addPost({ body: 'has the needle' })
    addPost({ title: 'needle' })
    addPost({ title: 'else' })
    expect(plan({ filter: { q: 'needle' } }, PUBLISH).total).toBe(2)
  })

  test.each<[BulkAction, Partial<ItemDoc>, string]>([
    [{ kind: 'restore' }, {}, 'nothing_to_restore'],
    [{ kind: 'delete' }, {}, 'not_in_trash'],
    [{ kind: 'retry' }, {}, 'not_failed'],
    [{ kind: 'resolve', choice: 'igny8' }, {}, 'no_conflict'],
    [{ kind: 'terms', taxonomy: 'genre', add: ['x'], remove: [] }, {}, 'taxonomy_unknown'],
    [{ kind: 'terms', taxonomy: 'category', add: ['x'], remove: [] }, { status: 'trash' }, 'item_in_trash'],
  ])('of %j refuses what can’t be', (action, contents, code) => {
    const id = addPost(contents)
    expect(plan(ofIds([id]), action).refused).toMatchObject([{ id, code }])
    expect(carryOut(ofIds([id]), action).counts.refused).toEqual({ [code]: 1 })
    expect(itemsOf(`bulk_${jobs}`, 'refused')).toMatchObject([{ id, outcome: 'refused', code }])
  })
})

describe('a job', () => {
  test('of 500 items of which 30 fail changes the others, names the 30, and repeats them alone', () => {
    const ids = addPosts(500)
    const failing = ids.filter((_, index) => index % 17 === 3).slice(0, 30)
    expect(failing).toHaveLength(30)
    for (const id of failing.slice(0, 20)) change(id, (record) => editRecord(record, { status: 'trash' }, nowMs))
    const done = carryOut(ofIds(ids), PUBLISH)
    // the site refuses another ten
    const error = { code: 'not_permitted', detail: 'No', fix: null }
    for (const id of failing.slice(20)) change(id, (record) => ({ ...record, error, errorSince: nowMs, attempts: 1 }))
    const job = value(getBulk(ctx, done.id))
    expect(job.counts).toEqual({ changed: 480, unchanged: 0, refused: { item_in_trash: 20 } })
    expect(job.sending).toEqual({ waiting: 470, failed: 10 })
    expect(itemsOf(job.id, 'refused')).toHaveLength(20)
    expect(itemsOf(job.id, 'failed')).toMatchObject(
      Array.from({ length: 10 }, () => ({ outcome: 'failed', error: { code: 'not_permitted' } })),
    )
    for (const id of failing.slice(0, 5)) change(id, (record) => editRecord(record, { status: 'draft' }, nowMs))
    const again = play(value(retryBulk(ctx, 'bulk_again', 'user:usr_1', job.id)).id)
    expect(again).toMatchObject({ kind: 'retry', of: job.id, total: 30, counts: { changed: 15 } })
    expect(again.counts.refused).toEqual({ item_in_trash: 15 })
    expect(itemsOf(job.id, 'failed')).toEqual([])
  })

  test('changes each item once and counts exactly, whenever it is killed', () => {
    const size = 230
    const makeAll = () => {
      posts = 0
      const ids = addPosts(size)
      change(ids[7] ?? '', (record) => editRecord(record, { status: 'trash' }, nowMs))
      start(ofIds(ids), { kind: 'terms', taxonomy: 'category', add: ['News'], remove: [] }, 'bulk_kill')
      return ids
    }
    makeAll()
    let statements = 0
    const counted: SiteDatabase = {
      transaction: (work) => database.transaction(work),
      rows: (sql, ...values) => (statements++, database.rows(sql, ...values)),
    }
    open(counted)
    statements = 0
    play('bulk_kill')
    // the last ones only read what came of it
    const total = statements - 10
    for (let at = 1; at < total; at += Math.ceil(total / 60)) {
      database = createSiteDatabase()
      open(database)
      const ids = makeAll()
      let left = Infinity
      const breaking: SiteDatabase = {
        transaction: (work) => database.transaction(work),
        rows: (sql, ...values) => {
          // as when the process ends: nothing after it is done either, so no item is passed over
          if (left-- <= 0) throw new Error('killed')
          return database.rows(sql, ...values)
        },
      }
      open(breaking)
      left = at
      expect(() => play('bulk_kill')).toThrow('killed')
      open(database)
      const job = play('bulk_kill')
      expect(job.counts).toEqual({ changed: size - 1, unchanged: 0, refused: { item_in_trash: 1 } })
      const revisions = ids.map((id) => get(id).revision)
      expect(revisions.filter((revision) => revision !== 2)).toEqual([])
      expect(ids.filter((id) => get(id).local.terms['category']?.length === 1)).toHaveLength(size - 1)
      expect(store.replica.history.causedBy('bulk_kill', 0, 1_000)).toHaveLength(size - 1)
    }
  })

  test('goes on past an item that breaks', () => {
    const ids = addPosts(3)
    database.rows(
      'DELETE FROM versions WHERE key BETWEEN ? AND ?',
      get(ids[1] ?? '').n * 4,
      get(ids[1] ?? '').n * 4 + 3,
    )
    const job = carryOut(ofIds(ids), PUBLISH)
    expect(job.counts).toEqual({ changed: 2, unchanged: 0, refused: { internal_error: 1 } })
  })

  test('adds and removes terms by name, whatever their case', () => {
    const id = addPost({ terms: { category: ['News', 'Old'], post_tag: ['x'] } })
    const action = { kind: 'terms', taxonomy: 'category', add: ['news', 'New'], remove: ['OLD'] } as const
    carryOut(ofIds([id]), { ...action, add: [...action.add], remove: [...action.remove] })
    expect(get(id).local.terms).toEqual({ category: ['News', 'New'], post_tag: ['x'] })
    expect(plan(ofIds([id]), { ...action, add: ['NEW'], remove: ['old'] }).counts.unchanged).toBe(1)
  })

  test('that syncs has each post read again and what waits sent, and changes nothing itself', () => {
    const ids = addPosts(3)
    change(ids[2] ?? '', (record) => ({ ...editRecord(record, { title: 'x' }, nowMs), retryAt: nowMs + MINUTE_MS }))
    const revisions = ids.map((id) => get(id).revision)
    expect(carryOut(ofIds(ids), { kind: 'sync' })).toMatchObject({ counts: { changed: 3 }, can_undo: false })
    expect(store.replica.inbox.duePosts(nowMs, 10).toSorted()).toEqual([1, 2, 3])
    expect(ids.map((id) => get(id).revision)).toEqual(revisions)
    expect(get(ids[2] ?? '').retryAt).toBe(nowMs)
  })

  test('waits for the ones before it, of which there are ten at most; asking twice makes one', () => {
    const ids = addPosts(2)
    const [first, second] = [start(ofIds(ids), PUBLISH), start(ofIds(ids), { kind: 'trash' })]
    expect([first.state, second.state]).toEqual(['running', 'waiting'])
    expect(start(ofIds([]), { kind: 'trash' }, second.id)).toMatchObject({ id: second.id, total: 2 })
    for (let n = 2; n < MAX_BULK_WAITING; n++) start(ofIds(ids), PUBLISH)
    const request = { id: 'bulk_more', actor: 'user:usr_1', selection: ofIds(ids), action: PUBLISH }
    expect(codeOf(startBulk(ctx, request))).toBe('bulk_queue_full')
    play(first.id)
    expect(value(getBulk(ctx, second.id)).state).toBe('running')
  })

  test('is kept for 30 days, and fifty of them', () => {
    const [id] = addPosts(1)
    for (let n = 0; n < 55; n++) carryOut(ofIds([id ?? '']), PUBLISH)
    expect(value(listBulk(ctx, null, 200)).results).toHaveLength(50)
    const page = value(listBulk(ctx, null, 20))
    expect([page.results[0]?.id, page.next]).toEqual(['bulk_55', 'bulk_36'])
    expect(value(listBulk(ctx, page.next, 20)).results[0]?.id).toBe('bulk_35')
    store.replica.bulk.prune(nowMs + HISTORY_MS + MINUTE_MS)
    expect(database.rows('SELECT count(*) AS n FROM bulk_parts')).toEqual([{ n: 0 }])
    expect(codeOf(getBulk(ctx, 'bulk_55'))).toBe('bulk_not_found')
    expect(codeOf(listBulk(ctx, 'bulk_55', 20))).toBe('invalid_cursor')
  })
})

describe('an undo', () => {
  test('gives each item back what it had, and says where somebody has changed it since', () => {
    const ids = addPosts(4)
    const pending = addPost({ status: 'pending' })
    const job = carryOut(ofIds([...ids, pending]), PUBLISH)
    expect(job.can_undo).toBe(true)
    const [touched = '', there = ''] = ids
    change(touched, (record) => editRecord(record, { title: 'Mine' }, nowMs))
    receive(there, { body: 'Theirs' })
    const undone = undo(job.id)
    expect(undone).toMatchObject({ kind: 'undo', of: job.id, total: 5, can_undo: false })
    expect(undone.counts).toEqual({ changed: 3, unchanged: 0, refused: { edited_since: 2 } })
    expect(itemsOf(undone.id, 'refused').map(({ id, code }) => [id, code])).toEqual([
      [touched, 'edited_since'],
      [there, 'edited_since'],
    ])
    expect(statuses([...ids, pending])).toEqual(['publish', 'publish', 'draft', 'draft', 'pending'])
    expect(get(touched).local.title).toBe('Mine')
    expect(value(getBulk(ctx, job.id))).toMatchObject({ undone_by: undone.id, can_undo: false })
    expect(codeOf(undoBulk(ctx, 'bulk_x', 'user:usr_1', job.id))).toBe('nothing_to_undo')
    expect(codeOf(undoBulk(ctx, 'bulk_x', 'user:usr_1', undone.id))).toBe('nothing_to_undo')
    expect(codeOf(undoBulk(ctx, 'bulk_x', 'user:usr_1', 'bulk_none'))).toBe('bulk_not_found')
  })

  test('works after the site has taken the change over, with what the site itself adds to it', () => {
    const draft = addPost({ slug: '' })
    const trashed = addPost({ status: 'publish', slug: 'hello' })
    const publish = carryOut(ofIds([draft]), PUBLISH)
    const trash = carryOut(ofIds([trashed]), { kind: 'trash' })
    // WordPress gives a slug and a date to what is published, and another slug to what is in its trash
    receive(draft, { slug: 'hello-2', date: '2026-11-21T10:00:00.000Z' })
    receive(trashed, { slug: 'hello__trashed' })
    expect(undo(publish.id).counts).toMatchObject({ changed: 1, refused: {} })
    expect(undo(trash.id).counts).toMatchObject({ changed: 1, refused: {} })
    expect(statuses([draft, trashed])).toEqual(['draft', 'publish'])
  })

  test('opens conflicts again that the job has ended, whichever side it chose', () => {
    const [kept, taken, trashed] = [addConflict(), addConflict(), addConflict()]
    const jobsDone = [
      carryOut(ofIds([kept]), { kind: 'resolve', choice: 'igny8' }),
      carryOut(ofIds([taken]), { kind: 'resolve', choice: 'wordpress' }),
      carryOut(ofIds([trashed]), { kind: 'trash' }),
    ]
    expect([kept, taken].map((id) => get(id).local.title)).toEqual(['Ours', 'Theirs'])
    for (const { id } of jobsDone) expect(undo(id).counts).toMatchObject({ changed: 1, refused: {} })
    for (const id of [kept, taken, trashed]) {
      expect(get(id).conflictFields).toEqual(['title'])
      expect(get(id).local).toMatchObject({ title: 'Ours', status: 'draft' })
      expect(store.replica.resolutions.canUndo(get(id).n)).toBe(false)
    }
  })

  test('of a conflict that somebody changed after it was resolved leaves it alone', () => {
    const id = addConflict()
    const job = carryOut(ofIds([id]), { kind: 'resolve', choice: 'wordpress' })
    nowMs += MINUTE_MS
    change(id, (record) => editRecord(record, { title: 'Later' }, nowMs))
    expect(undo(job.id).counts.refused).toEqual({ edited_since: 1 })
    expect(get(id).local.title).toBe('Later')
  })

  test('takes what was restored back to the trash, and is not offered for what can’t be undone', () => {
    const id = addPost({ status: 'trash' })
    const restored = carryOut(ofIds([id]), { kind: 'restore' })
    expect(statuses([id])).toEqual(['draft'])
    undo(restored.id)
    expect(statuses([id])).toEqual(['trash'])
    const deleted = carryOut(ofIds([id]), { kind: 'delete' })
    expect(deleted).toMatchObject({ counts: { changed: 1 }, can_undo: false })
    expect(codeOf(undoBulk(ctx, 'bulk_x', 'user:usr_1', deleted.id))).toBe('nothing_to_undo')
  })

  test('is refused while the job is not done, and passes over what is no longer kept', () => {
    const ids = addPosts(2)
    const job = start(ofIds(ids), PUBLISH)
    expect(codeOf(undoBulk(ctx, 'bulk_x', 'user:usr_1', job.id))).toBe('bulk_running')
    expect(codeOf(retryBulk(ctx, 'bulk_x', 'user:usr_1', job.id))).toBe('bulk_running')
    play(job.id)
    expect(codeOf(retryBulk(ctx, 'bulk_x', 'user:usr_1', job.id))).toBe('nothing_to_retry')
    database.rows('DELETE FROM history')
    expect(undo(job.id).counts.refused).toEqual({ moment_not_kept: 2 })
    expect(statuses(ids)).toEqual(['publish', 'publish'])
  })
})
