import { describe, expect, test } from 'vitest'
import { EMPTY_DOC } from '../../../src/site/items/doc.ts'
import { deleteRecord, editRecord, restoreRecord, trashRecord } from '../../../src/site/items/edit.ts'
import { importDeletion, importPost } from '../../../src/site/items/import.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { isInTrashOnBothSides, stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { agreedItem, decided, imported, newItem, NOW_MS, post, rules } from './samples.ts'

/** The item after the site has moved its post to the trash. */
const inTrash = (contents = {}): ItemRecord =>
  imported(trashRecord(agreedItem({ title: 'A', ...contents }), NOW_MS), {
    title: 'A',
    ...contents,
    status: 'trash',
    slug: 'a__trashed',
  })

describe('an item that is deleted', () => {
  test('goes to the trash of the site, and may be deleted for good once it is there', () => {
    const trashed = trashRecord(agreedItem({ title: 'A' }), NOW_MS)
    expect([planPush(trashed)?.op, trashed.deletion, isInTrashOnBothSides(trashed)]).toEqual(['trash', null, false])
    expect([isInTrashOnBothSides(inTrash()), stateOf(inTrash())]).toEqual([true, 'synced'])
    expect(planPush(deleteRecord(inTrash(), NOW_MS))?.op).toBe('delete')
  })

  test('and that WordPress does not have is a tombstone at once, with its text', () => {
    const record = trashRecord(newItem({ title: 'A', body: 'Text' }), NOW_MS)
    expect([stateOf(record), record.local.body, planPush(record)]).toEqual(['deleted', 'Text', null])
  })

  test('and whose create was not answered asks the site, into the trash, before it is a tombstone', () => {
    const sent = newItem({ title: 'A', body: 'Text', terms: { category: ['News'] } })
    const gone = trashRecord({ ...sent, base: sent.local }, NOW_MS)
    expect([stateOf(gone), planPush(gone)]).toEqual([
      'local_ahead',
      {
        op: 'create',
        paths: ['title', 'body', 'status'],
        expect: null,
        sent: { ...EMPTY_DOC, title: 'A', body: 'Text', status: 'trash' },
      },
    ])
    const found = imported(gone, { title: 'A', status: 'publish' })
    expect([found.deletion, found.local.status, planPush(found)?.op]).toEqual([null, 'trash', 'trash'])
  })

  test('in a conflict of fields takes its own side along', () => {
    const conflict = imported(editRecord(agreedItem({ title: 'A' }), { title: 'here' }, NOW_MS), { title: 'there' })
    expect(stateOf(conflict)).toBe('conflict')
    const trashed = trashRecord(conflict, NOW_MS)
    expect([planPush(trashed)?.op, trashed.local.title, trashed.conflictFields]).toEqual(['trash', 'here', []])
  })

  test('permanently, and taken out of the trash in WordPress meanwhile, is a conflict and not deleted', () => {
    const back = imported(deleteRecord(inTrash(), NOW_MS), { title: 'A', status: 'draft' })
    expect([stateOf(back), planPush(back)]).toEqual(['conflict', null])
  })
})

describe('an item that is restored', () => {
  test('from the trash is a draft, and its post is taken out of the trash', () => {
    const record = restoreRecord(inTrash(), NOW_MS)
    expect(record && [planPush(record)?.op, record.local.status]).toEqual(['untrash', 'draft'])
  })

  test('before its deletion was sent is a draft again', () => {
    const record = restoreRecord(deleteRecord(inTrash(), NOW_MS), NOW_MS)
    expect(record && [record.deletion, planPush(record)?.op]).toEqual([null, 'untrash'])
  })

  test('from its tombstone, after WordPress deleted the post for good, becomes a new post with its text', () => {
    const tombstone = decided(importDeletion(inTrash({ body: 'Text' }), rules()))
    expect([stateOf(tombstone), tombstone.local.body]).toEqual(['deleted', 'Text'])
    const record = restoreRecord(tombstone, NOW_MS)
    expect(record).toMatchObject({
      id: tombstone.id,
      externalId: null,
      local: { body: 'Text', status: 'draft', slug: 'a' },
    })
    expect(record && [stateOf(record), planPush(record)?.op]).toEqual(['local_ahead', 'create'])
  })

  test('while the answer to its create is still to come finds its post again', () => {
    const sent = newItem({ title: 'A' })
    const gone = deleteRecord({ ...sent, base: sent.local }, NOW_MS)
    const back = restoreRecord(gone, NOW_MS)
    const record = back && decided(importPost(back, post({ title: 'A', slug: 'a' }, { item_id: sent.id }), rules()))
    expect(record && [record.externalId, record.deletion, planPush(record)]).toEqual([12, null, null])
  })

  test('is refused where there is nothing to restore', () => {
    expect(restoreRecord(agreedItem(), NOW_MS)).toBeNull()
  })
})
