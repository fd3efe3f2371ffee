import { beforeAll, describe, expect, test } from 'vitest'
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
import { call, refusal } from '../support/openapi.ts'

beforeAll(playWordPress)

const typesOf = async (site: ContentSite) => (await call(`GET ${site.path}/content-types/`, { token: site.key })).body
const syncItem = (site: ContentSite, id: string | number) =>
  call(`POST ${site.path}/sync-wordpress-content/`, { token: site.key, body: { content_id: id } })
const checkDrift = async (site: ContentSite) => {
  expect((await call(`POST ${site.path}/check-drift/`, { token: site.key })).status).toBe(202)
  expect(await quiet(site)).toMatchObject({ direction: 'drift_check', status: 'succeeded' })
  return (await typesOf(site)).drift_check
}
/** Requests of a sync that finds nothing. */
const requestsOfSync = async (site: ContentSite) => {
  const run = await syncSite(site, 'from_external')
  return (await call(`GET ${site.path}/runs/${run.id}/`, { token: site.key })).body.requests
}

describe('a post that somebody in WordPress has IGNY8 leave alone', () => {
  test('says so, keeps what IGNY8 has of it, and refuses changes with the reason', async () => {
    const site = await connectWordPress({ twoWay: true })
    const { item, postId } = await createShared(site)
    expect(await readItem(site, item.id)).toMatchObject({ left_alone: false, error: null })
    expect((await typesOf(site)).post_types.post.synced_count).toBe(1)
    site.model.leaveAlone(postId)
    await deliverAll(site)
    const error = { code: 'post_left_alone', fix: expect.stringContaining('Sync this post again') }
    await eventually(site, item.id, { left_alone: true, error: expect.objectContaining(error) })
    site.model.editPost(postId, { title: 'Theirs' })
    expect(site.outbox).toEqual([])
    await syncSite(site)
    expect(await readItem(site, item.id)).toMatchObject({ title: 'A', left_alone: true })
    expect((await typesOf(site)).post_types.post).toMatchObject({ count: 1, synced_count: 0 })
    for (const [request, body] of [[`PATCH /${item.id}`, { title: 'Ours' }], [`DELETE /${item.id}`]] as const)
      expect([request, ...refusal(await content(site, request, body))]).toEqual([request, 409, 'post_left_alone'])
    expect(refusal(await syncItem(site, item.id))).toEqual([409, 'post_left_alone'])
    expect(refusal(await syncItem(site, postId))).toEqual([409, 'post_left_alone'])
    expect((await content(site, `GET ?external_id=7,${postId}`)).body.results).toMatchObject([{ left_alone: true }])

    site.model.leaveAlone(postId, false)
    await deliverAll(site)
    await eventually(site, item.id, { left_alone: false, error: null, title: 'Theirs', state: 'synced' })
    expect((await typesOf(site)).post_types.post.synced_count).toBe(1)
  })

  test('lets a change wait that was made before IGNY8 knew, and gets it once it is synced again', async () => {
    const site = await connectWordPress({ twoWay: true })
    const { item, postId } = await createShared(site)
    site.model.leaveAlone(postId)
    site.outbox.splice(0)
    await patchItem(site, item.id, { title: 'Ours' })
    await eventually(site, item.id, { left_alone: true, state: 'local_ahead', title: 'Ours' })
    await quiet(site)
    expect(site.model.post(postId).title).toBe('A')
    const asked = site.model.stats.commands['apply']
    await syncSite(site)
    expect(site.model.stats.commands['apply'], 'IGNY8 knows now, and does not ask').toBe(asked)
    site.model.leaveAlone(postId, false)
    await deliverAll(site)
    await eventually(site, item.id, { left_alone: false, state: 'synced', title: 'Ours', error: null })
    expect(site.model.post(postId).title).toBe('Ours')
  })

  test('costs no sync a further request, whether IGNY8 had it or not, and no item comes of one that it had not', async () => {
    const site = await connectWordPress()
    const { item, postId } = await createShared(site)
    const before = await requestsOfSync(site)
    const secret = site.model.createPost({ title: 'Secret', status: 'publish', modifiedS: 1_700_000_000 })
    site.model.leaveAlone(secret.id)
    site.model.leaveAlone(postId)
    await deliverAll(site)
    await eventually(site, item.id, { left_alone: true })
    await syncSite(site, 'from_external')
    expect(await requestsOfSync(site)).toBe(before)
    const { results } = (await content(site, 'GET ?limit=9')).body
    expect(results.map(({ title }: { title: string }) => title)).toEqual(['A'])
  })

  test('is noticed by the drift check if its webhook was lost, and so is that it is synced again', async () => {
    const site = await connectWordPress()
    // long ago: what was changed a moment ago is read again by every run
    const { item, postId } = await createShared(site, { modifiedS: 1_700_000_000 })
    site.model.leaveAlone(postId)
    site.outbox.splice(0)
    expect(await checkDrift(site)).toMatchObject({ state: 'repaired', differing: 1, repaired: 1 })
    expect(await readItem(site, item.id)).toMatchObject({ left_alone: true, title: 'A' })
    expect(await checkDrift(site)).toMatchObject({ state: 'equal' })
    site.model.leaveAlone(postId, false)
    site.outbox.splice(0)
    expect(await checkDrift(site)).toMatchObject({ state: 'repaired', differing: 1, repaired: 1 })
    expect(await readItem(site, item.id)).toMatchObject({ left_alone: false, state: 'synced' })
  })

  test('is gone here too once it is deleted there', async () => {
    const site = await connectWordPress()
    const { item, postId } = await createShared(site)
    site.model.leaveAlone(postId)
    await deliverAll(site)
    await eventually(site, item.id, { left_alone: true })
    site.model.deletePost(postId)
    await deliverAll(site)
    await eventually(site, item.id, { state: 'deleted', left_alone: false })
  })
})

test('events can be listed for one item', async () => {
  const site = await connectWordPress()
  const { item } = await createShared(site)
  const other = site.model.createPost({ title: 'B', status: 'publish' })
  await syncSite(site)
  expect((await syncItem(site, item.id)).status).toBe(200)
  expect((await syncItem(site, (await itemOf(site, other.id)).id)).status).toBe(200)
  const { body } = await call(`GET ${site.path}/events/?item_id=${item.id}`, { token: site.key })
  expect(body.results).toMatchObject([{ action: 'sync_item', item_ids: [item.id] }])
  const { body: none } = await call(`GET ${site.path}/events/?item_id=item_other`, { token: site.key })
  expect(none.results).toEqual([])
})
