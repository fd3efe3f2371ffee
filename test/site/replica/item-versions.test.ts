import { beforeEach, describe, expect, test } from 'vitest'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { createRecord, editRecord } from '../../../src/site/items/edit.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { siteVersion, type Change } from '../../../src/site/items/origin.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import type { ItemRecord } from '../../../src/site/items/record.ts'
import { createItem, trashItem, updateItem } from '../../../src/site/replica/content.ts'
import type { SiteDatabase } from '../../../src/site/replica/database.ts'
import type { ContentContext } from '../../../src/site/replica/item-decisions.ts'
import { getVersion, listVersions, MOST_VERSIONS, restoreVersion } from '../../../src/site/replica/item-versions.ts'
import { migrateSiteStore } from '../../../src/site/replica/migrations.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { HISTORY_MS } from '../../../src/site/replica/tables/history.ts'
import type { StoredEntry, VersionPlace } from '../../../src/site/versions-rpc.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { decided, NOW_MS, post, rules } from '../items/samples.ts'

const MINUTE_MS = 60_000
const ADA = 'user:usr_ada'
const READ: Change = { action: 'read', by: null, source: 'run_1', savedBy: 'Grace' }

let database: SiteDatabase
let store: SiteStore
let ctx: ContentContext
let nowMs: number
let posts: number

beforeEach(() => {
  database = createSiteDatabase()
  store = new SiteStore(database)
  nowMs = NOW_MS
  posts = 0
  store.replica.history.now = () => nowMs
  ctx = { replica: store.replica, siteId: 'site_1', now: () => nowMs, newId: () => `item_${++posts}`, by: ADA }
})

const wait = (ms = MINUTE_MS) => (nowMs += ms)
const get = (id: string): ItemRecord => {
  const record = store.replica.items.get(id)
  if (!record) throw new Error(`no ${id}`)
  return record
}

/** An item of a post, on which both sides agree. */
function addPost(contents: Partial<ItemDoc> = { title: 'A' }): string {
  const id = `item_${++posts}`
  const at = { ...rules('manual', nowMs), newId: () => id }
  store.replica.items.add([decided(importPost(null, post(contents, { id: posts }), at))], READ)
  return id
}

/** The site shows another text, which is imported as the engine does. */
function read(id: string, contents: Partial<ItemDoc>, change: Change = READ): ItemRecord {
  const before = get(id)
  const shown = post({ ...before.external, ...contents }, { id: before.externalId ?? 0 })
  const after = decided(importPost(before, shown, rules('manual', nowMs)))
  store.replica.items.save(after, change, siteVersion(before, after))
  return after
}

const edit = (id: string, title: string, by: string | null = ADA) => updateItem({ ...ctx, by }, id, { title })

function list(id: string, place: VersionPlace | null = null, limit = 50) {
  const page = listVersions(ctx, id, place, limit)
  if (!page.ok) throw new Error(page.code)
  return page.value
}

const all = (id: string): StoredEntry[] => list(id).results
const titleOf = (id: string, versionId: string): string => {
  const version = getVersion(ctx, id, versionId)
  return version.ok ? version.value.content.title : version.code
}
const titles = (id: string) => all(id).map((entry) => titleOf(id, entry.id))
const rows = () => store.replica.history.size().rows

describe('T77 the history of an item', () => {
  test('has each version of both sides with its person, its time and the fields that it changed', () => {
    const id = addPost()
    wait()
    edit(id, 'B')
    wait()
    read(id, { title: 'A', excerpt: 'e' })
    const [now, , before, first] = all(id)
    expect(now).toMatchObject({ id: 'current', side: 'igny8', action: 'read', by: null, source: 'run_1' })
    expect([now?.fields, now?.wordpress_user, now?.until]).toEqual([['excerpt'], 'Grace', null])
    // the title is still to be sent, so the site’s text is a version of its own
    expect(all(id).map(({ side, action, fields }) => [side, action, fields])).toEqual([
      ['igny8', 'read', ['excerpt']],
      ['wordpress', 'read', ['excerpt']],
      ['igny8', 'edit', ['title']],
      ['igny8', 'read', []],
    ])
    expect(titles(id)).toEqual(['B', 'A', 'B', 'A'])
    expect([first?.by, before?.by]).toEqual([null, ADA])
    expect(before).toMatchObject({ at: new Date(NOW_MS + MINUTE_MS).toISOString(), until: now?.at })
  })

  test('keeps the site’s text of a conflict, which IGNY8’s side never had', () => {
    const id = addPost()
    wait()
    edit(id, 'Ours')
    const size = rows()
    wait()
    expect(read(id, { title: 'Theirs' }).conflictFields).toEqual(['title'])
    expect(rows()).toBe(size + 1)
    const [, theirs] = all(id)
    expect(theirs).toMatchObject({ side: 'wordpress', action: 'read', wordpress_user: 'Grace', fields: ['title'] })
    expect(titleOf(id, theirs?.id ?? '')).toBe('Theirs')
    // a moment of the site is IGNY8's side alone
    expect(store.replica.history.changedBetween(NOW_MS + MINUTE_MS, nowMs)).toEqual([])
  })

  test('adds one row for a change of IGNY8’s side, and none for an import of what is there or of a new post', () => {
    const id = addPost()
    expect(rows()).toBe(0)
    read(id, {})
    expect(rows()).toBe(0)
    read(id, { title: 'B' })
    expect(rows()).toBe(1)
    edit(id, 'C')
    expect(rows()).toBe(2)
    // the site has taken over what was sent: no version of its own
    const before = { ...get(id), etag: null, base: get(id).local, external: get(id).local }
    const answer = post(before.local, { id: before.externalId ?? 0 })
    const after = decided(importPost(before, answer, rules('manual', nowMs)))
    store.replica.items.save(after, { ...READ, action: 'send' }, siteVersion(before, after))
    expect(rows()).toBe(2)
    expect(all(id).map(({ action }) => action)).toEqual(['edit', 'read', 'read'])
  })

  test('names who made an item, who trashed it, and what a bulk job or a restore of the site did', () => {
    const made = createItem(ctx, { title: 'New', type: 'post' })
    const id = made.ok ? made.value.id : ''
    const save = (title: string, change: Change) =>
      store.replica.items.save(editRecord(get(id), { title }, nowMs), change)
    save('In bulk', { action: 'bulk', by: ADA, source: 'bulk_1' })
    save('Put back', { action: 'restore_site', by: 'operator', source: 'rst_1' })
    trashItem({ ...ctx, by: 'api_key:key_1' }, id)
    expect(all(id).map(({ action, by, source, deleted }) => [action, by, source, deleted])).toEqual([
      ['trash', 'api_key:key_1', null, true],
      ['restore_site', 'operator', 'rst_1', false],
      ['bulk', ADA, 'bulk_1', false],
      ['create', ADA, null, false],
    ])
    expect(all(id)[0]?.fields).toEqual(['deleted'])
    // an undo finds what the job has changed
    expect(store.replica.history.changesOf([1], 0).map(({ cause }) => cause)).toEqual(['bulk_1', 'rst_1', null])
  })

  test('is read in pages without gaps, beside the changes of other items', () => {
    const [id, other] = [addPost(), addPost()]
    for (let n = 0; n < 12; n++) {
      edit(id, `T${n}`)
      edit(other, `O${n}`)
      wait()
    }
    const found: string[] = []
    let place: VersionPlace | null = null
    do {
      const page = list(id, place, 5)
      expect(page.results.length).toBeLessThanOrEqual(5)
      found.push(...page.results.map((entry) => titleOf(id, entry.id)))
      place = page.next
    } while (place !== null)
    expect(found).toEqual([...Array.from({ length: 12 }, (_, n) => `T${11 - n}`), 'A'])
  })

  test('ends where versions are no longer kept, and never shows another item’s that took their ids', () => {
    const [id, other] = [addPost(), addPost()]
    edit(id, 'B')
    const [, old] = all(id)
    wait(HISTORY_MS + MINUTE_MS)
    expect(store.replica.history.prune(10)).toBe(1)
    expect([titles(id), titleOf(id, old?.id ?? '')]).toEqual([['B'], 'version_not_kept'])
    // ids begin anew
    edit(other, 'X')
    expect(titles(id)).toEqual(['B'])
    expect(titleOf(id, old?.id ?? '')).toBe('version_not_kept')
    edit(id, 'C')
    expect([titles(id), titles(other)]).toEqual([
      ['C', 'B'],
      ['X', 'A'],
    ])
  })

  test('shows a bounded number of versions', () => {
    const id = addPost()
    for (let n = 0; n < MOST_VERSIONS + 20; n++) edit(id, `T${n}`)
    let [place, shown]: [VersionPlace | null, number] = [null, 0]
    do {
      const page = list(id, place, 200)
      shown += page.results.length
      place = page.next
    } while (place !== null)
    expect(shown).toBe(MOST_VERSIONS)
  })

  test('of before the update has its texts, and does not say who made them', () => {
    const old = createSiteDatabase()
    migrateSiteStore(old, 11)
    const doc = (title: string) => JSON.stringify({ ...createRecord('x', 'post', { title }, 0).local })
    const insert = `INSERT INTO items (n, id, type, state, title, slug, status, updated_at) VALUES (?, ?, 'post', 'local_ahead', 'C', '', 'draft', 0)`
    for (const n of [1, 2]) old.rows(insert, n, `item_${n}`)
    old.rows('INSERT INTO versions VALUES (5, ?), (9, ?)', doc('C'), doc('Z'))
    for (const [n, item, title] of [
      [1, 1, 'A'],
      [2, 2, 'Y'],
      [3, 1, 'B'],
    ] as const)
      old.rows('INSERT INTO history VALUES (?, ?, ?, 1, NULL, NULL, ?, 1, 0)', n, item, NOW_MS, doc(title))
    migrateSiteStore(old)
    store = new SiteStore(old)
    store.replica.history.now = () => nowMs
    ctx = { ...ctx, replica: store.replica }
    edit('item_1', 'D')
    expect(titles('item_1')).toEqual(['D', 'C', 'B', 'A'])
    expect(all('item_1').map(({ by, action }) => [by, action])).toEqual([
      [ADA, 'edit'],
      [null, null],
      [null, null],
      [null, null],
    ])
  })
})

describe('the restore of a version', () => {
  const restore = (id: string, versionId: string, input: { if_revision?: number; fields?: string[] } = {}) =>
    restoreVersion(ctx, id, versionId, { if_revision: get(id).revision, ...input })

  test('is an edit: it is sent with the etag of today, is a version itself, and can be taken back', () => {
    const id = addPost()
    edit(id, 'B')
    wait()
    const version = all(id)[1]?.id ?? ''
    expect(restore(id, version)).toMatchObject({ ok: true, value: { title: 'A' } })
    expect(titles(id)).toEqual(['A', 'B', 'A'])
    expect(all(id)[0]).toMatchObject({ action: 'restore_version', by: ADA, source: version, fields: ['title'] })
    edit(id, 'C')
    expect(restore(id, version).ok).toBe(true)
    expect(planPush({ ...get(id), external: { ...get(id).local, title: 'C' } })).toMatchObject({
      op: 'update',
      paths: ['title'],
      expect: get(id).etag,
    })
  })

  test('is refused if somebody has changed the item since, and overwrites nothing', () => {
    const id = addPost()
    edit(id, 'B')
    const seen = get(id).revision
    edit(id, 'C', 'user:usr_grace')
    expect(restore(id, all(id)[2]?.id ?? '', { if_revision: seen })).toMatchObject({ ok: false, code: 'conflict' })
    expect(get(id).local.title).toBe('C')
  })

  test('of some fields leaves the others as they are', () => {
    const id = addPost({ title: 'A', status: 'draft' })
    updateItem(ctx, id, { title: 'B', excerpt: 'new' })
    const version = all(id)[1]?.id ?? ''
    expect(restore(id, version, { fields: ['title'] })).toMatchObject({ value: { title: 'A', excerpt: 'new' } })
  })

  test('takes the site’s text, too, and brings back what was deleted', () => {
    const id = addPost()
    edit(id, 'Ours')
    read(id, { title: 'Theirs' })
    const theirs = all(id).find(({ side }) => side === 'wordpress')?.id ?? ''
    expect(restore(id, theirs)).toMatchObject({ value: { title: 'Theirs' } })
    const made = createItem(ctx, { title: 'Only here', type: 'post' })
    const gone = made.ok ? made.value.id : ''
    trashItem(ctx, gone)
    expect(get(gone).deletion).toBe('both')
    expect(restore(gone, all(gone)[1]?.id ?? '')).toMatchObject({ value: { title: 'Only here', deleted: false } })
  })

  test('is refused where the site lets nothing through, and for a version that is not the item’s', () => {
    const [id, other] = [addPost(), addPost()]
    edit(id, 'B')
    const version = all(id)[1]?.id ?? ''
    expect(restore(other, version)).toMatchObject({ ok: false, code: 'version_not_kept' })
    for (const unknown of ['ver_zz', 'ver_', 'nonsense', 'ver_99999999999'])
      expect(restore(id, unknown)).toMatchObject({ ok: false, code: 'version_not_kept' })
    store.replica.types.setLimits([{ slug: 'post', isDenied: true, isTrashless: false }])
    expect(restore(id, version)).toMatchObject({ ok: false, code: 'type_denied' })
    expect(restoreVersion(ctx, 'item_none', version, { if_revision: 1 })).toMatchObject({ code: 'item_not_found' })
  })
})
