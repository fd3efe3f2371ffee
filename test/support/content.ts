import { expect, vi } from 'vitest'
import type { Item } from '../../src/contract/content.ts'
import type { Direction, Run } from '../../src/contract/sync.ts'
import { modelFetch } from '../model/fetch.ts'
import { ModelWordPress, type ModelWebhook } from '../model/wordpress.ts'
import { createTestKey, createTestSite, signUpPerson, type Answer, type Person } from './identity.ts'
import { COLLECTION } from './integration.ts'
import { call } from './openapi.ts'

const internet = new Map<string, ModelWordPress>()
type Way = 'requests' | 'answers'
const gates = { requests: new Map<ModelWordPress, Promise<void>>(), answers: new Map<ModelWordPress, Promise<void>>() }
let made = 0

/** Replaces the internet by WordPress models, for the rest of the file, because runs outlive the test that started them. */
export function playWordPress(): void {
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    const model = internet.get(new URL(request.url).origin)
    if (!model) throw new TypeError('DNS lookup failed.')
    const { method, headers } = request
    const body = await request.text()
    await gates.requests.get(model)
    const answer = await modelFetch(model)(request.url, { method, headers, body, signal: init?.signal ?? null })
    await gates.answers.get(model)
    return answer
  })
}

/** Holds requests to WordPress, or its responses, until the returned function is called. */
export function hold({ model }: Pick<ContentSite, 'model'>, way: Way = 'requests'): () => void {
  let open: () => void = () => undefined
  gates[way].set(model, new Promise((resolve) => (open = resolve)))
  return () => {
    gates[way].delete(model)
    open()
  }
}

/** A connected site with content in WordPress and in IGNY8. */
export interface ContentSite {
  owner: Person
  siteId: string
  key: string
  keyId: string
  integrationId: string
  /** Path of the integration and of the site's content, without a trailing slash. */
  path: string
  content: string
  model: ModelWordPress
  /** Webhooks that the plugin has not delivered yet. */
  outbox: ModelWebhook[]
}

interface SiteOptions {
  owner?: Person
  /** Whether two-way sync is on. */
  twoWay?: boolean
}

/** A model WordPress whose plugin has connected and pushed its structure. */
export async function connectWordPress({ owner, twoWay = false }: SiteOptions = {}): Promise<ContentSite> {
  const outbox: ModelWebhook[] = []
  const url = `https://wordpress-${++made}.example.com`
  const model = new ModelWordPress({ url, now: () => Date.now(), onWebhook: (webhook) => outbox.push(webhook) })
  model.site.options['two_way_sync_enabled'] = twoWay
  internet.set(url, model)
  const person = owner ?? (await signUpPerson())
  const siteId = await createTestSite(person, url)
  const { id: keyId, key } = await createTestKey(person, siteId)
  const body = { site_id: siteId, api_key: key, site_url: url, signing_secret: model.signingSecret }
  const connected = await call(`POST ${COLLECTION}/test-connection/`, { body })
  expect(connected.status).toBe(201)
  const integrationId: string = connected.body.integration_id
  model.executor.integrationId = integrationId
  const path = `${COLLECTION}/${integrationId}`
  const site = { owner: person, siteId, key, keyId, integrationId, path, model, outbox }
  await syncSite(site, 'metadata')
  return { ...site, content: `/api/v1/sites/${siteId}/content` }
}

/** Moves a WordPress to another address; it stops answering at the old one. */
export function moveWordPress({ model }: Pick<ContentSite, 'model'>, url: string): void {
  internet.delete(model.url)
  model.site.url = url
  internet.set(url, model)
}

type Syncable = Pick<ContentSite, 'path' | 'key'>

/** Waits until no run is unfinished. @returns the last run */
export const quiet = (site: Syncable): Promise<Run> =>
  vi.waitFor(
    async () => {
      const { body } = await call(`GET ${site.path}/sync-status/`, { token: site.key })
      expect(body.current_run).toBeNull()
      return body.last_run
    },
    { timeout: 10_000, interval: 10 },
  )

/** Syncs and waits until the run has ended. */
export async function syncSite(site: Syncable, direction: Direction = 'both'): Promise<Run> {
  const started = await call(`POST ${site.path}/sync/`, { token: site.key, body: { direction } })
  expect(started.status).toBe(202)
  const run = await quiet(site)
  expect(run).toMatchObject({ id: started.body.id, status: 'succeeded' })
  return run
}

/** A request about the content of a site: `GET ?type=post`, `PATCH /item_…`. */
export function content(site: ContentSite, request: string, body?: unknown, token = site.key): Promise<Answer> {
  const [method, rest = ''] = request.split(' ')
  return call(`${method} ${site.content}/${rest.replace(/^\//, '')}`, { token, body })
}

/** The item of a post. */
export async function itemOf(site: ContentSite, postId: number): Promise<Item> {
  const { body } = await content(site, `GET ?external_id=${postId}`)
  expect(body.results, `an item for post ${postId}`).toHaveLength(1)
  return readItem(site, body.results[0].id)
}

export async function readItem(site: ContentSite, id: string): Promise<Item> {
  const answer = await content(site, `GET /${id}`)
  expect(answer.status).toBe(200)
  return answer.body
}

/** Sends one webhook as the plugin does. */
export async function deliver(
  site: ContentSite,
  webhook: ModelWebhook,
  options: { token?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { path, headers, body } = await site.model.signWebhook(webhook)
  return call(`POST ${path}`, {
    token: site.key,
    body: JSON.parse(body),
    ...options,
    headers: { ...headers, ...options.headers },
  })
}

/** Delivers all pending webhooks, in order. */
export async function deliverAll(site: ContentSite): Promise<void> {
  for (const webhook of site.outbox.splice(0)) expect((await deliver(site, webhook)).status).toBe(202)
}

/** Waits until an item matches what is expected. */
export const eventually = (site: ContentSite, id: string, expected: Partial<Item>): Promise<Item> =>
  vi.waitFor(
    async () => {
      const item = await readItem(site, id)
      expect(item).toMatchObject(expected)
      return item
    },
    { timeout: 10_000, interval: 10 },
  )

/** Changes an item. */
export async function patchItem(site: ContentSite, id: string, body: Record<string, unknown>): Promise<void> {
  expect((await content(site, `PATCH /${id}`, body)).status).toBe(200)
}

/** A post and its item. */
export async function createShared(
  site: ContentSite,
  input: Parameters<ModelWordPress['createPost']>[0] = {},
): Promise<{ postId: number; item: Item }> {
  const post = site.model.createPost({ title: 'A', body: 'a', status: 'publish', ...input })
  await syncSite(site, 'from_external')
  return { postId: post.id, item: await itemOf(site, post.id) }
}
