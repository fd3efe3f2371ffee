import { beforeAll, describe, expect, test } from 'vitest'
import { runStructure } from '../model/commands/describe.ts'
import {
  connectWordPress,
  content,
  createShared,
  eventually,
  patchItem,
  playWordPress,
  quiet,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { call, refusal } from '../support/openapi.ts'

beforeAll(playWordPress)

const typesOf = async (site: ContentSite) => (await call(`GET ${site.path}/content-types/`, { token: site.key })).body
const switchOn = (site: ContentSite, patch: object) =>
  call(`PATCH ${site.path}/content-types/`, { token: site.owner.token, body: patch })

/** The owner decides in wp-admin, and the plugin pushes its structure. */
async function decide(site: ContentSite, slug: string, isDenied: boolean): Promise<void> {
  if (isDenied) site.model.site.denied.add(slug)
  else site.model.site.denied.delete(slug)
  const body: unknown = JSON.parse(runStructure(site.model.site))
  const pushed = await call(`POST ${site.path}/update-structure/`, { token: site.key, body })
  expect(pushed.status).toBe(200)
}

describe('a type that the site’s owner denies', () => {
  test('is off whatever the app’s switch says, and both say who decided', async () => {
    const site = await connectWordPress()
    expect((await typesOf(site)).post_types.post).toMatchObject({ enabled: true, decided_by: 'default' })
    await switchOn(site, { post_types: { page: { enabled: false } } })
    expect((await typesOf(site)).post_types.page).toMatchObject({ enabled: false, decided_by: 'igny8' })
    site.model.site.denied.add('post').add('category')
    await syncSite(site, 'metadata')
    const types = await typesOf(site)
    expect(types.post_types.post).toMatchObject({ enabled: false, decided_by: 'wordpress' })
    expect(types.taxonomies.category).toMatchObject({ enabled: false, decided_by: 'wordpress' })
    const refused = await switchOn(site, { post_types: { post: { enabled: true } } })
    expect(refusal(refused)).toEqual([409, 'type_denied'])
    expect(refused.body.errors).toMatchObject([{ path: 'body.post_types.post.enabled', code: 'type_denied' }])
    expect((await switchOn(site, { post_types: { post: { fetch_limit: 7 } } })).status).toBe(200)
  })

  test('keeps what IGNY8 has of it, reads and sends nothing, and refuses changes with the reason', async () => {
    const site = await connectWordPress()
    const { item, postId } = await createShared(site)
    site.model.site.denied.add('post')
    await syncSite(site, 'metadata')
    site.model.editPost(postId, { title: 'Theirs' })
    site.model.createPost({ title: 'New there', status: 'publish' })
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ title: 'A', state: 'synced' })
    const attempts: [string, unknown?][] = [
      [`PATCH /${item.id}`, { title: 'Ours' }],
      [`DELETE /${item.id}`],
      ['POST /', { type: 'post', title: 'New here' }],
    ]
    for (const [request, body] of attempts)
      expect([request, ...refusal(await content(site, request, body))]).toEqual([request, 409, 'type_denied'])
    const one = { token: site.key, body: { content_id: item.id } }
    expect(refusal(await call(`POST ${site.path}/sync-wordpress-content/`, one))).toEqual([409, 'type_denied'])
    expect((await content(site, 'GET ?limit=9')).body.results).toHaveLength(1)
  })

  test('lets a change wait that was made before, says why, and syncs by itself once it is allowed again', async () => {
    const site = await connectWordPress({ twoWay: true })
    const { item, postId } = await createShared(site)
    site.model.site.denied.add('post')
    // the API does not know yet: the plugin refuses the command itself
    await patchItem(site, item.id, { title: 'Ours' })
    const error = { code: 'type_denied', fix: expect.stringContaining('wp-admin') }
    await eventually(site, item.id, { state: 'local_ahead', error: expect.objectContaining(error) })
    await quiet(site)
    expect(site.model.post(postId).title).toBe('A')
    await syncSite(site)
    const asked = site.model.stats.commands['apply']
    await syncSite(site)
    expect(site.model.stats.commands['apply'], 'the API knows now, and does not ask').toBe(asked)
    await decide(site, 'post', false)
    await eventually(site, item.id, { state: 'synced', title: 'Ours', error: null })
    expect(site.model.post(postId).title).toBe('Ours')
  })

  test('loses no item to a webhook that names a post of it', async () => {
    const site = await connectWordPress()
    const { item, postId } = await createShared(site)
    site.model.editPost(postId, { title: 'Theirs' })
    site.model.site.denied.add('post')
    for (const webhook of site.outbox.splice(0)) {
      const { path, headers, body } = await site.model.signWebhook(webhook)
      expect((await call(`POST ${path}`, { token: site.key, body: JSON.parse(body), headers })).status).toBe(202)
    }
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ title: 'A', state: 'synced' })
  })
})
