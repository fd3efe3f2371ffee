import { beforeAll, expect, test } from 'vitest'
import { createSigningSecret, signMessage } from '../../src/lib/signature.ts'
import {
  connectWordPress,
  content,
  eventually,
  itemOf,
  moveWordPress,
  patchItem,
  playWordPress,
  readItem,
  syncSite,
  type ContentSite,
} from '../support/content.ts'
import { call } from '../support/openapi.ts'

beforeAll(() => playWordPress())

async function move(site: ContentSite, to: string): Promise<void> {
  const old = site.model.signingSecret
  const newSecret = createSigningSecret()
  moveWordPress(site, to)
  site.model.http.signingSecrets = [newSecret, old]
  const body = { site_url: to, signing_secret: newSecret }
  const timestamp = Math.floor(Date.now() / 1000)
  const signature = await signMessage({ id: 'msg_move', timestamp, body: JSON.stringify(body), secrets: [old] })
  const headers = { 'webhook-id': 'msg_move', 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  const answer = await call(`POST ${site.path}/move/`, { token: site.key, body, headers })
  expect([answer.status, answer.body.code]).toEqual([200, 'moved'])
}

test('T33 after a move links and images are those of the new address, and sync goes on with nothing twice', async () => {
  const site = await connectWordPress()
  const from = site.model.url
  const to = 'https://new-home.example.org'
  const image = site.model.addImage('Sea', 'Blue')
  const body = `<!-- wp:html --><a href="${from}/hello/">🎉 \u2028</a><!-- /wp:html -->`
  const meta = { _yoast_wpseo_title: `${from}/x` }
  const post = site.model.createPost({ title: 'Hello', body, meta, status: 'publish', featured: image.id })
  const other = site.model.createPost({ title: 'Other', status: 'publish' })
  await syncSite(site, 'from_external')
  const before = await itemOf(site, post.id)
  expect([before.external_url, before.featured_image?.url]).toEqual([
    `${from}/hello/`,
    `${from}/wp-content/uploads/sea.jpg`,
  ])
  const waiting = await itemOf(site, other.id)
  await patchItem(site, waiting.id, { title: 'Edited here' })

  await move(site, to)
  const after = await readItem(site, before.id)
  expect([after.external_url, after.featured_image?.url]).toEqual([`${to}/hello/`, `${to}/wp-content/uploads/sea.jpg`])
  // what the site reports about itself stays
  const links = JSON.stringify(before).replaceAll(`"url":"${from}/`, `"url":"${to}/`)
  expect(after).toEqual({ ...JSON.parse(links), external_url: after.external_url })

  const run = await syncSite(site, 'both')
  expect(run.counts).toMatchObject({ created: 0, deleted: 0, failed: 0, conflicts: 0 })
  await eventually(site, waiting.id, { state: 'synced', title: 'Edited here', external_url: `${to}/other/` })
  expect([...site.model.site.posts.all()].filter(({ type }) => type === 'post')).toHaveLength(2)
  const { body: list } = await content(site, 'GET ?limit=200')
  expect(list.results).toHaveLength(2)
})
