import { expect, test, vi } from 'vitest'
import { forgetDrafts } from '../../src/queries/forget-drafts.ts'
import { type DraftKey, forgetDraft, keepDraft, type KeptDraft, readKeptDraft } from '../../src/queries/kept-draft.ts'

const key = (itemId: string, patch: Partial<DraftKey> = {}): DraftKey => ({
  userId: 'usr_1',
  accountId: 'acc_1',
  siteId: 'site_1',
  itemId,
  ...patch,
})
const draft = (text: string, at = Date.now()): KeptDraft => ({ revision: 3, at, values: { body: text } })
const namesOf = () => Object.keys(localStorage).filter((name) => name.startsWith('igny8-draft:'))

test('a draft belongs to one person, account, site and item', () => {
  keepDraft(key('item_1'), draft('mine'))
  expect(readKeptDraft(key('item_1'))?.values).toEqual({ body: 'mine' })
  for (const other of [{ userId: 'usr_2' }, { accountId: 'acc_2' }, { siteId: 'site_2' }, { itemId: 'item_2' }])
    expect(readKeptDraft(key('item_1', other))).toBeNull()
  expect(readKeptDraft(null)).toBeNull()
  forgetDraft(key('item_1'))
  expect(readKeptDraft(key('item_1'))).toBeNull()
})

test('at most twenty are kept, and the oldest go first; so do those that are too large together', () => {
  const begin = Date.now() - 1_000_000
  for (let n = 0; n < 25; n++) keepDraft(key(`item_${n}`), draft('x', begin + n))
  expect(namesOf()).toHaveLength(20)
  expect(readKeptDraft(key('item_4'))).toBeNull()
  expect(readKeptDraft(key('item_5'))).not.toBeNull()
  keepDraft(key('large'), draft('x'.repeat(3_999_000)))
  expect(readKeptDraft(key('large'))?.values['body']).toHaveLength(3_999_000)
  expect(namesOf().length).toBeLessThan(20)
})

test('one that is a month old, or can’t be read, is none', () => {
  keepDraft(key('old'), draft('x', Date.now() - 31 * 86_400_000))
  expect(readKeptDraft(key('old'))).toBeNull()
  for (const broken of ['{', '[]', '{"revision":1,"at":1}', '{"revision":1,"at":9e15,"values":{"body":1}}', 'null']) {
    localStorage.setItem('igny8-draft:usr_1:acc_1:site_1:broken', broken)
    expect(readKeptDraft(key('broken'))).toBeNull()
  }
})

test('a device without room says so, and loses nothing else', () => {
  keepDraft(key('item_1'), draft('kept'))
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  expect(keepDraft(key('item_2'), draft('x'))).toBe(false)
  full.mockRestore()
  expect(readKeptDraft(key('item_1'))).not.toBeNull()
})

test('signing out forgets all of them', () => {
  keepDraft(key('item_1'), draft('x'))
  localStorage.setItem('igny8-locale', 'de')
  forgetDrafts()
  expect(namesOf()).toEqual([])
  expect(localStorage.getItem('igny8-locale')).toBe('de')
})
