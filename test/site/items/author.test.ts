import { describe, expect, test } from 'vitest'
import { AuthorMap } from '../../../src/contract/integrations.ts'
import { ItemUpdate } from '../../../src/contract/content.ts'
import type { ItemDoc } from '../../../src/site/items/doc.ts'
import { editRecord } from '../../../src/site/items/edit.ts'
import { importPost } from '../../../src/site/items/import.ts'
import { planPush, resolveAuthor, toApplyFields } from '../../../src/site/items/push-plan.ts'
import { stateOf, type ItemRecord } from '../../../src/site/items/record.ts'
import { agreedItem, decided, newItem, NOW_MS, post, rules } from './samples.ts'

const ADA = { id: 1, name: 'Ada' }
const BOB = { id: null, name: 'Bob' }

/** The item as an earlier release stored it, without authors. */
function withoutAuthor(doc: ItemDoc): ItemDoc {
  const { author: _author, ...earlier } = doc
  return earlier
}
const withoutAuthors = (record: ItemRecord): ItemRecord => ({
  ...record,
  base: record.base && withoutAuthor(record.base),
  local: withoutAuthor(record.local),
  external: record.external && withoutAuthor(record.external),
})

describe('the author of an item', () => {
  test('comes from the site, and a new name of the same user is no change', () => {
    const item = agreedItem()
    expect(item.local.author).toEqual(ADA)
    const renamed = decided(importPost(item, post({}, { author_name: 'Ada L.' }), rules()))
    expect([stateOf(renamed), renamed.conflictFields]).toEqual(['synced', []])
  })

  test('is sent by the map of the integration, else as it was named', () => {
    const edited = editRecord(agreedItem(), { author: BOB }, NOW_MS)
    expect(stateOf(edited)).toBe('local_ahead')
    expect(planPush(edited)?.paths).toEqual(['author'])
    const sent = (map: AuthorMap) =>
      toApplyFields(edited.local, ['author'], {
        parent: 0,
        featured: null,
        author: resolveAuthor(edited.local.author, map),
      })
    expect(sent({ Bob: 7 })).toEqual({ author: 7 })
    expect(sent({ Bob: 'bob@site.test' })).toEqual({ author: 'bob@site.test' })
    expect(sent({})).toEqual({ author: 'Bob' })
    expect(sent(JSON.parse('{"__proto__": 9}') as AuthorMap)).toEqual({ author: 'Bob' })
  })

  test('becomes the user that the site found for the name', () => {
    const sent = editRecord(agreedItem(), { author: BOB }, NOW_MS)
    const answered = { ...sent, etag: null, base: sent.local, external: sent.local }
    const after = decided(importPost(answered, post({}, { author: 7, author_name: 'Robert' }), rules()))
    expect(after.local.author).toEqual({ id: 7, name: 'Robert' })
    expect(stateOf(after)).toBe('synced')
  })

  test('is left to the site where a new item names none', () => {
    const made = newItem({ title: 'A' })
    expect(planPush(made)?.paths).toEqual(['title'])
    expect(planPush(newItem({ title: 'A', author: BOB }))?.paths).toEqual(['title', 'author'])
  })

  test('is learnt of an older item without a change, a conflict or a push', () => {
    const old = withoutAuthors(agreedItem({ title: 'A' }))
    const learnt = decided(importPost(old, post({ title: 'B' }), rules()))
    expect([learnt.local.title, learnt.local.author, stateOf(learnt)]).toEqual(['B', ADA, 'synced'])
    const edited = editRecord(old, { author: { id: 7, name: '' } }, NOW_MS)
    expect([stateOf(edited), planPush(edited)?.paths]).toEqual(['local_ahead', ['author']])
    const merged = decided(importPost(edited, post({ title: 'B' }), rules()))
    expect([merged.conflictFields, merged.local.author?.id]).toEqual([[], 7])
    expect(planPush({ ...agreedItem(), local: withoutAuthors(agreedItem()).local })).toBeNull()
  })
})

test('an author is accepted as it is shown, by id and by name, and refused when empty', () => {
  for (const author of [ADA, BOB, 7, 'ada@site.test', null]) expect(ItemUpdate.parse({ author })).toEqual({ author })
  for (const author of [0, ' ', { id: null, name: '' }, { id: 1 }, true])
    expect(ItemUpdate.safeParse({ author }).success, JSON.stringify(author)).toBe(false)
  expect(AuthorMap.safeParse({ Ada: 0 }).success).toBe(false)
})
