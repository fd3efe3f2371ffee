import { beforeAll, describe, expect, test } from 'vitest'
import { SEO_ROBOTS, findRobotsFault } from '../../src/contract/seo-fields.ts'
import {
  connectWordPress,
  content,
  createShared,
  deliverAll,
  eventually,
  itemOf,
  patchItem,
  playWordPress,
  quiet,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { signUpPerson, type Person } from '../support/identity.ts'
import { refusal } from '../support/openapi.ts'

let owner: Person
beforeAll(async () => {
  playWordPress()
  owner = await signUpPerson()
})

const connect = async (): Promise<ContentSite> => {
  const site = await connectWordPress({ owner })
  site.model.site.seoPlugin = 'yoast'
  return site
}

describe('P12 SEO fields', () => {
  test('come in with the plugin that stores them, are changed one by one, and go to WordPress', async () => {
    const site = await connect()
    const { postId, item } = await createShared(site, { seo: { title: 'Old', robots: ['noodp'] } })
    expect(item.seo).toMatchObject({ provider: 'yoast', title: 'Old', description: '', robots: ['noodp'] })
    await patchItem(site, item.id, { seo: { description: 'New', robots: ['noindex', 'noodp'] } })
    const waiting = await readItem(site, item.id)
    expect([waiting.state, waiting.seo?.title, waiting.wordpress?.seo?.description]).toEqual(['local_ahead', 'Old', ''])
    await syncSite(site)
    expect(site.model.post(postId).seo).toEqual({ title: 'Old', description: 'New', robots: ['noindex', 'noodp'] })
    expect((await readItem(site, item.id)).state).toBe('synced')
    // a set of directives in another order is no change
    await patchItem(site, item.id, { seo: { robots: ['noodp', 'noindex'] } })
    expect((await readItem(site, item.id)).state).toBe('synced')
  })

  test('are merged field by field: only one that both sides changed is in conflict', async () => {
    const site = await connect()
    const { postId, item } = await createShared(site, { seo: { title: 'Old' } })
    await patchItem(site, item.id, { seo: { title: 'Here', canonical: 'https://example.com/' } })
    site.model.editPost(postId, { seo: { title: 'There', description: 'There too' } })
    await deliverAll(site)
    const conflict = await eventually(site, item.id, { state: 'conflict' })
    expect(conflict.conflict?.fields).toEqual(['seo.title'])
    expect(conflict.seo).toMatchObject({ title: 'Here', canonical: 'https://example.com/', description: 'There too' })
    await content(site, `POST /${item.id}/resolve`, { fields: { 'seo.title': 'wordpress' } })
    await syncSite(site)
    expect((await readItem(site, item.id)).seo).toMatchObject({ title: 'There', canonical: 'https://example.com/' })
  })

  test('of a new item go with it', async () => {
    const site = await connect()
    const made = await content(site, 'POST', { title: 'New', seo: { title: 'T' } })
    expect([made.status, made.body.seo.provider, made.body.seo.title]).toEqual([201, null, 'T'])
    await syncSite(site)
    expect((await readItem(site, made.body.id)).seo).toMatchObject({ provider: 'yoast', title: 'T', og_title: '' })
  })

  test('can’t be changed where no SEO plugin is active, as with the plugin before them', async () => {
    const site = await connectWordPress({ owner })
    const { item } = await createShared(site)
    expect(item.seo).toBeNull()
    const refused = await content(site, `PATCH /${item.id}`, { title: 'B', seo: { title: 'x' } })
    expect(refusal(refused)).toEqual([409, 'seo_unavailable'])
    expect(refused.body.detail).toMatch(/^seo: /)
    expect((await readItem(site, item.id)).title).toBe('A')
    const made = await content(site, 'POST', { title: 'New', seo: { title: 'T' } })
    await syncSite(site)
    expect(await readItem(site, made.body.id)).toMatchObject({
      state: 'failed',
      error: { code: 'seo_unavailable', fix: expect.stringContaining('Yoast') },
    })
  })

  test('go with their plugin, and come back with another', async () => {
    const site = await connect()
    const { postId, item } = await createShared(site, { seo: { title: 'Yoast' } })
    site.model.site.seoPlugin = null
    site.model.editPost(postId, { title: 'Without' })
    await deliverAll(site)
    expect((await eventually(site, item.id, { title: 'Without' })).seo).toBeNull()
    site.model.site.seoPlugin = 'rank_math'
    site.model.editPost(postId, { title: 'With another' })
    await deliverAll(site)
    const after = await eventually(site, item.id, { title: 'With another' })
    expect([after.state, after.seo?.provider]).toEqual(['synced', 'rank_math'])
    await quiet(site)
  })

  test('refuse a directive that the plugin can’t store, and what is no field', async () => {
    const site = await connect()
    const { postId, item } = await createShared(site)
    const refused = await content(site, `PATCH /${item.id}`, { seo: { robots: ['max-snippet:20'] } })
    expect(refusal(refused)).toEqual([409, 'robots_unsupported'])
    expect(refused.body.detail).toContain('noimageindex')
    for (const seo of [{ colour: 'red' }, { provider: 'yoast' }, { robots: 'noindex' }, { title: null }]) {
      expect(refusal(await content(site, `PATCH /${item.id}`, { seo }))).toEqual([400, 'validation_error'])
    }
    expect((await itemOf(site, postId)).state).toBe('synced')
  })
})

describe('the directives of each SEO plugin', () => {
  test('include those with a value where it has them, and never a contradiction', () => {
    for (const [provider, known] of Object.entries(SEO_ROBOTS)) {
      expect(findRobotsFault(provider, ['noindex', 'nosnippet'], [])).toBeNull()
      expect(findRobotsFault(provider, ['index', 'noindex'], [])).toContain('contradict')
      expect(findRobotsFault(provider, ['max-snippet:20'], []) === null).toBe(known.includes('max-snippet:'))
      expect(findRobotsFault(provider, ['odd'], ['odd'])).toBeNull()
    }
    expect(findRobotsFault('a later one', ['odd'], [])).toBeNull()
  })
})
