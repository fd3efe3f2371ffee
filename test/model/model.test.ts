import { describe, expect, test } from 'vitest'
import { ApplyData, FetchData, IndexData, PostDocument } from '../../src/contract/content-link.ts'
import { verifyMessage } from '../../src/lib/signature.ts'
import { sendCommands } from '../../src/site/transport/direct/send.ts'
import { LinkError } from '../../src/site/transport/direct/errors.ts'
import { modelFetch } from './fetch.ts'
import type { Fault, Faults } from './faults.ts'
import { fillPosts } from './fill.ts'
import { serveModel } from './serve.ts'
import { ModelWordPress, type ModelOptions, type ModelWebhook } from './wordpress.ts'

const NOW_MS = 1_763_750_000_000
let sent = 0

type Fetch = (url: string, init: RequestInit) => Promise<Response>

const createModel = (options: ModelOptions = {}) => new ModelWordPress({ now: () => NOW_MS, ...options })

async function send(
  model: ModelWordPress,
  commands: [string, Record<string, unknown>][],
  options: { fetch?: Fetch; timeoutMs?: number } = {},
) {
  const { fetch = modelFetch(model), timeoutMs = 20_000 } = options
  const { results } = await sendCommands({
    endpoint: `${model.url}/wp-json/igny8/v1/commands`,
    signingSecrets: [model.signingSecret],
    integrationId: 'int_1',
    commands: commands.map(([name, args]) => ({ id: `cmd_${++sent}`, name, args })),
    requestId: 'req_1',
    allowLoopback: true,
    fetch,
    now: () => NOW_MS,
    newId: () => `msg_${++sent}`,
    limits: { timeoutMs, maxResponseBytes: 5_000_000, timeMs: 10_000, maxBytes: 5_000_000 },
  })
  return results
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'ok'
  } catch (error) {
    if (error instanceof LinkError) return error.code
    throw error
  }
}

const once = (fault: Fault): Faults => ({ request: ({ number }) => (number === 1 ? fault : null) })

const CREATE: [string, Record<string, unknown>] = [
  'apply',
  { op: 'create', type: 'post', item_id: 'item_1', fields: { title: 'Made', status: 'publish' } },
]

const countPosts = (model: ModelWordPress) => model.site.posts.byId('post').length

/** A site that never answers gets a short time-out. */
const timeoutOf = ({ kind }: Fault) => ({ timeoutMs: kind === 'timeout' ? 300 : 20_000 })

/** Every fault of a site, the API's error code for it, and whether the command was executed. */
const FAULTS: [Fault, string, boolean][] = [
  [{ kind: 'reset', when: 'before' }, 'connection_lost', false],
  [{ kind: 'reset', when: 'after' }, 'connection_lost', true],
  [{ kind: 'timeout', when: 'before' }, 'wordpress_timeout', false],
  [{ kind: 'timeout', when: 'after' }, 'wordpress_timeout', true],
  [{ kind: 'half_body' }, 'response_truncated', true],
  [{ kind: 'half_body', isClean: true }, 'response_truncated', true],
  [{ kind: 'html' }, 'answered_html', false],
  [{ kind: 'html', when: 'after' }, 'answered_html', true],
  [{ kind: 'trailing_html' }, 'response_trailing_garbage', true],
  [{ kind: 'leading_notice' }, 'response_leading_garbage', true],
  [{ kind: 'empty' }, 'response_empty', true],
  [{ kind: 'captcha' }, 'captcha_page', false],
  [{ kind: 'login' }, 'login_wall', false],
  [{ kind: 'status', status: 500 }, 'wordpress_error', false],
  [{ kind: 'status', status: 502, when: 'after' }, 'wordpress_error', true],
  [{ kind: 'status', status: 503, retryAfter: 7 }, 'wordpress_busy', false],
  [{ kind: 'status', status: 429, retryAfter: 7 }, 'wordpress_busy', false],
  [{ kind: 'rest_error', code: 'rest_disabled', status: 401 }, 'rest_blocked', false],
  [{ kind: 'wrong_signature' }, 'response_unsigned', true],
  [{ kind: 'unsigned' }, 'response_unsigned', true],
  [{ kind: 'other_message' }, 'response_unsigned', true],
  [{ kind: 'late' }, 'connection_lost', false],
  [{ kind: 'doubled' }, 'ok', true],
  [{ kind: 'slow', ms: 5 }, 'ok', true],
]

describe('T4 faults of a request', () => {
  test.each(FAULTS)('%j is %s to the API', async (fault, code, isDone) => {
    const model = createModel({ faults: once(fault) })
    expect(await codeOf(send(model, [CREATE], timeoutOf(fault)))).toBe(code)
    expect(countPosts(model)).toBe(isDone ? 1 : 0)
    expect(await codeOf(send(model, [CREATE]))).toBe('ok')
    expect(countPosts(model)).toBe(1)
  })

  test.each(FAULTS)('%j is %s over HTTP, too', async (fault, code) => {
    const model = createModel({ faults: once(fault) })
    const served = await serveModel(model)
    expect(await codeOf(send(model, [CREATE], { ...timeoutOf(fault), fetch: (url, init) => fetch(url, init) }))).toBe(
      code,
    )
    await served.stop()
  })

  test('a delayed request arrives when it is released', async () => {
    const model = createModel({ faults: once({ kind: 'late' }) })
    await codeOf(send(model, [CREATE]))
    expect(await model.deliverLate()).toBe(1)
    expect(countPosts(model)).toBe(1)
  })

  test('a timeout ends by the injected clock', async () => {
    const waited: number[] = []
    const sleep = (ms: number) => Promise.resolve(void waited.push(ms))
    const model = createModel({ sleep, faults: once({ kind: 'timeout', when: 'before', afterMs: 30_000 }) })
    expect(await codeOf(send(model, [CREATE]))).toBe('wordpress_timeout')
    expect(waited).toEqual([30_000])
  })

  test('a clock that is a day off is reported', async () => {
    const model = createModel()
    model.setClockOffset(86_400)
    expect(await codeOf(send(model, [CREATE]))).toBe('clock_skew')
  })
})

describe('faults of a command', () => {
  test('a command that fails before or after its effect fails alone', async () => {
    for (const when of ['before', 'after'] as const) {
      const fault = { kind: 'error', code: 'write_failed', isRetryable: true, when } as const
      const model = createModel({ faults: { command: ({ name }) => (name === 'apply' ? fault : null) } })
      const results = await send(model, [CREATE, ['status', {}]])
      expect(results).toMatchObject([{ ok: false, code: 'write_failed', retryable: true }, { ok: true }])
      expect(countPosts(model)).toBe(when === 'after' ? 1 : 0)
    }
  })

  test('T2 PHP that dies keeps the work done before', async () => {
    const model = createModel({
      faults: { command: ({ name }) => (name === 'status' ? { kind: 'die', when: 'before' } : null) },
    })
    expect(await codeOf(send(model, [CREATE, ['status', {}]]))).toBe('wordpress_error')
    expect(countPosts(model)).toBe(1)
  })

  test('a slow command leaves no time for the next one', async () => {
    const model = createModel({ faults: { command: () => ({ kind: 'slow', ms: 11_000 }) } })
    const results = await send(model, [
      ['status', {}],
      ['status', {}],
    ])
    expect(results).toMatchObject([
      { ok: true, took_ms: 11_000 },
      { ok: false, code: 'not_reached' },
    ])
  })

  test('a page is as long as its time allows', async () => {
    const model = createModel()
    fillPosts(model, { count: 100 })
    model.executor.costs.documentMs = 1000
    const [result] = await send(model, [['index', { type: 'post', after: null, limit: 200, fields: 'full' }]])
    const page = IndexData.parse(result?.ok ? result.data : null)
    expect(page.items).toHaveLength(10)
    expect(page.next).not.toBeNull()
  })
})

describe('unusual sites', () => {
  test('an id can be reused by another post', async () => {
    const model = createModel()
    const { id } = model.createPost({ title: 'First' })
    model.deletePost(id)
    model.createPost({ id, type: 'page', title: 'Second' })
    const [result] = await send(model, [['fetch', { ids: [id] }]])
    expect(FetchData.parse(result?.ok ? result.data : null).items).toMatchObject([
      { id, type: 'page', title: 'Second' },
    ])
  })

  test('T27 changes that do not move `modified` change the etag', () => {
    const model = createModel()
    const { id } = model.createPost({ title: 'Still' })
    const before = model.document(id)
    model.editBehindItsBack(id, { body: 'Changed' })
    model.site.isModifiedFrozen = true
    expect(model.document(id)).toMatchObject({ modified: before['modified'], body: 'Changed' })
    expect(model.document(id)['etag']).not.toBe(before['etag'])
  })

  test('a scheduled post is published by cron, and a deleted parent moves its children up, without `modified`', () => {
    let nowMs = NOW_MS
    const model = createModel({ now: () => nowMs })
    const top = model.createPost({ type: 'page', title: 'Top' })
    const middle = model.createPost({ type: 'page', title: 'Middle', parent: top.id })
    const leaf = model.createPost({ type: 'page', title: 'Leaf', parent: middle.id })
    const due = model.createPost({ status: 'publish', dateS: NOW_MS / 1000 + 3600 })
    expect(due.status).toBe('future')
    nowMs += 7_200_000
    model.runCron()
    model.deletePost(middle.id)
    expect(model.document(due.id)).toMatchObject({ status: 'publish', modified: NOW_MS / 1000 })
    expect(model.document(leaf.id)).toMatchObject({ parent: top.id, modified: NOW_MS / 1000 })
  })

  test('a parent cycle made past WordPress breaks nothing', () => {
    const model = createModel()
    const [first, second] = [1, 2].map(() => model.createPost({ type: 'page', status: 'publish' }))
    model.editBehindItsBack(first?.id ?? 0, { parent: second?.id ?? 0 })
    model.editBehindItsBack(second?.id ?? 0, { parent: first?.id ?? 0 })
    expect(PostDocument.parse(model.document(first?.id ?? 0)).parent).toBe(second?.id)
  })

  test('T31 images with the same bytes are one attachment, whatever their addresses', async () => {
    const model = createModel()
    for (const name of ['a', 'b']) model.site.internet.set(`https://cdn.example/${name}.png`, { image: 'same' })
    const load = (name: string): [string, Record<string, unknown>] => [
      'media',
      { url: `https://cdn.example/${name}.png`, hash: name },
    ]
    const results = await send(model, [load('a'), load('b')])
    expect(results.map((result) => result.ok && result.data['reused'])).toEqual([false, true])
  })

  test('a hundred thousand posts are available at once, in complete pages', async () => {
    const model = createModel()
    fillPosts(model, { count: 100_000, stepS: 0 })
    const [result] = await send(model, [['index', { type: 'post', after: null, limit: 200, fields: 'full' }]])
    const page = IndexData.parse(result?.ok ? result.data : null)
    expect(page).toMatchObject({ total: 100_000, next: [page.items[0]?.modified, page.items[199]?.id] })
    expect(PostDocument.parse(page.items[0]).body?.length).toBeGreaterThan(900)
  })
})

/** A small day on a site, and the webhooks of it. */
function play(random: () => number): { webhooks: ModelWebhook[]; model: ModelWordPress } {
  const webhooks: ModelWebhook[] = []
  const model = createModel({ random, onWebhook: (webhook) => webhooks.push(webhook) })
  const { id } = model.createPost({ title: 'News', status: 'publish', terms: { category: ['World'] } })
  model.setMeta(id, 'rank_math_title', 'SEO')
  model.editPost(id, { body: 'Text', terms: { post_tag: ['a'] } })
  model.editBehindItsBack(id, { title: 'Nobody saw' })
  model.trash(id)
  model.untrash(id)
  model.deletePost(id)
  return { webhooks, model }
}

describe('webhooks', () => {
  test('each post has one webhook, for its strongest change', () => {
    const { webhooks } = play(() => 0.5)
    const told = webhooks.map(({ event }) => `${event.event} ${event.status}`)
    expect(told).toEqual([
      'post.status publish',
      'post.metadata publish',
      'post.status publish',
      'post.status trash',
      'post.status draft',
      'post.deleted draft',
    ])
  })

  test('the same clock and randomness give the same site', () => {
    const seeded = () => {
      let state = 42
      return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    }
    expect(play(seeded()).webhooks).toEqual(play(seeded()).webhooks)
  })

  test('they are signed', async () => {
    const { model, webhooks } = play(Math.random)
    const [webhook] = webhooks
    if (!webhook) throw new Error('no webhook')
    const { path, headers, body } = await model.signWebhook(webhook)
    expect(path).toBe('/api/v1/integration/webhooks/wordpress/status/')
    const input = { headers: new Headers(headers), body, secrets: [model.signingSecret], nowS: NOW_MS / 1000 }
    expect(await verifyMessage(input)).toMatchObject({ ok: true, id: webhook.id })
  })

  test('T26 changes by IGNY8 send no webhook', async () => {
    const webhooks: ModelWebhook[] = []
    const model = createModel({ onWebhook: (webhook) => webhooks.push(webhook) })
    const [result] = await send(model, [CREATE])
    expect(ApplyData.parse(result?.ok ? result.data : null).created).toBe(true)
    expect(webhooks).toEqual([])
  })
})

test('statistics show the cost of a sync', async () => {
  const model = createModel()
  await send(model, [CREATE, ['status', {}]])
  expect(model.stats).toMatchObject({ requests: 1, commands: { apply: 1, status: 1 }, maxParallel: 1, writes: 1 })
  expect(model.stats.bytesIn).toBeGreaterThan(100)
  expect(model.stats.bytesOut).toBeGreaterThan(500)
  model.resetStats()
  expect(model.stats).toMatchObject({ requests: 0, commands: {}, writes: 0 })
})
