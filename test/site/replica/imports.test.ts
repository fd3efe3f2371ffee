import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { FileLine } from '../../../src/contract/site-file.ts'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { createRecord, deleteRecord, editRecord, trashRecord } from '../../../src/site/items/edit.ts'
import { fromItemLine, toItemLine } from '../../../src/site/items/file.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { resolveItem, undoItem } from '../../../src/site/replica/content.ts'
import { exportItems, exportTerms } from '../../../src/site/replica/export.ts'
import {
  applyImport,
  dropImport,
  endImport,
  getImport,
  type ImportContext,
  importPosition,
  listRefusals,
  playImport,
  stageImport,
  startImport,
} from '../../../src/site/replica/imports.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { tidy } from '../../../src/site/replica/tidy.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'
import { agreedItem, anyDoc, decided, NOW_MS, post, rules } from '../items/samples.ts'

const URL = 'https://shop.example.com'
const DAY_MS = 86_400_000

let from: SiteStore
let to: SiteStore
let nowMs = NOW_MS
let imports = 0

beforeEach(() => {
  nowMs = NOW_MS
  from = new SiteStore(createSiteDatabase())
  to = new SiteStore(createSiteDatabase())
})

const contextOf = ({ replica, imports }: SiteStore): ImportContext => ({
  replica,
  imports,
  siteId: 'site_2',
  now: () => nowMs,
})

const save = (store: SiteStore, record: ItemRecord) => store.replica.items.save({ ...record, n: 0 })
const addPost = (id: number, contents: Partial<ItemDoc>, store = from) =>
  save(store, { ...decided(importPost(null, post(contents, { id }), rules())), id: `item_${id}` })
const get = (id: string, store = to): ItemRecord => {
  const record = store.replica.items.get(id)
  if (!record) throw new Error(`no ${id}`)
  return record
}

/** The lines of the exporting site's file that an import stages. */
function linesOf(store = from) {
  let text = ''
  for (let after: number | null = 0; after !== null;) {
    const page = exportItems(store.replica, 'site_1', after)
    text += page.text
    after = page.next
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const parsed = FileLine.parse(JSON.parse(line))
      const isItem = parsed.kind === 'item'
      const postId = isItem && parsed.external_id !== null ? Number(parsed.external_id) : null
      return { line: index + 2, kind: parsed.kind, id: isItem ? parsed.id : null, postId, text: line }
    })
}

interface Options {
  replace?: boolean
  target?: string | null
  lines?: ReturnType<typeof linesOf>
}

/** Imports the file of the exporting site to its end. */
function importAll({ replace = false, target = URL, lines = linesOf() }: Options = {}) {
  const ctx = contextOf(to)
  const id = `imp_${++imports}`
  startImport(ctx, { id, options: { replace, settings: false }, actor: 'user:usr_1', siteUrl: null })
  const after = { lines: lines.length + 2, sum: 'x' }
  const part = { importId: id, part: 1, bytes: 10, lines, leftOut: { is_record: 3 }, after, siteUrl: URL, isLast: true }
  expect(stageImport(ctx, part)).toMatchObject({ ok: true, value: { state: 'whole' } })
  applyImport(ctx, id, { refused: {}, siteUrl: target })
  for (let step = 0; !playImport(ctx); step++) expect(step).toBeLessThan(50)
  endImport(ctx)
  const done = getImport(ctx)
  const refusals = listRefusals(ctx, 0, 1000)
  if (!done.ok || !refusals.ok) throw new Error('no outcome')
  return { ...done.value, refusals: refusals.value.results }
}

const dump = ({ replica: { database } }: SiteStore, columns = '*') => [
  database.rows(`SELECT ${columns} FROM items ORDER BY id`),
  database.rows('SELECT doc FROM versions ORDER BY key'),
  database.rows('SELECT item_n, before, undone_at FROM resolutions ORDER BY id'),
]

describe('the line of an item', () => {
  test('loses nothing, whatever its sides are', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, anyDoc, fc.option(anyDoc), (base, local, external, conflict) => {
        const shared = { ...agreedItem(), base, local: base, external: base }
        for (const record of [
          {
            ...agreedItem(),
            base,
            local,
            external,
            conflictExternal: conflict,
            conflictFields: ['title'],
            conflictSince: NOW_MS,
          },
          shared,
          { ...shared, local, externalId: null, external: null, base: null },
        ]) {
          const line: unknown = JSON.parse(JSON.stringify(toItemLine(record, 'site_1')))
          const parsed = FileLine.parse(line)
          if (parsed.kind !== 'item') throw new Error('no item')
          expect(fromItemLine(parsed)).toEqual({ ...record, n: 0 })
        }
      }),
      { numRuns: 200 },
    )
  })

  test('has each text once where the sides are equal', () => {
    const line = JSON.stringify(toItemLine(agreedItem({ body: 'the marker' }), 'site_1'))
    expect(line.split('the marker')).toHaveLength(2)
  })
})

describe('an export that is imported', () => {
  function fillExport(): void {
    addPost(1, { title: 'One', body: 'Text', terms: { category: ['News'] }, meta: { a: { b: [1, null] } } })
    addPost(2, { title: 'Two' })
    const conflict = { ...editRecord(get('item_2', from), { title: 'Ours' }, nowMs) }
    from.replica.items.save(decided(importPost(conflict, post({ title: 'Theirs' }, { id: 2 }), rules())))
    addPost(3, { title: 'Three' })
    const edited = editRecord(get('item_3', from), { title: 'Here' }, nowMs)
    from.replica.items.save(decided(importPost(edited, post({ title: 'There' }, { id: 3 }), rules())))
    const content = { replica: from.replica, siteId: 'site_1', now: () => nowMs, newId: () => 'item_x', by: null }
    expect(resolveItem(content, 'item_3', { choice: 'igny8' }).ok).toBe(true)
    addPost(4, { title: 'Four', status: 'future', date: '2099-01-01T10:00:00.000Z' })
    addPost(5, { title: 'Gone' })
    from.replica.items.save({ ...deleteRecord(get('item_5', from), nowMs), deletion: 'both' })
    save(from, createRecord('item_new', 'post', { title: 'Never sent' }, nowMs))
  }

  test('into a site of the same address is the same site: versions, conflicts, and what can be undone', () => {
    fillExport()
    const done = importAll()
    expect(done).toMatchObject({
      state: 'done',
      is_same_site: true,
      counts: { created: 6, replaced: 0, unchanged: 0, linked: 5, refused: { is_record: 3 } },
    })
    const columns =
      'id, type, state, external_id, etag, title, slug, status, revision, deletion, conflict_fields, updated_at'
    expect(dump(to, columns)).toEqual(dump(from, columns))
    expect(stateOf(get('item_2'))).toBe('conflict')
    expect([planPush(get('item_1')), planPush(get('item_3'))?.paths]).toEqual([null, ['title']])
    const content = { replica: to.replica, siteId: 'site_2', now: () => nowMs, newId: () => 'item_x', by: null }
    expect(undoItem(content, 'item_3')).toMatchObject({ ok: true, value: { conflict: { fields: ['title'] } } })
    // it is looked after when it is to be live
    expect(to.replica.inbox.nextDueAt()).toBeGreaterThan(Date.UTC(2099, 0, 1))
  })

  test('a second time changes nothing', () => {
    fillExport()
    importAll()
    const before = dump(to)
    expect(importAll().counts).toMatchObject({ created: 0, unchanged: 6, refused: { is_record: 3 } })
    expect(importAll({ replace: true }).counts).toMatchObject({ created: 0, replaced: 0, unchanged: 6 })
    expect(dump(to)).toEqual(before)
    expect(to.replica.history.size().rows).toBe(0)
  })

  test('elsewhere has no link to a post, and no id of the other WordPress', () => {
    addPost(1, { title: 'Parent' })
    addPost(2, { title: 'Child', parent: 1, featured: { id: 9, url: 'https://x.test/1.jpg', alt: '' } })
    addPost(3, { title: 'Orphan', parent: 99 })
    const done = importAll({ target: 'https://other.example.com' })
    expect(done).toMatchObject({ is_same_site: false, counts: { created: 3, linked: 0 } })
    const [parent, child, orphan] = ['item_1', 'item_2', 'item_3'].map((id) => get(id))
    expect(parent).toMatchObject({ externalId: null, etag: null, base: null, external: null, externalUrl: null })
    expect(child?.local).toMatchObject({
      parent: 'item_1',
      featured: { url: 'https://x.test/1.jpg', alt: '' },
      author: { id: null, name: 'Ada' },
    })
    expect(child?.local.featured).not.toHaveProperty('id')
    expect(orphan?.local.parent).toBeNull()
    expect(child && planPush(child)).toMatchObject({ op: 'create', expect: null })
    expect(importAll({ target: null }).counts).toMatchObject({ created: 0, unchanged: 3 })
  })

  test('elsewhere names what it leaves out: WordPress’ side of conflicts, what can be undone, what is deleted', () => {
    fillExport()
    save(from, { ...trashRecord(agreedItem({ title: 'Trash' }), nowMs), id: 'item_t', externalId: 70 })
    const done = importAll({ target: null })
    expect(done.counts).toMatchObject({ created: 5, linked: 0, refused: { not_linked: 2, deleted_there: 2 } })
    expect(done.refusals.map(({ kind, item_id: id, title, code }) => [kind, id, title, code])).toEqual([
      ['item', 'item_2', 'Ours', 'not_linked'],
      ['undo', null, '', 'not_linked'],
      ['item', 'item_5', 'Gone', 'deleted_there'],
      ['item', 'item_t', 'Trash', 'deleted_there'],
    ])
    expect(get('item_2').conflictFields).toEqual([])
  })

  test.each([URL, 'http://www.shop.example.com/', 'https://SHOP.example.com'])(
    'knows the address %s as the same',
    (target) => {
      addPost(1, { title: 'One' })
      expect(importAll({ target })).toMatchObject({ is_same_site: true, counts: { linked: 1 } })
    },
  )

  test('never replaces an item that differs, unless that is asked for; then as an edit, which can be put back', () => {
    addPost(1, { title: 'Of the file' })
    addPost(1, { title: 'Newer' }, to)
    expect(importAll().refusals).toEqual([
      { line: 2, kind: 'item', item_id: 'item_1', title: 'Of the file', code: 'differs' },
    ])
    expect(get('item_1').local.title).toBe('Newer')
    const { etag } = get('item_1')
    expect(importAll({ replace: true }).counts).toMatchObject({ replaced: 1, refused: { is_record: 3 } })
    expect(get('item_1')).toMatchObject({ etag, local: { title: 'Of the file' }, external: { title: 'Newer' } })
    expect(planPush(get('item_1'))).toMatchObject({ op: 'update', expect: etag, paths: ['title'] })
    expect(to.replica.history.size().rows).toBe(1)
  })

  test('finds an item by its post, whatever its id is', () => {
    addPost(1, { title: 'Same' })
    save(to, { ...decided(importPost(null, post({ title: 'Same' }, { id: 1 }), rules())), id: 'item_synced' })
    expect(importAll().counts).toMatchObject({ created: 0, unchanged: 1 })
    save(to, createRecord('item_1', 'post', { title: 'Same' }, nowMs))
    expect(importAll().counts).toMatchObject({ created: 0, unchanged: 1 })
  })

  test('refuses single items that can’t be stored, and takes the others', () => {
    addPost(1, { title: 'Fine' })
    save(from, createRecord('item_big', 'post', { title: 'Big', body: 'x'.repeat(1_500_001) }, nowMs))
    save(from, createRecord('item_broken', 'post', { title: 'Half' }, nowMs))
    const lines = linesOf()
    for (const line of lines) line.text = line.text.replace('"title":"Half"', String.raw`"title":"Half \ud83d"`)
    const done = importAll({ lines })
    expect(done.counts).toMatchObject({ created: 1, refused: { item_too_large: 1, broken_text: 1 } })
    expect(done.refusals.map(({ item_id: id }) => id)).toEqual(['item_big', 'item_broken'])
  })

  test('ends in steps, with resolved conflicts beside their items', () => {
    for (let id = 1; id <= 250; id++) {
      addPost(id, { title: `${id}` })
      const { n } = get(`item_${id}`, from)
      for (let k = 0; k < 3; k++)
        from.replica.resolutions.add(n, { ...get(`item_${id}`, from), conflictFields: ['title'] }, nowMs)
    }
    expect(importAll().counts).toMatchObject({ created: 250, refused: { is_record: 3 } })
    expect(to.replica.database.rows('SELECT count(*) AS n FROM resolutions')).toEqual([{ n: 750 }])
  })
})

describe('a file that is being imported', () => {
  const start = (id = 'imp_a') =>
    startImport(contextOf(to), { id, options: { replace: false, settings: false }, actor: 'user:usr_1', siteUrl: URL })
  const stage = (part: number, change: object = {}) =>
    stageImport(contextOf(to), {
      importId: 'imp_a',
      part,
      bytes: 100,
      lines: [{ line: part * 10, kind: 'item', id: 'item_1', postId: null, text: '{}' }],
      leftOut: {},
      after: { lines: part * 10 + 1, sum: `sum ${part}` },
      isLast: false,
      ...change,
    })

  test('comes part by part, each once, and is carried out only when it is whole', () => {
    start()
    expect(stage(2)).toMatchObject({ ok: false, code: 'part_out_of_order' })
    expect(stage(1)).toMatchObject({ ok: true, value: { next_part: 2, lines: 11 } })
    expect(stage(1)).toMatchObject({ ok: true, value: { next_part: 2, lines: 11 } })
    expect(importPosition(contextOf(to), 'imp_a')).toMatchObject({ value: { lines: 11, sum: 'sum 1', isWhole: false } })
    const apply = () => applyImport(contextOf(to), 'imp_a', { refused: {}, siteUrl: URL })
    expect(apply()).toMatchObject({ ok: false, code: 'file_incomplete' })
    expect(stage(2, { isLast: true })).toMatchObject({ value: { state: 'whole' } })
    expect(stage(3)).toMatchObject({ ok: false, code: 'part_out_of_order' })
    expect(apply()).toMatchObject({ ok: true, value: { state: 'applying' } })
    expect(apply()).toMatchObject({ ok: true, value: { state: 'applying' } })
    expect(start('imp_b')).toMatchObject({ ok: false, code: 'import_running' })
    expect(dropImport(contextOf(to))).toMatchObject({ ok: false, code: 'import_running' })
  })

  test('is bounded in bytes and lines', () => {
    start()
    expect(stage(1, { bytes: 2_000_000_001 })).toMatchObject({ ok: false, code: 'file_too_large' })
    expect(stage(1, { after: { lines: 1_000_001, sum: '' } })).toMatchObject({ ok: false, code: 'file_too_large' })
    expect(getImport(contextOf(to))).toMatchObject({ value: { next_part: 1, lines: 0 } })
  })

  test('gives way to another one, and is forgotten after a day; an outcome after a week', () => {
    start()
    stage(1)
    expect(start('imp_b')).toMatchObject({ ok: true, value: { id: 'imp_b', next_part: 1 } })
    expect(importPosition(contextOf(to), 'imp_a')).toMatchObject({ ok: false, code: 'import_not_found' })
    tidy(to, nowMs + DAY_MS - 1)
    expect(getImport(contextOf(to)).ok).toBe(true)
    expect(to.nextDueAt()).toBe(nowMs + DAY_MS)
    tidy(to, nowMs + DAY_MS)
    expect(getImport(contextOf(to))).toMatchObject({ ok: false, code: 'import_not_found' })
    addPost(1, { title: 'One' })
    importAll()
    tidy(to, nowMs + 7 * DAY_MS - 1)
    expect(getImport(contextOf(to)).ok).toBe(true)
    tidy(to, nowMs + 7 * DAY_MS)
    expect(to.replica.database.rows('SELECT * FROM import_lines')).toEqual([])
    expect(dropImport(contextOf(to))).toMatchObject({ ok: false, code: 'import_not_found' })
  })
})

test('terms are exported in pages, by taxonomy and id', () => {
  for (const taxonomy of ['category', 'post_tag']) {
    const terms = Array.from({ length: 1_500 }, (_, n) => ({ id: n + 1, name: `${n}`, slug: `s${n}`, parent: 0 }))
    from.replica.terms.savePage(taxonomy, 'run_1', terms as never)
  }
  const first = exportTerms(from.replica, 'site_1', null)
  expect(first.next).toEqual({ taxonomy: 'post_tag', id: 500 })
  const second = exportTerms(from.replica, 'site_1', first.next)
  expect([second.next, `${first.text}${second.text}`.trim().split('\n').length]).toEqual([null, 3_000])
})
