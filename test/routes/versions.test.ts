import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { VersionEntry } from '../../src/contract/versions.ts'
import {
  connectWordPress,
  content,
  createShared,
  deliverAll,
  eventually,
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

const connect = () => connectWordPress({ owner })

async function versionsOf(site: ContentSite, id: string, token = site.key): Promise<VersionEntry[]> {
  const answer = await content(site, `GET /${id}/versions`, undefined, token)
  expect([answer.status, answer.body.next]).toEqual([200, null])
  return answer.body.results
}

const restore = (site: ContentSite, id: string, version: string, body: object, token = site.key) =>
  content(site, `POST /${id}/versions/${version}/restore`, body, token)

describe('T77 the history of an item', () => {
  test('names the people on both sides, and a restored version arrives in WordPress', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site, { slug: 'a' })
    site.model.site.savedBy = 'Grace'
    site.model.editPost(postId, { title: 'By Grace' })
    await deliverAll(site)
    await eventually(site, item.id, { title: 'By Grace', state: 'synced' })
    await content(site, `PATCH /${item.id}`, { title: 'By the owner' }, owner.token)
    await syncSite(site)
    const { revision } = await eventually(site, item.id, { title: 'By the owner', state: 'synced' })
    const versions = await versionsOf(site, item.id)
    expect(versions.map(({ action, actor, wordpress_user: user }) => [action, actor?.kind ?? null, user])).toEqual([
      ['edit', 'user', null],
      ['read', null, 'Grace'],
      ['read', null, null],
    ])
    const [current, byGrace, first] = versions
    expect(current).toMatchObject({
      id: 'current',
      fields: ['title'],
      until: null,
      actor: { name: expect.any(String) },
    })
    expect(byGrace).toMatchObject({ fields: ['title'], until: current?.at, side: 'igny8' })
    expect(first?.source).toMatch(/^run_/)
    const whole = await content(site, `GET /${item.id}/versions/${byGrace?.id}`)
    expect([whole.status, whole.body.content.title]).toEqual([200, 'By Grace'])

    const restored = await restore(site, item.id, byGrace?.id ?? '', { if_revision: revision }, owner.token)
    expect([restored.status, restored.body.title]).toEqual([200, 'By Grace'])
    await syncSite(site)
    await eventually(site, item.id, { state: 'synced' })
    expect(site.model.site.posts.get(postId)?.title).toBe('By Grace')
    expect((await versionsOf(site, item.id))[0]).toMatchObject({ action: 'restore_version', source: byGrace?.id })
  })

  test('is sent at once where two-way sync is on, as an edit is', async () => {
    const site = await connectWordPress({ owner, twoWay: true })
    const { item, postId } = await createShared(site)
    await patchItem(site, item.id, { title: 'B' })
    await quiet(site)
    const { revision } = await readItem(site, item.id)
    const [, first] = await versionsOf(site, item.id)
    await restore(site, item.id, first?.id ?? '', { if_revision: revision })
    await vi.waitFor(() => expect(site.model.site.posts.get(postId)?.title).toBe('A'), { timeout: 10_000 })
  })

  test('keeps both texts of a conflict', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site, { slug: 'a' })
    site.model.editPost(postId, { title: 'there' })
    await patchItem(site, item.id, { title: 'here' })
    await syncSite(site)
    await eventually(site, item.id, { state: 'conflict' })
    const versions = await versionsOf(site, item.id)
    const theirs = versions.find(({ side }) => side === 'wordpress')
    const whole = await content(site, `GET /${item.id}/versions/${theirs?.id}`)
    expect([theirs?.fields, whole.body.content.title]).toEqual([['title'], 'there'])
  })

  test('is paged, and a cursor that is none is refused', async () => {
    const site = await connect()
    const { item } = await createShared(site)
    for (const title of ['B', 'C', 'D']) await patchItem(site, item.id, { title })
    const first = await content(site, `GET /${item.id}/versions?limit=2`)
    expect(first.body.results).toHaveLength(2)
    const rest = await content(site, `GET /${item.id}/versions?limit=200&cursor=${first.body.next}`)
    expect([rest.body.results.length, rest.body.next]).toEqual([2, null])
    for (const cursor of ['v_', 'v_1_', 'row_1', 'v_1_1_1'])
      expect(refusal(await content(site, `GET /${item.id}/versions?cursor=${cursor}`))).toEqual([400, 'invalid_cursor'])
  })

  test('is the item’s own: versions of others and of items that are not there are refused', async () => {
    const [site, other] = [await connect(), await connectWordPress({ owner: await signUpPerson() })]
    const { item } = await createShared(site)
    await patchItem(site, item.id, { title: 'B' })
    const version = (await versionsOf(site, item.id))[1]?.id ?? ''
    const second = await content(site, 'POST ', { title: 'Second' })
    expect(refusal(await content(site, `GET /${second.body.id}/versions/${version}`))).toEqual([
      404,
      'version_not_kept',
    ])
    expect(refusal(await content(site, 'GET /item_none/versions'))).toEqual([404, 'item_not_found'])
    expect(refusal(await content(site, `GET /item_none/versions/${version}`))).toEqual([404, 'item_not_found'])
    expect(refusal(await content(site, `GET /${item.id}/versions`, undefined, other.key))).toEqual([
      404,
      'site_not_found',
    ])
    const stolen = await restore(site, item.id, version, { if_revision: 1 }, other.key)
    expect(refusal(stolen)).toEqual([404, 'site_not_found'])
  })
})

describe('the restore of a version', () => {
  test('needs the revision that its caller saw, and is refused at another', async () => {
    const site = await connect()
    const { item } = await createShared(site)
    await patchItem(site, item.id, { title: 'B' })
    const { revision } = await readItem(site, item.id)
    const version = (await versionsOf(site, item.id))[1]?.id ?? ''
    expect(refusal(await restore(site, item.id, version, {}))).toEqual([400, 'validation_error'])
    await patchItem(site, item.id, { title: 'C' })
    expect(refusal(await restore(site, item.id, version, { if_revision: revision }))).toEqual([409, 'conflict'])
    expect((await readItem(site, item.id)).title).toBe('C')
  })

  test('that meets a change in WordPress becomes a conflict: neither text is lost', async () => {
    const site = await connect()
    const { item, postId } = await createShared(site, { slug: 'a' })
    await patchItem(site, item.id, { title: 'B' })
    await syncSite(site)
    const { revision } = await eventually(site, item.id, { state: 'synced', title: 'B' })
    site.model.editPost(postId, { title: 'Meanwhile' })
    const version = (await versionsOf(site, item.id))[1]?.id ?? ''
    expect((await restore(site, item.id, version, { if_revision: revision })).status).toBe(200)
    await syncSite(site)
    const { conflict, title } = await eventually(site, item.id, { state: 'conflict' })
    expect([title, conflict?.wordpress?.title]).toEqual(['A', 'Meanwhile'])
    expect(site.model.site.posts.get(postId)?.title).toBe('Meanwhile')
  })

  test('takes fields one by one', async () => {
    const site = await connect()
    const { item } = await createShared(site)
    await patchItem(site, item.id, { title: 'B', excerpt: 'new' })
    const { revision } = await readItem(site, item.id)
    const version = (await versionsOf(site, item.id))[1]?.id ?? ''
    const answer = await restore(site, item.id, version, { if_revision: revision, fields: ['title'] })
    expect([answer.body.title, answer.body.excerpt]).toEqual(['A', 'new'])
  })
})
