import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PostDocument } from '../../../src/contract/content-link.ts'
import { applied, applyCode, create } from './applying.ts'
import { fetchOne } from './common.ts'
import type { Subject } from './subject.ts'

const FIELDS = {
  title: '%%post_title%% – "T" \\ 🦊',
  description: 'R&D',
  focus_keyword: 'red shoes',
  canonical: 'https://example.com/?a=1',
  og_title: 'Social',
  og_description: 'Social text',
  og_image: 'https://example.com/og.jpg',
  twitter_title: 'Short',
  twitter_description: 'Shorter',
  twitter_image: 'https://example.com/tw.jpg',
  robots: ['noindex', 'nosnippet'],
  primary_category: 'Shoes',
}

const change = ({ id, type, etag: expected }: PostDocument, fields: Record<string, unknown>) => ({
  op: 'update',
  id,
  type,
  expect: expected,
  fields,
})

function seo(get: () => Subject): void {
  test('without an SEO plugin there are no fields, and a change of them is refused whole', async () => {
    const made = await create(get(), { title: 'Plain' }, 'post')
    expect(made.seo).toBeNull()
    const fields = { title: 'New', seo: { title: 'x' } }
    expect(await applyCode(get(), change(made, fields))).toBe('seo_unavailable')
    expect(await fetchOne(get(), made.id)).toEqual(made)
  })

  describe('with an SEO plugin', () => {
    beforeAll(() => get().arrange({ op: 'seo_plugin', name: 'seopress' }))
    afterAll(() => get().arrange({ op: 'seo_plugin', name: '' }))

    test('a document has its fields, empty where nothing is set', async () => {
      const [id] = await get().arrange({ op: 'insert', type: 'post', status: 'publish' })
      const empty = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, '']))
      const expected = { ...empty, provider: 'seopress', robots: [], primary_category: null }
      expect((await fetchOne(get(), id)).seo).toEqual(expected)
    })

    test('fields are written with a new post and with an old one, and the etag covers each', async () => {
      const terms = { category: ['Shoes'] }
      const made = await create(get(), { title: 'Shoes', terms, seo: { title: 'First' } }, 'post')
      expect(made.seo).toMatchObject({ provider: 'seopress', title: 'First', primary_category: null })
      let before = made
      for (const [name, value] of Object.entries(FIELDS)) {
        const after = await applied(get(), change(before, { seo: { [name]: value } }))
        expect(after.seo).toEqual({ ...before.seo, [name]: value })
        expect(after.etag).not.toBe(before.etag)
        before = after
      }
      expect(before.seo).toEqual({ provider: 'seopress', ...FIELDS })
      expect(before.meta).toEqual(made.meta)
    })

    test('a field, a directive or a category that can’t be stored is refused, and nothing is written', async () => {
      const made = await create(get(), { title: 'Refused' }, 'post')
      for (const bad of [{ colour: 'red' }, { robots: ['max-snippet:20'] }, { primary_category: 'Nowhere' }]) {
        const fields = { title: 'New', seo: { title: 'x', ...bad } }
        expect(await applyCode(get(), change(made, fields))).toBe('invalid_field')
      }
      expect(await fetchOne(get(), made.id)).toMatchObject({ etag: made.etag, title: 'Refused' })
    })

    test('a field changed on the site is told by a webhook', async () => {
      const made = await create(get(), { title: 'Told', status: 'publish' }, 'post')
      await get().webhooks()
      await get().arrange({ op: 'set_seo_title', id: made.id, title: 'By an editor' })
      expect((await fetchOne(get(), made.id)).seo).toMatchObject({ title: 'By an editor' })
      expect(await get().webhooks()).toMatchObject([{ event: 'post.metadata', post_id: made.id }])
    })
  })
}

export const describeSeo = (get: () => Subject) => describe('SEO fields', () => seo(get))
