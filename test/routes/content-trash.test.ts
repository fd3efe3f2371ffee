import { beforeAll, describe, expect, test } from 'vitest'
import { addMember, inAccount } from '../support/identity.ts'
import { connectWordPress, content, createShared, playWordPress, readItem, syncSite } from '../support/content.ts'
import { call, refusal } from '../support/openapi.ts'

beforeAll(playWordPress)

const statuses = (model: Awaited<ReturnType<typeof connectWordPress>>['model']) =>
  model.site.posts.byId('post').map(({ status }) => status)

describe('deleting an item', () => {
  test('moves it to the trash on both sides, and restoring it makes it a draft again', async () => {
    const site = await connectWordPress()
    const { item, postId } = await createShared(site)
    expect((await content(site, `DELETE /${item.id}`)).status).toBe(204)
    expect((await content(site, `DELETE /${item.id}`)).status).toBe(204)
    expect(await readItem(site, item.id)).toMatchObject({ status: 'trash', state: 'local_ahead', deleted: false })
    await syncSite(site)
    expect(site.model.post(postId).status).toBe('trash')
    expect((await content(site, 'GET ?status=trash')).body.results).toMatchObject([{ id: item.id, state: 'synced' }])
    expect((await content(site, 'GET ?status=publish')).body.results).toEqual([])
    const restored = await content(site, `POST /${item.id}/restore/`)
    expect(restored.body).toMatchObject({ status: 'draft', state: 'local_ahead' })
    await syncSite(site)
    expect(site.model.post(postId)).toMatchObject({ status: 'draft', slug: 'a' })
    expect(refusal(await content(site, `POST /${item.id}/restore/`))).toEqual([409, 'nothing_to_restore'])
  })

  test('permanently is refused for anything that is not in the trash of both sides', async () => {
    const site = await connectWordPress()
    const { item } = await createShared(site)
    const forGood = () => content(site, `DELETE /${item.id}?permanently=true`)
    expect(refusal(await forGood())).toEqual([409, 'not_in_trash'])
    await content(site, `DELETE /${item.id}`)
    expect(refusal(await forGood())).toEqual([409, 'not_in_trash'])
    await syncSite(site)
    expect((await forGood()).status).toBe(204)
    await syncSite(site)
    expect(statuses(site.model)).toEqual([])
    expect(await readItem(site, item.id)).toMatchObject({ state: 'deleted', body: 'a' })
  })

  test('permanently is for admins', async () => {
    const site = await connectWordPress()
    const { item } = await createShared(site)
    const editor = await addMember(site.owner, 'editor')
    const as = { token: editor.token, headers: inAccount(site.owner) }
    expect((await call(`DELETE ${site.content}/${item.id}/`, as)).status).toBe(204)
    await syncSite(site)
    const path = `DELETE ${site.content}/${item.id}/?permanently=true`
    expect(refusal(await call(path, as))).toEqual([403, 'role_too_low'])
    expect((await call(path, { token: site.owner.token })).status).toBe(204)
  })

  test('is refused where the site would delete the post at once, and nothing is lost', async () => {
    const site = await connectWordPress()
    const { item } = await createShared(site)
    site.model.site.hasTrash = false
    await syncSite(site)
    expect(refusal(await content(site, `DELETE /${item.id}`))).toEqual([409, 'trash_off'])
    expect(await readItem(site, item.id)).toMatchObject({ status: 'publish', state: 'synced' })
    expect(statuses(site.model)).toEqual(['publish'])
  })

  test('fails visibly where the site switched its trash off meanwhile', async () => {
    const site = await connectWordPress()
    const { item } = await createShared(site)
    await content(site, `DELETE /${item.id}`)
    site.model.site.hasTrash = false
    await syncSite(site, 'to_external')
    expect(await readItem(site, item.id)).toMatchObject({
      state: 'failed',
      error: { code: 'trash_off', fix: expect.stringContaining('EMPTY_TRASH_DAYS') },
    })
    expect(statuses(site.model)).toEqual(['publish'])
  })
})

describe('a post that WordPress deletes for good', () => {
  test('leaves its text in IGNY8, from which it can be made again', async () => {
    const site = await connectWordPress()
    const { item, postId } = await createShared(site)
    site.model.trash(postId)
    site.model.deletePost(postId)
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ state: 'deleted', title: 'A', body: 'a', wordpress: null })
    expect((await content(site, 'GET ?state=deleted')).body.results).toMatchObject([{ id: item.id }])
    await content(site, `POST /${item.id}/restore/`)
    await syncSite(site)
    const restored = await readItem(site, item.id)
    expect(restored).toMatchObject({ id: item.id, state: 'synced', status: 'draft', body: 'a' })
    expect(restored.external_id).not.toBe(String(postId))
    expect(statuses(site.model)).toEqual(['draft'])
  })
})
