import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deleteRecord, editRecord } from '../../../src/site/items/edit.ts'
import { diffDocs } from '../../../src/site/items/fields.ts'
import { importDeletion, importPost } from '../../../src/site/items/import.ts'
import type { Side } from '../../../src/site/items/merge.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { resolveConflict, toConflictSnapshot, undoResolution } from '../../../src/site/items/conflict.ts'
import { agreedItem, anyDoc, decided, imported, NOW_MS, post, rules } from './samples.ts'

const now = { now: NOW_MS + 1000 }
const resolve = (record: ItemRecord, side: Side) =>
  resolveConflict(record, Object.fromEntries(record.conflictFields.map((field) => [field, side])), now)

/** The item after the site has accepted its push. */
function pushed(record: ItemRecord): ItemRecord {
  const plan = planPush(record)
  if (!plan) return record
  if (plan.op === 'delete') return decided(importDeletion(record, rules()))
  const sent = { ...record, etag: null, base: plan.sent, external: plan.sent }
  return decided(importPost(sent, post(plan.sent, { id: record.externalId ?? 99 }), rules()))
}

const titles = ({ local, external, conflictExternal }: ItemRecord) => [
  local.title,
  (conflictExternal ?? external)?.title,
]

const conflict = () =>
  imported(editRecord(agreedItem({ title: 'A', body: 'a', slug: 's' }), { title: 'here' }, NOW_MS), {
    title: 'there',
    body: 'b',
    slug: 's',
  })
const deletedThere = () => decided(importDeletion(editRecord(agreedItem(), { title: 'here' }, NOW_MS), rules()))
const deletedHere = () => imported(deleteRecord(agreedItem({ title: 'A' }), NOW_MS), { title: 'there' })

describe('T29 a conflict of fields', () => {
  test('resolved for WordPress has the site’s content', () => {
    const record = resolve(conflict(), 'wordpress')
    expect([record.local.title, stateOf(record), planPush(record)]).toEqual(['there', 'synced', null])
  })

  test('resolved for IGNY8 is sent, on top of the site’s version that was shown', () => {
    const before = conflict()
    const record = resolve(before, 'igny8')
    expect([record.local.title, record.local.body, stateOf(record)]).toEqual(['here', 'b', 'local_ahead'])
    expect(planPush(record)).toMatchObject({ op: 'update', paths: ['title'], expect: before.etag })
    expect(pushed(record)).toMatchObject({ local: { title: 'here' }, external: { title: 'here' } })
  })

  test('any choice of sides ends it and raises the revision', () => {
    const side = fc.constantFrom<Side>('wordpress', 'igny8')
    fc.assert(
      fc.property(anyDoc, anyDoc, anyDoc, fc.infiniteStream(side), (start, here, there, sides) => {
        const before = imported(editRecord(agreedItem(start), here, NOW_MS), there)
        fc.pre(before.conflictFields.length > 0)
        const choices = Object.fromEntries(before.conflictFields.map((field) => [field, sides.next().value as Side]))
        const record = resolveConflict(before, choices, now)
        expect(record).toMatchObject({ conflictFields: [], conflictSince: null, revision: before.revision + 1 })
        const forIgny8 = Object.keys(choices).filter((field) => choices[field] === 'igny8')
        const paths = planPush(record)?.paths ?? []
        expect(forIgny8.every((field) => paths.includes(field) || field === 'status')).toBe(true)
        expect(stateOf(pushed(record))).toBe('synced')
      }),
    )
  })

  test.each(['wordpress', 'igny8'] as const)('resolved for %s and undone is as before, sent or not', (side) => {
    const before = conflict()
    for (const resolved of [resolve(before, side), pushed(resolve(before, side))]) {
      const record = undoResolution(resolved, toConflictSnapshot(before), now)
      expect([record.conflictFields, ...titles(record)]).toEqual([['title'], 'here', 'there'])
      expect(record.base).toMatchObject({ title: 'A' })
      expect([stateOf(record), planPush(record)]).toEqual(['conflict', null])
    }
  })

  test.each(['wordpress', 'igny8'] as const)('undone after %s can be resolved either way', (side) => {
    const undone = undoResolution(pushed(resolve(conflict(), side)), toConflictSnapshot(conflict()), now)
    for (const [choice, title] of [
      ['wordpress', 'there'],
      ['igny8', 'here'],
    ] as const) {
      const record = pushed(resolve(undone, choice))
      expect([stateOf(record), record.local.title, record.external?.title]).toEqual(['synced', title, title])
    }
  })

  test('that is undone, resolved and undone again still has both versions', () => {
    const undone = undoResolution(pushed(resolve(conflict(), 'igny8')), toConflictSnapshot(conflict()), now)
    const again = undoResolution(pushed(resolve(undone, 'igny8')), toConflictSnapshot(undone), now)
    expect(titles(again)).toEqual(['here', 'there'])
  })

  test('that is undone keeps changes made after the resolution', () => {
    const resolved = pushed(resolve(conflict(), 'igny8'))
    const later = pushed(editRecord(resolved, { body: 'later here' }, NOW_MS))
    const latest = imported(later, { title: 'here', body: 'later here', slug: 'later-there' })
    const record = undoResolution(latest, toConflictSnapshot(conflict()), now)
    expect(titles(record)).toEqual(['here', 'there'])
    expect(record.local).toMatchObject({ body: 'later here', slug: 'later-there' })
    for (const choice of ['wordpress', 'igny8'] as const) {
      expect(planPush(resolve(record, choice))?.paths ?? []).toEqual(choice === 'wordpress' ? ['title'] : [])
    }
  })

  test('that is undone stays open when the site changes something else', () => {
    const undone = undoResolution(pushed(resolve(conflict(), 'igny8')), toConflictSnapshot(conflict()), now)
    const record = imported(undone, { title: 'here', body: 'c', slug: 's' })
    expect([record.conflictFields, ...titles(record)]).toEqual([['title'], 'here', 'there'])
    expect(record.local.body).toBe('c')
    const resolved = resolve(record, 'wordpress')
    expect(planPush(resolved)).toMatchObject({ paths: ['title'] })
    expect(pushed(resolved).external).toMatchObject({ title: 'there', body: 'c' })
  })

  test('that is undone follows the site where that changes the very field', () => {
    const undone = undoResolution(pushed(resolve(conflict(), 'igny8')), toConflictSnapshot(conflict()), now)
    const record = imported(undone, { title: 'newer there', body: 'b', slug: 's' })
    expect([record.conflictFields, ...titles(record)]).toEqual([['title'], 'here', 'newer there'])
  })

  test('that a policy resolved can be undone as well', () => {
    const before = editRecord(agreedItem({ title: 'A' }), { title: 'here' }, NOW_MS)
    const decision = importPost(before, post({ title: 'there' }), rules('wordpress'))
    const resolvedFrom = decision?.resolvedFrom
    if (!resolvedFrom) throw new Error('nothing was resolved')
    const record = undoResolution(decided(decision), toConflictSnapshot(resolvedFrom), now)
    expect([record.conflictFields, ...titles(record)]).toEqual([['title'], 'here', 'there'])
  })
})

describe('T30 an item deleted on the site and changed in IGNY8', () => {
  test('resolved for WordPress is deleted', () => {
    const record = resolve(deletedThere(), 'wordpress')
    expect([stateOf(record), planPush(record)]).toEqual(['deleted', null])
  })

  test('resolved for IGNY8 is created again on the site', () => {
    const record = resolve(deletedThere(), 'igny8')
    expect([stateOf(record), planPush(record)?.op]).toEqual(['local_ahead', 'create'])
    expect(record.externalId).toBeNull()
    expect(stateOf(pushed(record))).toBe('synced')
  })

  test.each(['wordpress', 'igny8'] as const)('resolved for %s and undone can be resolved either way', (side) => {
    const before = deletedThere()
    const undone = undoResolution(pushed(resolve(before, side)), toConflictSnapshot(before), now)
    expect(undone).toMatchObject({ deletion: 'external', conflictFields: ['deleted'], local: { title: 'here' } })
    const kept = pushed(resolve(undone, 'igny8'))
    expect([stateOf(kept), kept.local.title, kept.external?.title]).toEqual(['synced', 'here', 'here'])
    const gone = pushed(resolve(undone, 'wordpress'))
    expect([stateOf(gone), gone.local.status, planPush(gone)]).toEqual(
      // the post that the first resolution made is in the trash
      side === 'igny8' ? ['synced', 'trash', null] : ['deleted', 'draft', null],
    )
  })

  test('resolved for IGNY8, undone, and resolved for WordPress moves the post that was created to the trash', () => {
    const before = deletedThere()
    const undone = undoResolution(pushed(resolve(before, 'igny8')), toConflictSnapshot(before), now)
    expect(planPush(resolve(undone, 'wordpress'))).toMatchObject({ op: 'trash', expect: undone.etag })
  })
})

describe('T30 an item deleted in IGNY8 and changed on the site', () => {
  test('resolved for WordPress is restored, with the change', () => {
    const record = resolve(deletedHere(), 'wordpress')
    expect([stateOf(record), record.local.title, record.deletion]).toEqual(['synced', 'there', null])
  })

  test('resolved for IGNY8 is deleted on the site if its post is still in the trash there', () => {
    const before = imported(deleteRecord(agreedItem({ title: 'A', status: 'trash' }), NOW_MS), {
      title: 'there',
      status: 'trash',
    })
    const record = resolve(before, 'igny8')
    expect(planPush(record)).toMatchObject({ op: 'delete', expect: before.etag })
    expect(stateOf(pushed(record))).toBe('deleted')
  })

  test('resolved for IGNY8 goes to the trash of the site if somebody took its post out of there', () => {
    const before = deletedHere()
    const record = resolve(before, 'igny8')
    expect(planPush(record)).toMatchObject({ op: 'trash', expect: before.etag })
    expect(pushed(record)).toMatchObject({ deletion: null, local: { title: 'there', status: 'trash' } })
  })

  test.each(['wordpress', 'igny8'] as const)('resolved for %s and undone can be resolved either way', (side) => {
    const before = deletedHere()
    const undone = undoResolution(pushed(resolve(before, side)), toConflictSnapshot(before), now)
    expect([stateOf(undone), undone.deletion]).toEqual(['conflict', 'local'])
    const back = pushed(resolve(undone, 'wordpress'))
    expect([stateOf(back), back.local.title, diffDocs(back.local, back.external ?? back.local)]).toEqual([
      'synced',
      'there',
      [],
    ])
    const gone = pushed(resolve(undone, 'igny8'))
    expect([stateOf(gone), gone.local.status]).toEqual(['synced', 'trash'])
  })
})
