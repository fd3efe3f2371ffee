import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toItemDoc } from '../../../src/site/items/doc.ts'
import { deleteRecord, editRecord } from '../../../src/site/items/edit.ts'
import { diffDocs, isFieldEqual } from '../../../src/site/items/fields.ts'
import { DELETED, importDeletion, importPost } from '../../../src/site/items/import.ts'
import { planPush } from '../../../src/site/items/push-plan.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { agreedItem, anyDoc, decided, doc, imported, newItem, NOW_MS, post, rules } from './samples.ts'

const edited = (record: ItemRecord, patch: Parameters<typeof editRecord>[1], now = NOW_MS) =>
  editRecord(record, patch, now)

describe('a post that is new', () => {
  test('becomes an item that both sides agree on', () => {
    const record = decided(importPost(null, post({ title: 'Hello', parent: 3 }), rules()))
    expect(record).toMatchObject({ id: 'item_new', n: 0, externalId: 12, revision: 1, deletion: null, error: null })
    expect(record.local).toEqual(doc({ title: 'Hello', parent: 3, author: { id: 1, name: 'Ada' } }))
    expect([record.base, record.external]).toEqual([record.local, record.local])
    expect([stateOf(record), planPush(record)]).toEqual(['synced', null])
  })

  test('without its body waits until the body is read', () => {
    const seen = { ...post({ title: 'Hello' }), body: null }
    const record = decided(importPost(null, seen, rules()))
    expect(stateOf(record)).toBe('external_ahead')
    const whole = decided(importPost(record, { ...seen, body: 'Text' }, rules()))
    expect([stateOf(whole), whole.local.body]).toEqual(['synced', 'Text'])
  })
})

describe('a post that is known', () => {
  test('T26 by its etag causes no write', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (contents, change) => {
        const shown = post(contents)
        const record = edited(decided(importPost(null, shown, rules())), change)
        expect(importPost(record, shown, rules())).toBeNull()
      }),
    )
  })

  test('T26 by its content needs no push, though its etag is new', () => {
    const before = edited(agreedItem({ title: 'A' }), { title: 'B' })
    const plan = planPush(before)
    const record = imported(
      { ...before, base: plan?.sent ?? null, external: plan?.sent ?? null, etag: null },
      { title: 'B' },
    )
    expect([stateOf(record), record.revision, planPush(record)]).toEqual(['synced', before.revision, null])
  })

  test('clears an error of reading, but not one of sending', () => {
    const error = { code: 'unreadable', detail: '', fix: null }
    const shown = post({ title: 'A' })
    const record = decided(importPost(null, shown, rules()))
    expect(decided(importPost({ ...record, error }, shown, rules())).error).toBeNull()
    const unsent = { ...edited(record, { title: 'B' }), error }
    expect(importPost(unsent, shown, rules())).toBeNull()
    expect(imported(unsent, { title: 'A', body: 'new there' }).error).toBeNull()
  })

  test('under another type changes the item’s type, and nothing else', () => {
    const shown = post({ title: 'A' })
    const record = decided(importPost(null, shown, rules()))
    const moved = decided(importPost(record, { ...shown, type: 'page' }, rules()))
    expect(moved).toMatchObject({ id: record.id, type: 'page', revision: record.revision })
    expect(stateOf(moved)).toBe('synced')
  })

  describe('after its object was wound back', () => {
    const [THEN, REWOUND] = [NOW_MS + 60_000, NOW_MS + 600_000]
    const wound = { ...rules('manual', REWOUND + 60_000), rewound: { to: THEN, at: REWOUND } }
    const changedAt = (ms: number) => post({ title: 'After' }, { modified: ms / 1000 })

    test('conflicts where it was changed between the moment and the rewind', () => {
      const record = decided(importPost(agreedItem({ title: 'Before' }), changedAt(THEN + 60_000), wound))
      expect([record.local.title, record.conflictFields]).toEqual(['Before', ['title']])
      expect(record.external?.title).toBe('After')
    })

    test('is imported where it was changed later, or the item was', () => {
      const later = decided(importPost(agreedItem({ title: 'Before' }), changedAt(REWOUND + 60_000), wound))
      expect([later.local.title, later.conflictFields]).toEqual(['After', []])
      const seen = { ...agreedItem({ title: 'Before' }), updatedAt: THEN + 1 }
      expect(decided(importPost(seen, changedAt(THEN + 60_000), wound)).local.title).toBe('After')
    })
  })

  test('without its body keeps the known body until it is read', () => {
    const record = agreedItem({ title: 'A', body: 'Text' })
    const seen = decided(importPost(record, { ...post({ title: 'B' }), body: null }, rules()))
    expect([seen.local.title, seen.local.body, stateOf(seen)]).toEqual(['B', 'Text', 'external_ahead'])
  })
})

describe('T29 a change of the site', () => {
  test('is taken over if nothing was changed in IGNY8', () => {
    fc.assert(
      fc.property(anyDoc, anyDoc, (before, after) => {
        const shown = post(after)
        const record = decided(importPost(agreedItem(before), shown, rules()))
        expect(diffDocs(record.local, toItemDoc(shown))).toEqual([])
        expect([stateOf(record), planPush(record)]).toEqual(['synced', null])
      }),
    )
  })

  test('and one in IGNY8 of other fields are merged, and IGNY8’s are sent', () => {
    const record = imported(edited(agreedItem({ title: 'A', body: 'a' }), { title: 'B' }), { title: 'A', body: 'b' })
    expect(record.local).toMatchObject({ title: 'B', body: 'b' })
    expect(stateOf(record)).toBe('local_ahead')
    expect(planPush(record)?.paths).toEqual(['title'])
  })

  test('and one in IGNY8 of the same field become a conflict that keeps both, and nothing is sent', () => {
    const before = edited(agreedItem({ title: 'A', body: 'a' }), { title: 'here' })
    const record = imported(before, { title: 'there', body: 'b' })
    expect(record.conflictFields).toEqual(['title'])
    expect(record).toMatchObject({ local: { title: 'here', body: 'b' }, external: { title: 'there' } })
    expect(record.base).toMatchObject({ title: 'A' })
    expect([stateOf(record), planPush(record)]).toEqual(['conflict', null])
  })

  test('is never lost, in any order of edits and reads: it ends in the item or in its conflict', () => {
    const step = fc.oneof(
      fc.record({ side: fc.constant('here' as const), contents: anyDoc }),
      fc.record({ side: fc.constant('there' as const), contents: anyDoc }),
    )
    fc.assert(
      fc.property(anyDoc, fc.array(step, { maxLength: 6 }), (start, steps) => {
        let record = agreedItem(start)
        let shown = toItemDoc(post(start))
        for (const { side, contents } of steps) {
          const before = record
          if (side === 'here') {
            record = edited(record, contents)
            continue
          }
          const next = post(contents)
          shown = toItemDoc(next)
          record = decided(importPost(record, next, rules()))
          for (const path of diffDocs(before.external ?? shown, shown)) {
            const isBack = before.base !== null && isFieldEqual(before.base, shown, path)
            const isHere = isFieldEqual(record.local, shown, path)
            expect(isHere || isBack || record.conflictFields.includes(path), path).toBe(true)
          }
          for (const path of record.conflictFields) expect(isFieldEqual(record.local, shown, path)).toBe(false)
          for (const path of diffDocs(before.local, record.local)) {
            expect(isFieldEqual(before.local, before.base ?? shown, path), `${path} was changed here`).toBe(true)
          }
        }
        expect(diffDocs(record.external ?? shown, shown)).toEqual([])
      }),
    )
  })

  test('of a field that was merged before is no conflict, though another field still is one', () => {
    const conflict = imported(edited(agreedItem({ title: 'A', body: 'a' }), { title: 'B' }), { title: 'C', body: 'b' })
    const record = imported(conflict, { title: 'C', body: 'c' })
    expect(record.conflictFields).toEqual(['title'])
    expect(record.local).toMatchObject({ title: 'B', body: 'c' })
    expect(record.conflictSince).toBe(conflict.conflictSince)
  })

  test('back to what it was ends the conflict', () => {
    const conflict = imported(edited(agreedItem({ title: 'A' }), { title: 'B' }), { title: 'C' })
    const record = imported(conflict, { title: 'A' })
    expect([stateOf(record), planPush(record)?.paths]).toEqual(['local_ahead', ['title']])
    expect(stateOf(imported(conflict, { title: 'B' }))).toBe('synced')
  })

  test('raises the revision exactly if it changes IGNY8’s side', () => {
    const record = agreedItem({ title: 'A' })
    expect(imported(record, { title: 'B' }).revision).toBe(record.revision + 1)
    expect(imported(record, { title: 'A' }).revision).toBe(record.revision)
    const conflict = imported(edited(record, { title: 'B' }), { title: 'C' })
    expect(conflict.revision).toBe(record.revision + 1)
  })
})

describe('a conflict under a policy', () => {
  const both = edited(agreedItem({ title: 'A' }), { title: 'here' }, NOW_MS)
  const decide = (policy: 'wordpress' | 'igny8' | 'newest', modified = NOW_MS / 1000) => {
    const decision = importPost(both, post({ title: 'there' }, { modified }), rules(policy))
    expect(decision?.resolvedFrom).toMatchObject({ conflictFields: ['title'], local: { title: 'here' } })
    return decided(decision)
  }

  test('of WordPress takes the site’s version', () => {
    const record = decide('wordpress')
    expect([record.local.title, stateOf(record)]).toEqual(['there', 'synced'])
  })

  test('of IGNY8 sends IGNY8’s version', () => {
    const record = decide('igny8')
    expect([record.local.title, stateOf(record)]).toEqual(['here', 'local_ahead'])
    expect(planPush(record)).toMatchObject({ op: 'update', paths: ['title'], expect: record.etag })
  })

  test('of the newest takes the side that was changed last', () => {
    expect(decide('newest', NOW_MS / 1000 + 1).local.title).toBe('there')
    expect(decide('newest', NOW_MS / 1000 - 1).local.title).toBe('here')
  })
})

describe('T30 a post that is gone for good', () => {
  test('deletes an item without unsent changes', () => {
    const record = decided(importDeletion(agreedItem({ title: 'A' }), rules()))
    expect([record.deletion, stateOf(record), planPush(record)]).toEqual(['both', 'deleted', null])
    expect(importDeletion(record, rules())).toBeNull()
  })

  test('keeps unsent changes in a conflict', () => {
    const record = decided(importDeletion(edited(agreedItem({ title: 'A' }), { title: 'B' }), rules()))
    expect(record).toMatchObject({ conflictFields: [DELETED], deletion: 'external', local: { title: 'B' } })
    expect([stateOf(record), planPush(record)]).toEqual(['conflict', null])
    expect(importDeletion(record, rules())).toBeNull()
  })

  test('during a conflict of fields keeps IGNY8’s side', () => {
    const conflict = imported(edited(agreedItem({ title: 'A' }), { title: 'B' }), { title: 'C' })
    const record = decided(importDeletion(conflict, rules()))
    expect(record).toMatchObject({ conflictFields: [DELETED], deletion: 'external', local: { title: 'B' } })
  })

  test('and was deleted in IGNY8 too ends the item', () => {
    const record = decided(importDeletion(deleteRecord(agreedItem(), NOW_MS), rules()))
    expect([record.deletion, stateOf(record)]).toEqual(['both', 'deleted'])
  })

  test('that could never be read opens no conflict', () => {
    const error = { code: 'unreadable', detail: '', fix: null }
    const placeholder: ItemRecord = { ...newItem(), externalId: 12, error }
    const record = decided(importDeletion(placeholder, rules()))
    expect([stateOf(record), record.error]).toEqual(['deleted', null])
  })

  test('follows the policy', () => {
    const before = edited(agreedItem({ title: 'A' }), { title: 'B' })
    expect(stateOf(decided(importDeletion(before, rules('wordpress'))))).toBe('deleted')
    const kept = decided(importDeletion(before, rules('igny8')))
    expect(planPush(kept)).toMatchObject({ op: 'create', expect: null })
  })

  test('and comes back is the same item again', () => {
    const tombstone = decided(importDeletion(agreedItem({ title: 'A' }), rules()))
    const record = imported(tombstone, { title: 'B' })
    expect(record).toMatchObject({ id: tombstone.id, deletion: null, local: { title: 'B' } })
    expect([stateOf(record), record.revision]).toEqual(['synced', tombstone.revision + 1])
  })
})

describe('T30 an item that was deleted in IGNY8', () => {
  const deleted = deleteRecord(agreedItem({ title: 'A', status: 'trash' }), NOW_MS)

  test('is deleted on the site, even if its etag changed', () => {
    expect(planPush(deleted)).toMatchObject({ op: 'delete', expect: deleted.etag })
    const record = imported(deleted, { title: 'A', status: 'trash' })
    expect(planPush(record)).toMatchObject({ op: 'delete', expect: record.etag })
  })

  test('and changed on the site is a conflict', () => {
    const record = imported(deleted, { title: 'B' })
    expect(record).toMatchObject({ conflictFields: [DELETED], deletion: 'local', external: { title: 'B' } })
    expect(planPush(record)).toBeNull()
    expect(stateOf(imported(record, { title: 'C' }))).toBe('conflict')
  })

  test('before it was sent is deleted at once', () => {
    const record = deleteRecord(newItem({ title: 'A' }), NOW_MS)
    expect([stateOf(record), planPush(record)]).toEqual(['deleted', null])
  })

  test('while its create was under way goes to the trash of the site, with what was made of it there', () => {
    const sent = newItem({ title: 'A', body: 'a' })
    const gone = deleteRecord({ ...sent, base: sent.local }, NOW_MS)
    const filledIn = { title: 'A', body: 'a', slug: 'a', date: '2026-11-21T10:00:00.000Z', terms: { category: ['x'] } }
    const record = decided(importPost(gone, post(filledIn, { item_id: sent.id }), rules()))
    expect([stateOf(record), record.deletion, planPush(record)?.op]).toEqual(['local_ahead', null, 'trash'])
    const changed = decided(importPost(gone, post({ ...filledIn, title: 'B' }, { item_id: sent.id }), rules()))
    expect([planPush(changed)?.op, changed.local.title, changed.conflictFields]).toEqual(['trash', 'B', []])
  })
})

describe('a post of our own create whose answer was lost', () => {
  test('belongs to the item, which keeps later changes', () => {
    const sent = newItem({ title: 'A' })
    const later = edited({ ...sent, base: sent.local }, { title: 'B' })
    const record = decided(importPost(later, post({ title: 'A', slug: 'a' }, { item_id: sent.id }), rules()))
    expect(record).toMatchObject({ id: sent.id, externalId: 12, local: { title: 'B', slug: 'a' }, conflictFields: [] })
    expect(planPush(record)).toMatchObject({ op: 'update', paths: ['title'] })
  })
})
