import { describe, expect, test } from 'vitest'
import type { StaleSave } from '../../../src/contract/content-link.ts'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { resolveConflict, undoResolution } from '../../../src/site/items/conflict.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { agreedItem, decided, doc, NOW_MS, post, rules } from './samples.ts'

/** What the editor was opened with, and what IGNY8 wrote since. */
const OPENED = { title: 'Old title', body: 'Old text', status: 'publish' }
const WRITTEN = { title: 'Old title', body: 'Text of IGNY8', status: 'publish' }

const save = (more: Partial<StaleSave> = {}): StaleSave => ({
  id: 'save1',
  by: 'Ada',
  at: NOW_MS / 1000 - 60,
  certain: true,
  kept: false,
  base: { body: OPENED.body },
  ...more,
})

const shown = (contents: Partial<ItemDoc>, staleSave: StaleSave | null) => post(contents, { stale_save: staleSave })
const written = (): ItemRecord => agreedItem(WRITTEN)
const conflictWith = (contents: Partial<ItemDoc>, more: Partial<StaleSave> = {}) =>
  decided(importPost(written(), shown({ ...OPENED, ...contents }, save(more)), rules()))

describe('T57 a save from an editor that was opened before our write', () => {
  test('is a conflict with both texts, and with what the editor was opened with as its base', () => {
    const record = conflictWith({ body: 'Old text and more' })
    expect([stateOf(record), record.conflictFields]).toEqual(['conflict', ['body']])
    expect(record.local.body).toBe('Text of IGNY8')
    expect(record.external?.body).toBe('Old text and more')
    expect(record.base?.body).toBe('Old text')
    expect(record.staleSave).toEqual({ id: 'save1', by: 'Ada', at: NOW_MS - 60_000, opened: NOW_MS })
  })

  test('without it, the same document is a change in WordPress', () => {
    const record = decided(importPost(written(), shown({ ...OPENED, body: 'Old text and more' }, null), rules()))
    expect([stateOf(record), record.local.body]).toEqual(['synced', 'Old text and more'])
  })

  test('gives back what the editor only sent along, at once, and keeps what the person edited', () => {
    const record = conflictWith({ title: 'New title' })
    expect(stateOf(record)).toBe('local_ahead')
    expect(record.local).toEqual(doc({ ...WRITTEN, title: 'New title', author: { id: 1, name: 'Ada' } }))
    expect(planPush(record)?.paths).toEqual(['body'])
    expect(record.retryAt).toBe(NOW_MS)
  })

  test('is imported once: after a resolution the same document opens nothing again', () => {
    const saved = shown({ ...OPENED, body: 'Old text and more' }, save())
    const conflict = decided(importPost(written(), saved, rules()))
    expect(importPost(conflict, saved, rules())).toBeNull()
    const resolved = resolveConflict(conflict, { body: 'wordpress' }, { now: NOW_MS })
    expect(importPost(resolved, saved, rules())).toBeNull()
    const later = { ...saved, etag: 'f'.repeat(32), body: 'Old text and much more' }
    const record = decided(importPost(resolved, later, rules()))
    expect([stateOf(record), record.local.body]).toEqual(['synced', 'Old text and much more'])
  })

  test('from an editor that does not say what it had: even the text of before is to be chosen, not undone', () => {
    const record = conflictWith({ body: OPENED.body }, { certain: false })
    expect([stateOf(record), record.conflictFields, record.retryAt]).toEqual(['conflict', ['body'], null])
    expect([record.local.body, record.external?.body]).toEqual(['Text of IGNY8', 'Old text'])
  })

  test('that a person kept in WordPress is resolved so, and can be undone here', () => {
    const decision = importPost(
      written(),
      shown({ ...OPENED, body: 'Old text and more' }, save({ kept: true })),
      rules(),
    )
    expect([stateOf(decided(decision)), decided(decision).local.body]).toEqual(['synced', 'Old text and more'])
    if (!decision?.resolvedFrom) throw new Error('nothing can be undone')
    const undone = undoResolution(decision.record, decision.resolvedFrom, { now: NOW_MS })
    expect([stateOf(undone), undone.local.body]).toEqual(['conflict', 'Text of IGNY8'])
  })

  test('kept later, under the same etag, ends the conflict that it had opened; an undo stays', () => {
    const saved = shown({ ...OPENED, body: 'Old text and more' }, save())
    const conflict = decided(importPost(written(), saved, rules()))
    const kept = { ...saved, stale_save: save({ id: 'save2', kept: true }) }
    const decision = importPost(conflict, kept, rules())
    expect([stateOf(decided(decision)), decided(decision).local.body]).toEqual(['synced', 'Old text and more'])
    if (!decision?.resolvedFrom) throw new Error('nothing can be undone')
    const undone = undoResolution(decision.record, decision.resolvedFrom, { now: NOW_MS })
    expect(importPost(undone, kept, rules())).toBeNull()
  })

  test('of a new item is nothing to choose about', () => {
    const record = decided(importPost(null, shown(OPENED, save()), rules()))
    expect([stateOf(record), record.staleSave?.id]).toEqual(['synced', 'save1'])
  })

  test('compares terms, meta, dates and parents as documents have them', () => {
    const before = agreedItem({
      ...WRITTEN,
      date: '2026-11-22T10:00:00.000Z',
      parent: 7,
      terms: { category: ['News'] },
      meta: { seo: 'new' },
    })
    const base = { date: '2026-11-21T10:00:00Z', parent: 0, 'terms.category': [], 'meta.seo': null }
    const saved = shown({ ...WRITTEN, date: '2026-11-21T10:00:00.000Z', terms: { category: [] } }, save({ base }))
    const record = decided(importPost(before, saved, rules()))
    expect([stateOf(record), planPush(record)?.paths.toSorted()]).toEqual([
      'local_ahead',
      ['date', 'meta.seo', 'parent', 'terms.category'],
    ])
  })
})
