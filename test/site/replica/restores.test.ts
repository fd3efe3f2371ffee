import { beforeEach, describe, expect, test } from 'vitest'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { createRecord, deleteRecord, editRecord, trashRecord } from '../../../src/site/items/edit.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import type { ItemRecord } from '../../../src/site/items/record.ts'
import { endRestore, planRestore, playRestore, startRestore, startUndo } from '../../../src/site/replica/restores.ts'
import type { RestoreContext } from '../../../src/site/replica/restores.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { HISTORY_MS } from '../../../src/site/replica/tables/history.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { decided, NOW_MS, post, rules } from '../items/samples.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

let store: SiteStore
let ctx: RestoreContext
let nowMs: number
let posts: number

beforeEach(() => {
  store = new SiteStore(createSiteDatabase())
  nowMs = NOW_MS
  posts = 0
  store.replica.history.now = () => nowMs
  ctx = { replica: store.replica, siteId: 'site_1', now: () => nowMs }
})

/** An item of a post, on which both sides agree. */
function addPost(contents: Partial<ItemDoc>): string {
  const id = `item_${++posts}`
  const at = { ...rules('manual', nowMs), newId: () => id }
  store.replica.items.save(decided(importPost(null, post(contents, { id: posts }), at)))
  return id
}

const get = (id: string): ItemRecord => {
  const record = store.replica.items.get(id)
  if (!record) throw new Error(`no ${id}`)
  return record
}
const titleOf = (id: string) => get(id).local.title
const change = (id: string, decide: (record: ItemRecord) => ItemRecord) => store.replica.items.save(decide(get(id)))
const rename = (id: string, title: string) => change(id, (record) => editRecord(record, { title }, nowMs))
const wait = (ms = MINUTE_MS) => (nowMs += ms)

/** The site has taken over what was sent. */
function acknowledge(id: string): void {
  const record = get(id)
  const sent = post(record.local, { id: record.externalId ?? 0 })
  store.replica.items.save(
    decided(importPost({ ...record, etag: null, base: record.local }, sent, rules('manual', nowMs))),
  )
}

function play(id: string): string {
  for (let step = 0; step < 100; step++) {
    const row = store.replica.restores.find(id)
    if (!row) throw new Error('no restore')
    const outcome = playRestore(ctx, row)
    if (outcome === 'more') continue
    endRestore(ctx, row, outcome)
    return outcome
  }
  throw new Error('it does not end')
}

let restores = 0
/** Puts the site back. */
function putBackTo(to: number, newer: 'keep' | 'trash' = 'keep') {
  const id = `rst_${++restores}`
  expect(startRestore(ctx, id, { to, newer })).toMatchObject({ ok: true, value: { id, state: 'running' } })
  expect(play(id)).toBe('done')
  const restore = store.replica.restores.list().find((one) => one.id === id)
  return { id, ...restore?.counts }
}

function undo(undoes: string) {
  const id = `rst_${++restores}`
  expect(startUndo(ctx, id, undoes)).toMatchObject({ ok: true })
  expect(play(id)).toBe('done')
  return { id, ...store.replica.restores.list().find((one) => one.id === id)?.counts }
}

describe('the journal', () => {
  test('has a row for each change of an IGNY8 side, and none for what leaves it as it is', () => {
    const id = addPost({ title: 'A' })
    expect(store.replica.history.size()).toEqual({ rows: 0, bytes: 0 })
    rename(id, 'B')
    expect(store.replica.history.size().rows).toBe(1)
    // the site agrees, an attempt fails, a link changes: the text stays
    acknowledge(id)
    change(id, (record) => ({ ...record, attempts: 3, externalUrl: 'https://site.test/new/' }))
    expect(store.replica.history.size().rows).toBe(1)
    change(id, (record) => trashRecord(record, nowMs))
    const { rows, bytes } = store.replica.history.size()
    const [stored] = store.replica.database.rows<{ bytes: number }>(
      'SELECT sum(octet_length(doc)) AS bytes FROM history',
    )
    expect([rows, bytes]).toEqual([2, stored?.bytes])
  })

  test('keeps nothing that is older than 30 days, also where nothing changes any more', () => {
    const id = addPost({ title: 'A' })
    rename(id, 'B')
    wait(HISTORY_MS + MINUTE_MS)
    rename(id, 'C')
    expect(store.replica.history.size().rows).toBe(1)
    wait(HISTORY_MS + MINUTE_MS)
    expect([store.replica.history.prune(10), store.replica.history.prune(10)]).toEqual([1, 0])
    expect(store.replica.history.size().rows).toBe(0)
  })

  test('is bounded: past the bound the earliest moment moves up, and earlier ones are refused', () => {
    const id = addPost({ title: 'A' })
    wait()
    const early = nowMs
    wait()
    rename(id, 'B')
    wait()
    const late = nowMs
    wait()
    rename(id, 'C')
    // as if 100,000 changes had been made since
    store.replica.database.rows('UPDATE history SET id = id + 100000 WHERE id = 2')
    wait()
    rename(id, 'D')
    expect(store.replica.history.earliestAt()).toBeGreaterThan(early)
    expect(planRestore(ctx, { to: early, newer: 'keep' })).toMatchObject({ ok: false, code: 'moment_not_kept' })
    expect(planRestore(ctx, { to: late, newer: 'keep' })).toMatchObject({ ok: true, value: { counts: { changed: 1 } } })
  })

  test('never runs backwards, whatever the clock does', () => {
    const id = addPost({ title: 'A' })
    rename(id, 'B')
    wait(-DAY_MS)
    rename(id, 'C')
    const times = store.replica.database.rows<{ until_at: number }>('SELECT until_at FROM history ORDER BY id')
    expect(times.map(({ until_at: at }) => at)).toEqual([NOW_MS, NOW_MS])
  })
})

describe('a restore', () => {
  test('gives every item its text of the moment, whatever happened since', () => {
    const titles = () => ['item_1', 'item_2', 'item_3'].map(titleOf)
    for (const title of ['A1', 'B1', 'C1']) addPost({ title })
    const moments: [number, string[]][] = []
    const random = [1, 2, 3, 1, 1, 3, 2, 1, 3, 2, 2, 1]
    for (const [index, item] of random.entries()) {
      moments.push([nowMs, titles()])
      wait()
      rename(`item_${item}`, `${item}-${index}`)
    }
    for (const [to, expected] of moments.toReversed()) {
      putBackTo(to)
      expect(titles()).toEqual(expected)
      wait()
    }
  })

  test('is an edit by a person: it is sent with the etag of today, and what the site changed meanwhile conflicts', () => {
    const id = addPost({ title: 'A' })
    const to = wait()
    wait()
    rename(id, 'B')
    acknowledge(id)
    wait()
    expect(putBackTo(to)).toMatchObject({ changed: 1, revived: 0, trashed: 0, skipped: {} })
    const restored = get(id)
    expect(planPush(restored)).toMatchObject({ op: 'update', paths: ['title'], expect: restored.etag })
    expect(restored.revision).toBeGreaterThan(1)
    const seen = decided(importPost(restored, post({ title: 'Site', slug: '' }, { id: 1 }), rules('manual', nowMs)))
    expect([seen.conflictFields, seen.local.title, seen.external?.title]).toEqual([['title'], 'A', 'Site'])
  })

  test('brings back what was deleted or trashed since, and trashes what was in the trash', () => {
    const [trashed, gone, revived] = [
      addPost({ title: 'T' }),
      addPost({ title: 'G' }),
      addPost({ title: 'R', status: 'trash' }),
    ]
    const to = wait()
    wait()
    change(trashed, (record) => trashRecord(record, nowMs))
    change(gone, (record) => ({ ...deleteRecord(record, nowMs), deletion: 'both' }))
    change(revived, (record) => editRecord(record, { status: 'publish' }, nowMs))
    wait()
    expect(putBackTo(to)).toMatchObject({ changed: 0, revived: 2, trashed: 1 })
    expect([trashed, gone, revived].map((id) => get(id).local.status)).toEqual(['draft', 'draft', 'trash'])
    expect([get(gone).deletion, get(gone).externalId, planPush(get(gone))?.op]).toEqual([null, null, 'create'])
  })

  test('leaves items alone that were made since, unless they are to go, and always those that came from the site', () => {
    addPost({ title: 'Old' })
    const to = wait()
    wait()
    store.replica.items.save(createRecord('item_new', 'post', { title: 'New' }, nowMs))
    const fromSite = addPost({ title: 'Seen later' })
    wait()
    expect(putBackTo(to)).toMatchObject({ trashed: 0 })
    expect(get('item_new').deletion).toBeNull()
    expect(putBackTo(to, 'trash')).toMatchObject({ trashed: 1 })
    expect([get('item_new').deletion, get(fromSite).local.status]).toEqual(['both', 'draft'])
  })

  test('changes nothing that can’t be written, and says so', () => {
    const [denied, builder, trashless] = [
      addPost({ title: 'A' }),
      addPost({ title: 'A', body: 'built' }),
      addPost({ title: 'A', status: 'trash' }),
    ]
    const to = wait()
    wait()
    for (const id of [denied, builder, trashless]) rename(id, 'B')
    change(builder, (record) => ({ ...record, builder: 'elementor', local: { ...record.local, body: 'other' } }))
    change(trashless, (record) => editRecord({ ...record, type: 'book' }, { status: 'publish' }, nowMs))
    change(denied, (record) => ({ ...record, type: 'secret' }))
    store.replica.types.setLimits([
      { slug: 'secret', isDenied: true, isTrashless: false },
      { slug: 'book', isDenied: false, isTrashless: true },
    ])
    wait()
    expect(putBackTo(to)).toMatchObject({ changed: 1, skipped: { type_denied: 1, trash_off: 1 } })
    expect([titleOf(denied), titleOf(builder), get(builder).local.body]).toEqual(['B', 'A', 'other'])
  })

  test('never blanks a post that could not be read yet', () => {
    const placeholder = { ...createRecord('item_p', 'post', {}, nowMs), externalId: 77 }
    store.replica.items.save(placeholder)
    const to = wait()
    wait()
    store.replica.items.save(
      decided(importPost(store.replica.items.get('item_p'), post({ title: 'Read' }, { id: 77 }), rules())),
    )
    wait()
    expect(putBackTo(to)).toMatchObject({ changed: 0, trashed: 0 })
    expect(titleOf('item_p')).toBe('Read')
  })

  test('ends in steps, each once, and what people do meanwhile stays', () => {
    const ids = Array.from({ length: 450 }, (_, n) => addPost({ title: `${n}` }))
    const to = wait()
    wait()
    for (const id of ids) rename(id, 'Changed')
    wait()
    expect(startRestore(ctx, 'rst_steps', { to, newer: 'keep' }).ok).toBe(true)
    wait()
    const running = () => store.replica.restores.running()
    expect(playRestore(ctx, running() as never)).toBe('more')
    expect([titleOf(ids[0] ?? ''), titleOf(ids[449] ?? '')]).toEqual(['0', 'Changed'])
    wait()
    // somebody edits what is done already, and makes something new
    rename(ids[0] ?? '', 'Mine')
    const mine = addPost({ title: 'Mine, too' })
    rename(mine, 'Mine, again')
    expect(startRestore(ctx, 'rst_other', { to, newer: 'keep' })).toMatchObject({ ok: false, code: 'restore_running' })
    // a repeat of the start is the same restore
    expect(startRestore(ctx, 'rst_steps', { to, newer: 'keep' })).toMatchObject({ value: { state: 'running' } })
    expect(play('rst_steps')).toBe('done')
    expect(ids.slice(1).map(titleOf)).toEqual(ids.slice(1).map((_, n) => `${n + 1}`))
    expect([titleOf(ids[0] ?? ''), titleOf(mine)]).toEqual(['Mine', 'Mine, again'])
    expect(store.replica.restores.list()[0]).toMatchObject({ id: 'rst_steps', state: 'done', counts: { changed: 450 } })
  })

  test('is planned first: the plan counts the same, names fields, and writes nothing', () => {
    const [changed, trashed] = [addPost({ title: 'A', slug: 'a' }), addPost({ title: 'T' })]
    const to = wait()
    wait()
    change(changed, (record) => editRecord(record, { title: 'B', slug: 'b' }, nowMs))
    change(trashed, (record) => trashRecord(record, nowMs))
    wait()
    const before = JSON.stringify(store.replica.database.rows('SELECT * FROM items, versions, history'))
    const plan = planRestore(ctx, { to, newer: 'keep' })
    expect(plan).toMatchObject({
      ok: true,
      value: {
        counts: { changed: 1, revived: 1 },
        items: [
          { id: changed, title: 'B', change: 'changed', fields: ['title', 'slug'] },
          { id: trashed, change: 'revived', fields: ['status'] },
        ],
      },
    })
    expect(JSON.stringify(store.replica.database.rows('SELECT * FROM items, versions, history'))).toBe(before)
    expect(putBackTo(to)).toMatchObject({ changed: 1, revived: 1 })
  })

  test('refuses moments to come, and those before 30 days', () => {
    for (const to of [nowMs + MINUTE_MS, nowMs - HISTORY_MS - MINUTE_MS]) {
      expect(planRestore(ctx, { to, newer: 'keep' })).toMatchObject({ ok: false, code: 'moment_not_kept' })
      expect(startRestore(ctx, 'rst_x', { to, newer: 'keep' })).toMatchObject({ ok: false, code: 'moment_not_kept' })
    }
    expect(store.replica.restores.list()).toEqual([])
  })
})

describe('an undo of a restore', () => {
  test('gives each item back what it had, but for those that were edited since', () => {
    const [one, two, three, trashed] = [1, 2, 3, 4].map((n) => addPost({ title: `${n}` })) as [
      string,
      string,
      string,
      string,
    ]
    const to = wait()
    wait()
    for (const id of [one, two, three]) rename(id, `${id}, today`)
    change(trashed, (record) => editRecord(trashRecord(record, nowMs), { title: 'In the trash' }, nowMs))
    wait()
    const { id } = putBackTo(to)
    wait()
    rename(two, 'Edited since')
    acknowledge(three)
    wait()
    expect(undo(id)).toMatchObject({ changed: 2, trashed: 1, skipped: { edited_since: 1 } })
    expect([one, two, three, trashed].map(titleOf)).toEqual([
      `${one}, today`,
      'Edited since',
      `${three}, today`,
      'In the trash',
    ])
    expect(get(trashed).local.status).toBe('trash')
    const again = startUndo(ctx, 'rst_again', id)
    expect(again).toMatchObject({ ok: false, code: 'nothing_to_undo' })
    expect(startUndo(ctx, 'rst_again', 'rst_none')).toMatchObject({ ok: false, code: 'restore_not_found' })
  })

  test('can be undone itself', () => {
    const id = addPost({ title: 'A' })
    const to = wait()
    wait()
    rename(id, 'B')
    wait()
    const first = putBackTo(to)
    wait()
    const second = undo(first.id)
    expect(titleOf(id)).toBe('B')
    wait()
    undo(second.id)
    expect(titleOf(id)).toBe('A')
  })
})
