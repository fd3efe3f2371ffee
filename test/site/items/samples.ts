import * as fc from 'fast-check'
import type { PostDocument } from '../../../src/contract/content-link.ts'
import { PostSeo } from '../../../src/contract/seo.ts'
import { EMPTY_DOC, type ItemDoc } from '../../../src/site/items/doc.ts'
import { createRecord } from '../../../src/site/items/edit.ts'
import { importPost, type Rules } from '../../../src/site/items/import.ts'
import type { Decision, ItemRecord } from '../../../src/site/items/record.ts'

// few values, so that sides are often equal, and names that every object has
const text = fc.constantFrom('', 'a', 'b', '😀', '<b>\u0000</b>')
const name = fc.constantFrom('category', 'post_tag', 'constructor', '__proto__')
const key = fc.constantFrom('a', 'a.b', 'toString', '__proto__', '_yoast_wpseo_title')
const value = fc.constantFrom<unknown>('', 'x', 1, true, ['x'], { b: 1, a: 2 }, { a: 2, b: 1 })
const image = fc.record({ url: fc.constantFrom('https://x.test/1.jpg', 'https://x.test/2.jpg'), alt: text })

const dictionary = <T>(keys: fc.Arbitrary<string>, values: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
  fc.array(fc.tuple(keys, values), { maxLength: 3 }).map((entries) => Object.fromEntries(entries))

export const anyDoc: fc.Arbitrary<ItemDoc> = fc.record({
  title: text,
  body: text,
  excerpt: text,
  slug: text,
  status: fc.constantFrom('draft', 'publish', 'trash', 'custom-status'),
  date: fc.constantFrom(null, '2026-11-21T10:00:00.000Z', '2026-11-22T10:00:00.000Z'),
  parent: fc.constantFrom(null, 7, 'item_parent'),
  terms: dictionary(name, fc.uniqueArray(fc.constantFrom('News', 'Sport', 'Über'), { maxLength: 2 })),
  meta: dictionary(key, value),
  featured: fc.option(image),
  seo: fc.option(
    fc.record({
      title: text,
      robots: fc.uniqueArray(fc.constantFrom('noindex', 'nofollow', 'max-snippet:20'), { maxLength: 2 }),
      primary_category: fc.constantFrom(null, 'News'),
    }),
    { nil: undefined },
  ),
})

export const NOW_MS = 1_763_750_000_000

export const rules = (policy: Rules['policy'] = 'manual', now = NOW_MS): Rules => ({
  policy,
  now,
  newId: () => 'item_new',
})

export const doc = (changes: Partial<ItemDoc> = {}): ItemDoc => ({ ...EMPTY_DOC, ...changes })

let etags = 0

/** A post with these contents, and an etag that none had before. */
export const post = (contents: Partial<ItemDoc> = {}, more: Partial<PostDocument> = {}): PostDocument => {
  const { parent, featured, seo, ...plain } = doc(contents)
  return {
    ...plain,
    id: 12,
    type: 'post',
    etag: (++etags).toString(16).padStart(32, '0'),
    modified: NOW_MS / 1000,
    parent: typeof parent === 'number' ? parent : 0,
    author: 1,
    author_name: 'Ada',
    featured: featured && { id: 9, ...featured },
    seo: seo === undefined ? null : PostSeo.parse({ provider: 'yoast', ...seo }),
    url: 'https://site.test/12/',
    item_id: null,
    unfinished: false,
    builder: null,
    listed: true,
    protected: false,
    stale_save: null,
    made_of: null,
    ...more,
  }
}

/** What is decided, where something is. */
export function decided(decision: Decision | null): ItemRecord {
  if (!decision) throw new Error('nothing was decided')
  return decision.record
}

/** An item on which both sides agree. */
export const agreedItem = (contents: Partial<ItemDoc> = {}): ItemRecord => ({
  ...decided(importPost(null, post(contents), rules())),
  n: 1,
})

/** An item that was never sent. */
export const newItem = (contents: Partial<ItemDoc> = {}): ItemRecord => ({
  ...createRecord('item_1', 'post', contents, NOW_MS),
  n: 1,
})

/** The item after the site has shown this. */
export const imported = (before: ItemRecord, contents: Partial<ItemDoc>, more: Partial<Rules> = {}): ItemRecord =>
  decided(importPost(before, post(contents), { ...rules(), ...more }))
