import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { buildWorker } from '../../bench/lib/bundle.ts'
import { signMessage } from '../../src/lib/signature.ts'
import { serveModel, type ServedModel } from '../model/serve.ts'
import { ModelWordPress } from '../model/wordpress.ts'
import { migrationFiles, openPlatform, type Deployed, type Deployment } from './support/deployment.ts'
import { lastRelease, type Release } from './support/release.ts'

/** How long each step of a deployment lasts, at least. */
const STEP_MS = 2_000
const PARALLEL = 4

interface Answer {
  status: number
  // oxlint-disable-next-line no-explicit-any -- tests look into bodies of every shape
  body: any
}

let release: Release
let today: Deployed['objects']
let platform: Deployment
let model: ModelWordPress
let served: ServedModel
const known = { token: '', key: '', siteId: '', integration: '', content: '', itemId: '' }

async function send(edge: string, request: string, body?: unknown, more: Record<string, string> = {}): Promise<Answer> {
  const [method = 'GET', path = ''] = request.split(' ')
  const token = more['authorization'] === undefined ? { authorization: `Bearer ${known.token}` } : {}
  const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...token, ...more }
  const url = new URL(`/api/v1${path}`, await platform.url(edge))
  const answer = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

async function must(edge: string, request: string, body?: unknown, more: Record<string, string> = {}) {
  const answer = await send(edge, request, body, more)
  expect(answer.status, `${request}: ${JSON.stringify(answer.body)}`).toBeLessThan(300)
  return answer.body
}

const STRUCTURE = {
  post_types: { post: { label: 'Posts', count: 50, enabled: true } },
  taxonomies: {},
  plugin_connection_enabled: true,
  two_way_sync_enabled: true,
}

let messages = 0
async function signed(body: unknown): Promise<Record<string, string>> {
  const [id, timestamp] = [`msg_release_${++messages}`, Math.floor(Date.now() / 1000)]
  const signature = await signMessage({ id, timestamp, body: JSON.stringify(body), secrets: [model.signingSecret] })
  const own = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  return { ...own, authorization: `Bearer ${known.key}` }
}

/** What people and plugins do all day. */
const TRAFFIC: ((edge: string, n: number) => Promise<Answer>)[] = [
  (edge) => send(edge, `GET ${known.integration}/content-types/`),
  (edge) => send(edge, `GET ${known.content}/?limit=20`),
  (edge) => send(edge, `GET ${known.integration}/sync-status/`),
  (edge) => send(edge, `GET ${known.integration}/events/`),
  (edge) => send(edge, `GET ${known.integration}/`),
  (edge) => send(edge, `GET ${known.integration}/runs/?limit=5`),
  (edge) => send(edge, `GET ${known.integration}/activity/`),
  (edge) => send(edge, `GET ${known.content}/${known.itemId}/`),
  (edge) => send(edge, `GET /sites/${known.siteId}/api-keys/`),
  (edge) => send(edge, 'GET /auth/get-session'),
  (edge) => send(edge, 'GET /members/'),
  (edge) => send(edge, `POST ${known.integration}/update-structure/`, STRUCTURE),
  (edge) => send(edge, `POST ${known.integration}/test-connection/`),
  (edge) => send(edge, 'GET /sites/', undefined, { authorization: `Bearer ${known.key}` }),
  async (edge, n) => {
    const post = model.createPost({ title: `Post ${n}`, status: 'publish' })
    const body = {
      event: 'post.status',
      post_id: post.id,
      post_type: 'post',
      status: 'publish',
      modified_gmt: '2026-11-21T10:00:00Z',
    }
    return send(edge, 'POST /integration/webhooks/wordpress/status/', body, await signed(body))
  },
  async (edge) => {
    const wants = { commands: 50, bytes: 1_000_000 }
    const clock = Math.floor(Date.now() / 1000)
    const body = { protocol: 1, trigger: 'cron', clock, transport: 'direct', wants, results: [] }
    return send(edge, `POST ${known.integration}/poll/`, body, await signed(body))
  },
  (edge, n) => send(edge, `PATCH ${known.content}/${known.itemId}/`, { title: `Title ${n}` }),
  (edge) => send(edge, `POST ${known.integration}/sync/`, { direction: 'both' }),
  (edge, n) =>
    send(edge, `POST ${known.content}/`, { title: `Made ${n}`, body: 'x' }, { 'idempotency-key': `made-${n}` }),
]

let made = 0

/** Keeps traffic going on these edges while something happens, and for a while. @returns how much there was; none may have failed */
async function under(edges: string[], work: () => Promise<void> = async () => undefined): Promise<number> {
  const failures: unknown[] = []
  const state = { isOver: false, sent: 0 }
  const loop = async () => {
    while (!state.isOver) {
      const n = ++made
      const edge = edges[n % edges.length] ?? ''
      const request = TRAFFIC[Math.floor(n / edges.length) % TRAFFIC.length]
      try {
        const answer = await request?.(edge, n)
        if (!answer || answer.status >= 400) failures.push([edge, n % TRAFFIC.length, answer])
      } catch (cause) {
        failures.push([edge, n % TRAFFIC.length, cause])
      }
      state.sent++
    }
  }
  const loops = Array.from({ length: PARALLEL }, loop)
  await work()
  const least = state.sent + 2 * edges.length * TRAFFIC.length
  await pause(STEP_MS)
  // every kind of request at every edge, however slow the machine is
  while (state.sent < least && failures.length === 0) await pause(100)
  state.isOver = true
  await Promise.all(loops)
  expect(failures).toEqual([])
  return state.sent
}

const settled = (edge: string) =>
  vi.waitFor(async () => expect((await must(edge, `GET ${known.integration}/sync-status/`)).current_run).toBeNull(), {
    timeout: 60_000,
    interval: 50,
  })

/** Every item of the site, by its id: what it is linked to, and what it says. */
async function items(edge: string) {
  const all = new Map<string, { external_id: string | null; type: string }>()
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await must(edge, `GET ${known.content}/?limit=200${cursor && `&cursor=${cursor}`}`)
    for (const { id, external_id, type } of page.results) all.set(id, { external_id, type })
    cursor = page.next
  }
  return all
}

beforeAll(async () => {
  release = lastRelease()
  today = await buildWorker('today')
  platform = await openPlatform({ edges: { released: release.worker }, objects: release.worker })
  await platform.migrate(release.migrations)
  await platform.migrate(release.eventMigrations, 'migrations-events')
  model = new ModelWordPress()
  served = await serveModel(model)
  const person = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' }
  known.token = (await must('released', 'POST /auth/sign-up/email', person)).token
  known.siteId = (await must('released', 'POST /sites/', { name: 'A site', url: served.url })).id
  known.key = (await must('released', `POST /sites/${known.siteId}/api-keys/`, {})).key
  const body = { site_id: known.siteId, api_key: known.key, site_url: served.url, signing_secret: model.signingSecret }
  const connected = await must('released', 'POST /integration/integrations/test-connection/', body)
  model.executor.integrationId = connected.integration_id
  known.integration = `/integration/integrations/${connected.integration_id}`
  known.content = `/sites/${known.siteId}/content`
  for (let n = 0; n < 50; n++) model.createPost({ title: `Old ${n}`, status: 'publish' })
  await must('released', `POST ${known.integration}/sync/`, { direction: 'both' })
  await settled('released')
  known.itemId = (await must('released', `GET ${known.content}/?limit=1`)).results[0].id
})
afterAll(async () => {
  await platform.stop()
  await served.stop()
})

test(
  'T48 a deployment under traffic, step by step and back again, fails no request and loses nothing',
  { timeout: 180_000 },
  async () => {
    const newer = migrationFiles().filter((name) => !release.migrations.includes(name))
    const events = migrationFiles('migrations-events').filter((name) => !release.eventMigrations.includes(name))
    const traffic: Record<string, number> = {}

    // 1: the migrations, while the release before serves
    traffic['migrations'] = await under(['released'], async () => {
      await platform.migrate(newer)
      await platform.migrate(events, 'migrations-events')
    })

    // 2: the new code at some edges, objects still the old
    await settled('released')
    const before = await items('released')
    await platform.deploy({ edges: { released: release.worker, today }, objects: release.worker })
    traffic['edges'] = await under(['released', 'today'])
    await settled('today')

    // 3: objects are new too, edges of the release before still there; their databases are migrated as they wake
    await platform.deploy({ edges: { released: release.worker, today }, objects: today })
    traffic['objects'] = await under(['released', 'today'])
    await settled('today')
    const after = await items('today')
    for (const [id, item] of before)
      expect(after.get(id), id).toMatchObject(item.external_id === null ? { type: item.type } : item)

    // 4: all of it back, on what the new code has left
    await platform.deploy({ edges: { released: release.worker }, objects: release.worker })
    traffic['back'] = await under(['released'])
    await settled('released')

    // 5: and forth: both sides have everything, once
    await platform.deploy({ edges: { today }, objects: today })
    await must('today', `POST ${known.integration}/sync/`, { direction: 'both' })
    await settled('today')
    const last = await items('today')
    const linked = [...last.values()].map(({ external_id }) => external_id)
    expect(new Set(linked).size).toBe(linked.length)
    expect([...linked].map(Number).sort((one, other) => one - other)).toEqual(
      [...model.site.posts.all()].map(({ id }) => id).sort((one, other) => one - other),
    )
    console.info({ release: release.version, migrations: newer, traffic, items: last.size })
  },
)
