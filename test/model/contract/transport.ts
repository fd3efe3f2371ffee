import { describe, expect, test } from 'vitest'
import { PACKING, StatusData } from '../../../src/contract/link.ts'
import { Structure } from '../../../src/contract/structure.ts'
import { createSigningSecret, signMessage } from '../../../src/lib/signature.ts'
import { packBatch } from '../../../src/site/transport/direct/pack.ts'
import { discoverSite } from '../../../src/site/transport/direct/discover.ts'
import { newId, run, send, type Subject } from './subject.ts'

const nowS = () => Math.floor(Date.now() / 1000)
const STATUS = { id: 'cmd_1', name: 'status', args: {} }

function batchOf(subject: Subject, changes: Record<string, unknown> = {}): string {
  const batch = { protocol: 1, integration_id: subject.integrationId, time_ms: 10_000, max_bytes: 1_000_000 }
  return JSON.stringify({ ...batch, commands: [STATUS], ...changes })
}

interface Post {
  body?: string
  headers?: Record<string, string>
  secrets?: string[]
  timestamp?: number
  /** Of the body, after it was signed. */
  alter?: (body: string) => string
}

/** Posts to the command endpoint, with a valid signature by default; returns status and JSON. */
async function post(subject: Subject, options: Post = {}) {
  const { timestamp = nowS(), secrets = [subject.secret], alter = (body: string) => body } = options
  const body = options.body ?? batchOf(subject)
  const id = newId('msg')
  const signature = await signMessage({ id, timestamp, body, secrets, label: 'commands' })
  const signed = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature }
  const headers = { 'content-type': 'application/json', ...(options.headers ?? signed) }
  const answer = await subject.fetch(subject.endpoint, { method: 'POST', headers, body: alter(body) })
  const json = (await answer.json()) as { code?: string; data?: { status?: number; site_time?: number } }
  return { status: answer.status, json, headers: answer.headers, sentId: id }
}

async function expectRefusal(subject: Subject, options: Post, status: number, code: string) {
  const answer = await post(subject, options)
  expect(answer).toMatchObject({ status, json: { code, data: { status } } })
  expect(answer.headers.get('webhook-signature')).toBeNull()
  return answer
}

function refusals(get: () => Subject): void {
  test('T21 a request without each of the three headers is refused', async () => {
    await expectRefusal(get(), { headers: {} }, 401, 'igny8_signature_missing')
    const half = { 'webhook-id': 'msg_1', 'webhook-timestamp': String(nowS()) }
    await expectRefusal(get(), { headers: half }, 401, 'igny8_signature_missing')
  })

  test('T21 the clock may be 299 s off and not 301', async () => {
    for (const offset of [-295, 295]) {
      expect((await post(get(), { timestamp: nowS() + offset })).status).toBe(200)
    }
    for (const offset of [-305, 305]) {
      const options = { timestamp: nowS() + offset }
      const { json } = await expectRefusal(get(), options, 401, 'igny8_timestamp_out_of_range')
      expect(Math.abs((json.data?.site_time ?? 0) - nowS())).toBeLessThan(5)
    }
  })

  test('T23 another secret and a changed body are refused', async () => {
    await expectRefusal(get(), { secrets: [createSigningSecret()] }, 401, 'igny8_signature_invalid')
    const alter = (body: string) => body.replace('cmd_1', 'cmd_2')
    await expectRefusal(get(), { alter }, 401, 'igny8_signature_invalid')
  })

  test('T24 one valid signature of several is enough', async () => {
    expect((await post(get(), { secrets: [createSigningSecret(), get().secret] })).status).toBe(200)
  })

  test('a body that is not a batch is refused', async () => {
    const many = Array.from({ length: 51 }, (_, index) => ({ ...STATUS, id: `cmd_${index}` }))
    const bodies = ['{', '[]', '"x"', batchOf(get(), { protocol: 2 }), batchOf(get(), { time_ms: 0 })]
    bodies.push(
      batchOf(get(), { max_bytes: '9' }),
      batchOf(get(), { commands: many }),
      batchOf(get(), { commands: [{}] }),
    )
    const packed = (digits: unknown) => JSON.stringify({ protocol: 1, [PACKING]: digits })
    bodies.push(packed('1f8b'), packed('xyz'), packed('1f8'), packed(''), packed(7), await packBatch('[]'))
    for (const body of bodies) await expectRefusal(get(), { body }, 400, 'igny8_body_invalid')
  })

  test('a batch for another integration is refused', async () => {
    const body = batchOf(get(), { integration_id: 'int_other' })
    await expectRefusal(get(), { body }, 409, 'igny8_other_integration')
  })
}

function execution(get: () => Subject): void {
  test('the site is found by its address alone', async () => {
    const { url, endpoint, fetch } = get()
    const found = await discoverSite({ siteUrl: url, allowLoopback: true, fetch, now: Date.now })
    expect(found).toMatchObject({ siteUrl: url, commandsUrl: endpoint, index: 'open' })
  })

  test('the answer carries the id of the request', async () => {
    const answer = await post(get())
    expect(answer.headers.get('webhook-id')).toBe(answer.sentId)
  })

  test('commands are answered in order, and an unknown one fails alone', async () => {
    const commands = ['status', 'levitate', 'structure'].map((name, index) => ({ id: `cmd_${index}`, name, args: {} }))
    const [first, second, third] = await send(get(), commands)
    expect(first).toMatchObject({ id: 'cmd_0', ok: true })
    expect(second).toMatchObject({ id: 'cmd_1', ok: false, code: 'unknown_command', retryable: false })
    expect(third).toMatchObject({ id: 'cmd_2', ok: true })
  })

  test('a batch may come packed, signed as it came', async () => {
    const body = await packBatch(batchOf(get()))
    expect(body).toMatch(/^\{"protocol":1,"gzip_hex":"[0-9a-f]+"\}$/)
    const { status, json } = await post(get(), { body })
    expect([status, json]).toMatchObject([200, { results: [{ id: 'cmd_1', ok: true }] }])
    const { encodings } = await run(get(), StatusData, 'status', {})
    expect(encodings).toContain(PACKING)
  })

  test('commands beyond the size of the batch are not executed, and nothing else is lost', async () => {
    const commands = [1, 2, 3].map((number) => ({ id: `cmd_${number}`, name: 'status', args: {} }))
    const results = await send(get(), commands, { maxBytes: 10 })
    expect(results[0]).toMatchObject({ ok: true })
    for (const result of results.slice(1)) {
      expect(result).toMatchObject({ ok: false, code: 'not_reached', retryable: true, took_ms: 0 })
    }
  })

  test('status describes the site and its commands', async () => {
    const status = await run(get(), StatusData, 'status', {})
    expect(status).toMatchObject({ home_url: get().url, integration_id: get().integrationId })
    expect(Math.abs(status.time - nowS())).toBeLessThan(5)
    expect(status.received_headers).toEqual(expect.arrayContaining(['content-type', 'webhook-id', 'webhook-signature']))
    const all = ['apply', 'fetch', 'index', 'media', 'status', 'structure', 'terms']
    expect(status.commands).toEqual(expect.arrayContaining(all))
  })

  test('structure has every public type and taxonomy, counted as wp-admin does', async () => {
    const before = await run(get(), Structure, 'structure', {})
    const [draft, trashed] = await get().arrange({ op: 'insert', type: 'event' }, { op: 'insert', type: 'event' })
    await get().arrange({ op: 'trash', id: Number(trashed) })
    const after = await run(get(), Structure, 'structure', {})
    expect(Object.keys(after.post_types)).toEqual(expect.arrayContaining(['post', 'page', 'attachment', 'event']))
    expect(after.post_types['event']?.count).toBe((before.post_types['event']?.count ?? 0) + 1)
    expect(after.taxonomies['event_kind']).toMatchObject({ label: 'Kinds', post_types: ['event'] })
    await get().arrange({ op: 'delete', id: Number(draft) }, { op: 'delete', id: Number(trashed) })
  })
}

/** Signatures, batches, `status` and `structure` (docs/protocol.md). */
export function describeTransport(get: () => Subject): void {
  describe('refusals', () => refusals(get))
  describe('batches', () => execution(get))
}

/** The answers of a site that is no longer connected; nothing works after this. */
export function describeDisconnected(get: () => Subject): void {
  test('a site that is not connected says so, without a signature', async () => {
    await get().arrange({ op: 'disconnect' })
    await expectRefusal(get(), {}, 409, 'igny8_not_connected')
  })
}
