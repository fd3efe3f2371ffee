import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRecord, deleteRecord, editRecord, patchDoc } from '../../../src/site/items/edit.ts'
import { copyFields, diffDocs, isFieldEqual } from '../../../src/site/items/fields.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { planPush, toApplyFields } from '../../../src/site/items/push-plan.ts'
import { stateOf } from '../../../src/site/items/record.ts'
import { agreedItem, anyDoc, decided, doc, newItem, NOW_MS, post, rules } from './samples.ts'

const NOTHING = { parent: 0, featured: null }

describe('an edit', () => {
  test('raises the revision, forgets the error, and waits to be sent', () => {
    const failed = {
      ...agreedItem({ title: 'A' }),
      error: { code: 'x', detail: '', fix: null },
      attempts: 3,
      retryAt: 1,
    }
    const record = editRecord(failed, { title: 'B' }, NOW_MS + 5)
    expect(record).toMatchObject({ error: null, attempts: 0, retryAt: null, updatedAt: NOW_MS + 5 })
    expect([record.revision, stateOf(record)]).toEqual([failed.revision + 1, 'local_ahead'])
  })

  test('without effect changes nothing, not even the revision', () => {
    fc.assert(
      fc.property(anyDoc, (contents) => {
        const record = agreedItem(contents)
        expect(editRecord(record, structuredClone(record.local), NOW_MS + 5)).toBe(record)
        expect(editRecord(record, {}, NOW_MS + 5)).toBe(record)
      }),
    )
  })

  test('that is reverted leaves nothing to send', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (contents, change) => {
        const record = agreedItem(contents)
        const there = copyFields(record.local, doc(change), ['title', 'body', 'status', 'featured', 'date'])
        const back = editRecord(editRecord(record, there, NOW_MS), record.local, NOW_MS)
        expect([planPush(back), stateOf(back)]).toEqual([null, 'synced'])
      }),
    )
  })

  test('replaces the terms of the taxonomies that it names, and the meta of its keys; null deletes one', () => {
    const before = doc({ terms: { category: ['A'], tag: ['t'] }, meta: { a: 1, b: 2 } })
    const after = patchDoc(before, { terms: { category: ['B'] }, meta: { a: null, c: 3 } })
    expect(after).toEqual(doc({ terms: { category: ['B'], tag: ['t'] }, meta: { b: 2, c: 3 } }))
  })

  test('in a conflict keeps the conflict', () => {
    const conflict = { ...agreedItem({ title: 'A' }), conflictFields: ['title'] }
    expect(stateOf(editRecord(conflict, { body: 'b' }, NOW_MS))).toBe('conflict')
  })
})

describe('the push', () => {
  test('of a new item sends all its fields', () => {
    const record = newItem({ title: 'A', terms: { category: ['News'] } })
    const plan = planPush(record)
    expect(plan).toMatchObject({ op: 'create', expect: null, paths: ['title', 'terms.category'] })
    expect(toApplyFields(record.local, plan?.paths ?? [], NOTHING)).toEqual({
      title: 'A',
      terms: { category: ['News'] },
    })
  })

  test('of a changed item sends exactly the fields that differ', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (before, after) => {
        const record = editRecord(agreedItem(before), after, NOW_MS)
        const plan = planPush(record)
        const differing = diffDocs(record.local, agreedItem(before).local)
        if (differing.length === 0) {
          expect(plan).toBeNull()
          return
        }
        const isTrashing = plan?.op === 'trash'
        expect(plan?.paths.toSorted()).toEqual(
          differing.filter((path) => !(isTrashing && path === 'status')).toSorted(),
        )
        expect(diffDocs(plan?.sent ?? doc(), record.local)).toEqual([])
        expect(plan?.expect).toBe(record.etag)
      }),
    )
  })

  test('leaves nothing to send once the site has taken it', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (before, after) => {
        const record = editRecord(agreedItem(before), after, NOW_MS)
        const plan = planPush(record)
        fc.pre(plan !== null)
        const agreed = plan?.sent ?? null
        const answered = post({ ...agreed, parent: record.local.parent === 'item_parent' ? 31 : record.local.parent })
        const taken = decided(importPost({ ...record, etag: null, base: agreed, external: agreed }, answered, rules()))
        expect([planPush(taken), stateOf(taken)]).toEqual([null, 'synced'])
      }),
    )
  })

  test('leaves a later edit to send', () => {
    const record = editRecord(agreedItem({ title: 'A', body: 'a' }), { title: 'B' }, NOW_MS)
    const sent = planPush(record)?.sent ?? null
    const meanwhile = editRecord(record, { body: 'b' }, NOW_MS)
    const taken = decided(
      importPost({ ...meanwhile, etag: null, base: sent, external: sent }, post({ title: 'B', body: 'a' }), rules()),
    )
    expect([taken.local.body, planPush(taken)?.paths]).toEqual(['b', ['body']])
  })

  test.each([
    ['publish', 'trash', 'trash', []],
    ['trash', 'draft', 'untrash', ['status']],
    ['trash', 'publish', 'untrash', ['status']],
    ['draft', 'publish', 'update', ['status']],
  ])('T30 from %s to %s is a %s', (from, to, op, paths) => {
    const record = editRecord(agreedItem({ status: from }), { status: to }, NOW_MS)
    expect(planPush(record)).toMatchObject({ op, paths, sent: { status: to } })
  })

  test('of an item that was changed and trashed sends the changes too', () => {
    const record = editRecord(agreedItem({ status: 'publish', title: 'A' }), { status: 'trash', title: 'B' }, NOW_MS)
    expect(planPush(record)).toMatchObject({ op: 'trash', paths: ['title'] })
  })

  test('sends a removed taxonomy as empty and a removed key as null', () => {
    const record = editRecord(
      agreedItem({ terms: { category: ['A'] }, meta: { a: 1 } }),
      { terms: { category: [] }, meta: { a: null } },
      NOW_MS,
    )
    expect(toApplyFields(record.local, planPush(record)?.paths ?? [], NOTHING)).toEqual({
      terms: { category: [] },
      meta: { a: null },
    })
  })

  test('sends each field unchanged, whatever its name', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (before, after) => {
        const record = editRecord(agreedItem(before), after, NOW_MS)
        const paths = planPush(record)?.paths ?? []
        const {
          terms = {},
          meta = {},
          parent: _,
          featured: _f,
          author: _a,
          ...plain
        } = toApplyFields(record.local, paths, NOTHING)
        const there = agreedItem(before).local
        const written = {
          ...there,
          ...plain,
          terms: { ...there.terms, ...terms },
          meta: { ...there.meta, ...meta },
        }
        for (const path of paths.filter((each) => each !== 'parent' && each !== 'featured')) {
          expect(isFieldEqual(written, record.local, path), path).toBe(true)
        }
      }),
    )
  })

  test.each([
    ['an item in conflict', { ...agreedItem(), local: doc({ title: 'B' }), conflictFields: ['title'] }],
    ['a tombstone', { ...deleteRecord(agreedItem(), NOW_MS), deletion: 'both' as const }],
    ['a post that could never be read', { ...newItem({ title: 'A' }), externalId: 12 }],
    ['an item that agrees', agreedItem({ title: 'A' })],
  ])('of %s sends nothing', (_name, record) => {
    expect(planPush(record)).toBeNull()
  })

  test('of a deletion sends only that', () => {
    const record = deleteRecord(editRecord(agreedItem({ status: 'trash' }), { title: 'B' }, NOW_MS), NOW_MS)
    expect(planPush(record)).toMatchObject({ op: 'delete', paths: [], expect: record.etag })
  })

  test('of a deletion moves a post to the trash first that is not there', () => {
    const record = deleteRecord(agreedItem(), NOW_MS)
    expect(planPush(record)).toMatchObject({ op: 'trash', paths: [], expect: record.etag, sent: { status: 'trash' } })
  })
})

describe('the state of an item', () => {
  test('is derived from its record', () => {
    const error = { code: 'x', detail: '', fix: null }
    const agreed = agreedItem({ title: 'A' })
    expect(stateOf(agreed)).toBe('synced')
    expect(stateOf(createRecord('item_1', 'post', {}, NOW_MS))).toBe('local_ahead')
    expect(stateOf({ ...agreed, etag: null })).toBe('external_ahead')
    expect(stateOf({ ...agreed, error })).toBe('failed')
    expect(stateOf({ ...agreed, error, conflictFields: ['title'] })).toBe('conflict')
    expect(stateOf({ ...agreed, error, conflictFields: ['title'], deletion: 'both' })).toBe('deleted')
    expect(stateOf(deleteRecord(agreed, NOW_MS))).toBe('local_ahead')
  })
})
