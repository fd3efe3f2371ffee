import { expect, test } from 'vitest'
import { connectWordPress, content, itemOf, playWordPress, readItem, syncSite } from '../support/content.ts'
import { call } from '../support/openapi.ts'

playWordPress()

async function connect() {
  const site = await connectWordPress()
  site.model.site.users.set(7, 'Bob')
  await syncSite(site, 'metadata')
  return site
}

test('the author of a post is shown, and can be sent back as it is shown', async () => {
  const site = await connect()
  const post = site.model.createPost({ title: 'A', status: 'publish' })
  await syncSite(site)
  const item = await itemOf(site, post.id)
  expect(item.author).toEqual({ id: 1, name: 'admin' })
  const { title, body, excerpt, slug, date, parent_id, author, terms, meta, featured_image } = item
  const same = { title, body, excerpt, slug, date, parent_id, author, terms, meta, featured_image }
  const answer = await content(site, `PATCH /${item.id}`, same)
  expect([answer.status, answer.body.revision, answer.body.state]).toEqual([200, item.revision, 'synced'])
})

test('an author is set by id, by a name of the map, and by a name that the site knows', async () => {
  const site = await connect()
  const mapped = { config_json: { author_map: { 'Robert (IGNY8)': 7 } } }
  expect((await call(`PATCH ${site.path}/`, { token: site.owner.token, body: mapped })).status).toBe(200)
  for (const author of [7, { id: 7, name: 'Bob' }, 'Robert (IGNY8)', 'Bob']) {
    const { status, body: made } = await content(site, 'POST /', { title: 'A', author })
    expect(status).toBe(201)
    await syncSite(site, 'to_external')
    expect(await readItem(site, made.id)).toMatchObject({ state: 'synced', author: { id: 7, name: 'Bob' } })
  }
})

test('an author whom the site does not have fails the item with a reason', async () => {
  const site = await connect()
  const { body: made } = await content(site, 'POST /', { title: 'A', author: 'Nobody' })
  expect(made.author).toEqual({ id: null, name: 'Nobody' })
  await syncSite(site, 'to_external')
  const item = await readItem(site, made.id)
  expect(item).toMatchObject({ state: 'failed', error: { code: 'author_not_found', fix: expect.any(String) } })
})

test('the possible authors of a site are listed', async () => {
  const site = await connect()
  const { status, body } = await call(`GET ${site.path}/authors/`, { token: site.key })
  expect(status).toBe(200)
  expect(body).toEqual({
    results: [
      { id: 1, name: 'admin' },
      { id: 7, name: 'Bob' },
    ],
    next: null,
  })
})

test('an item whose field the site alters says which, both values, and who alters it', async () => {
  const site = await connect()
  site.model.site.alterText = (text) => text.replaceAll('cat', 'dog')
  const { body: made } = await content(site, 'POST /', { title: 'A cat' })
  await syncSite(site, 'to_external')
  const { error } = await readItem(site, made.id)
  expect(error).toMatchObject({
    code: 'content_altered',
    alteration: { field: 'title', before: 'A cat', after: 'A dog', by: 'model', filter: 'model_filter' },
  })
})
