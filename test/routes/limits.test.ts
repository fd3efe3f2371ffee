import { gzipSync } from 'fflate'
import { beforeAll, describe, expect, test } from 'vitest'
import { users } from '../../src/db/schema/index.ts'
import type { Route } from '../../src/routes/define.ts'
import { routes } from '../../src/routes/index.ts'
import { connectSiteWithStructure, d1, type ConnectedSite } from '../support/integration.ts'
import { documentPath, openApi, refusal } from '../support/openapi.ts'
import { callRaw, JSON_TYPE, type RawRequest } from '../support/openapi-raw.ts'
import { resolveSchema, sampleOf, type JsonSchema } from '../support/openapi-sample.ts'
import { playInternet } from '../support/plugin.ts'

let site: ConnectedSite
let packed: Uint8Array<ArrayBuffer> | undefined

/** 20 MB of zeros, compressed to about 20 kB. */
const bomb = () => (packed ??= gzipSync(new Uint8Array(20_000_000)))

beforeAll(async () => {
  playInternet()
  site = await connectSiteWithStructure()
})

const SITES = 'POST /api/v1/sites/'
const send = (request: string, options: RawRequest) => callRaw(request, { token: site.owner.token, ...options })
const sendJson = (request: string, body: string) => send(request, { headers: JSON_TYPE, body })
/** A request of a route, with the ids of the test's own site. */
const requestOf = (route: Route) =>
  `${route.method.toUpperCase()} ${route.path
    .replace(':site_id', site.siteId)
    .replace(':integration_id', site.integrationId)
    .replaceAll(/:\w+/g, 'x')}/`
const withBody = routes.filter((route) => route.body).map((route) => [route.operationId, route] as const)
const schemaOf = (route: Route): JsonSchema =>
  resolveSchema(openApi.paths[documentPath(route)][route.method].requestBody.content['application/json'].schema)

async function inTime<T>(work: Promise<T>, limitMs = 4000): Promise<T> {
  const startedAt = performance.now()
  const result = await work
  expect(performance.now() - startedAt).toBeLessThan(limitMs)
  return result
}

describe('T44 a body', () => {
  test.each(['[', '{"a":', '[{"a":['])('of 100,000 times %s is refused before it is parsed', async (open) => {
    const answer = await inTime(sendJson(SITES, open.repeat(100_000)))
    expect(refusal(answer)).toEqual([400, 'malformed_json'])
    expect(answer.body.detail).toContain('nested deeper than 64 levels')
  })

  test('may nest as deep as 64 levels, and brackets in texts do not count', async () => {
    const nested = (depth: number) =>
      `{"name":"S","url":"https://example.com","x":${'['.repeat(depth)}${']'.repeat(depth)}}`
    expect((await sendJson(SITES, nested(63))).status).toBe(201)
    expect(refusal(await sendJson(SITES, nested(64)))).toEqual([400, 'malformed_json'])
    const text = JSON.stringify({ name: `"\\${'['.repeat(100)}`, url: 'https://example.com' })
    expect((await sendJson(SITES, text)).status).toBe(201)
  })

  test('of 10 MB is refused by every route', async () => {
    const body = new Uint8Array(10_000_000).fill(32)
    for (const route of routes.filter(({ method }) => method !== 'get')) {
      const answer = await inTime(send(requestOf(route), { headers: JSON_TYPE, body }))
      const code = route.upload ? 'file_too_large' : 'body_too_large'
      expect([route.operationId, ...refusal(answer)]).toEqual([route.operationId, 413, code])
    }
  })

  test('of unknown length is read to the limit, and no further', async () => {
    let sent = 0
    const chunk = new Uint8Array(50_000).fill(32)
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += chunk.length
        if (sent > 50_000_000) controller.close()
        else controller.enqueue(chunk)
      },
    })
    expect(refusal(await inTime(send(SITES, { headers: JSON_TYPE, body })))).toEqual([413, 'body_too_large'])
    expect(sent).toBeLessThan(3_000_000)
  })

  test('at exactly the limit is accepted', async () => {
    const sized = (bytes: number) => JSON.stringify({ name: 'S', url: 'https://example.com' }).padEnd(bytes, ' ')
    expect((await sendJson(SITES, sized(1_900_000))).status).toBe(201)
    expect(refusal(await sendJson(SITES, sized(1_900_001)))).toEqual([413, 'body_too_large'])
  })

  test.each(['gzip', 'deflate', 'br', 'identity, gzip', 'x'])(
    'with content-encoding %s is not unpacked',
    async (encoding) => {
      const answer = await inTime(
        send(SITES, { headers: { ...JSON_TYPE, 'content-encoding': encoding }, body: bomb() }),
      )
      expect(refusal(answer)).toEqual([415, 'unsupported_media_type'])
    },
  )

  test.each(withBody)('with 70,000 unknown fields gets a short answer from %s', async (_id, route) => {
    const fields = Array.from({ length: 70_000 }, (_, n) => `"k${n}":0`).join(',')
    const answer = await inTime(sendJson(requestOf(route), `{${fields}}`))
    expect(answer.status).toBeLessThan(500)
    expect(JSON.stringify(answer.body).length).toBeLessThan(20_000)
  })

  test.each(withBody)('with an endless text or list in any field gets a short answer from %s', async (_id, route) => {
    const hostile = [
      `${'a.'.repeat(25_000)}@`,
      `a@${'a.'.repeat(25_000)}`,
      `https://${'a'.repeat(25_000)}:${'@'.repeat(25_000)}`,
      `https://${'%2e'.repeat(16_000)}/`,
      `whsec_${'A'.repeat(25_000)}${'='.repeat(25_000)}`,
      `${'0'.repeat(50_000)}Z`,
      ' '.repeat(50_000),
      '\u0000'.repeat(10_000),
      Array.from({ length: 10_000 }, () => 'x'),
      Array.from({ length: 10_000 }, () => ({})),
    ]
    for (const name of Object.keys(schemaOf(route).properties ?? {})) {
      for (const value of hostile) {
        const body = JSON.stringify({ ...(sampleOf(schemaOf(route)) as object), [name]: value })
        const answer = await inTime(sendJson(requestOf(route), body))
        expect(answer.status).toBeLessThan(500)
        // an accepted value is returned
        if (answer.status >= 400) expect(JSON.stringify(answer.body).length).toBeLessThan(30_000)
      }
    }
  })
})

describe('T44 a request', () => {
  test.each([
    ['cursor', 'x'.repeat(100_000)],
    ['limit', '9'.repeat(100_000)],
    ['limit', '1e308'],
    ['limit', '0x10'.padEnd(10_000, '0')],
    ['limit', '-0'],
    ['unknown', 'x'.repeat(100_000)],
  ])('with a strange %s is bounded', async (name, value) => {
    const answer = await inTime(send(`GET /api/v1/sites/?${name}=${value}`, {}))
    expect(answer.status).toBe(name === 'unknown' ? 200 : 400)
    expect(JSON.stringify(answer.body).length).toBeLessThan(10_000)
  })

  test('with an endless path or id is bounded', async () => {
    for (const path of ['/'.repeat(10_000), `/api/v1/${'a/'.repeat(10_000)}`, `/api/v1/${'a_-'.repeat(10_000)}/`]) {
      expect(refusal(await inTime(send(`GET ${path}`, {})))).toEqual([404, 'not_found'])
    }
    const answer = await inTime(send(`GET /api/v1/sites/${'x'.repeat(10_000)}/`, {}))
    expect(refusal(answer)).toEqual([400, 'validation_error'])
  })

  test('with 1,000 fields in its query is bounded', async () => {
    const query = Array.from({ length: 1000 }, (_, n) => `k${n}=1&limit=${n}`).join('&')
    expect((await inTime(send(`GET /api/v1/sites/?${query}`, {}))).status).toBe(400)
  })

  test.each(['x'.repeat(8_000), `igny8_${'x'.repeat(8_000)}`, `${'.'.repeat(4_000)}=`, '%'.repeat(4_000)])(
    'with endless credentials is a 401',
    async (token) => {
      expect((await inTime(callRaw('GET /api/v1/sites/', { token }))).status).toBe(401)
      const cookie = `igny8.session_token=${token}`
      expect((await inTime(callRaw('GET /api/v1/sites/', { headers: { cookie } }))).status).toBe(401)
    },
  )
})

describe('what is not JSON', () => {
  test.each([
    undefined,
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
    'text/json',
    'application/xml+jsonp',
    '',
  ])('by its content type %j is a 415', async (type) => {
    const headers = type === undefined ? {} : { 'content-type': type }
    const body = JSON.stringify({ name: 'S', url: 'https://example.com' })
    expect(refusal(await send(SITES, { headers, body }))).toEqual([415, 'unsupported_media_type'])
    const withoutFields = await send(`POST ${site.path}/sync/`, { headers, body: '{}' })
    expect(refusal(withoutFields)).toEqual([415, 'unsupported_media_type'])
  })

  test.each([
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/merge-patch+json',
  ])('by its content type %j is none of those', async (type) => {
    const body = JSON.stringify({ name: 'S', url: 'https://example.com' })
    expect((await send(SITES, { headers: { 'content-type': type }, body })).status).toBe(201)
  })

  test.each([
    '',
    ' ',
    '{',
    '{"name":',
    "{'name':1}",
    'NaN',
    '{"a":1}{"b":2}',
    '{"a":01}',
    '\u0000',
    '{"a":"\n"}',
    'undefined',
  ])('by its text %j is a 400 that does not repeat it', async (body) => {
    const answer = await sendJson(SITES, body)
    expect(refusal(answer)).toEqual([400, 'malformed_json'])
  })

  test('and holds a secret is not repeated', async () => {
    const answer = await sendJson('POST /api/v1/auth/sign-in/email', '{"password": hunter2 igny8_secret}')
    expect(refusal(answer)).toEqual([400, 'malformed_json'])
    expect(JSON.stringify(answer.body)).not.toMatch(/hunter2|igny8_secret/)
  })

  test.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong form', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['half a character', [0xf0, 0x9f, 0x92]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
  ])('by %s is a 400', async (_name, bytes) => {
    const head = new TextEncoder().encode('{"name":"')
    const tail = new TextEncoder().encode('","url":"https://example.com"}')
    const body = new Uint8Array([...head, ...bytes, ...tail])
    const answer = await send(SITES, { headers: JSON_TYPE, body })
    expect(refusal(answer)).toEqual([400, 'malformed_json'])
    expect(answer.body.detail).toContain('not UTF-8')
  })

  test.each(['null', '[]', '"text"', '1', 'true'])('but %s, no object, is a 400 of the fields', async (body) => {
    expect(refusal(await sendJson(SITES, body))).toEqual([400, 'validation_error'])
  })
})

test('a body changes no prototype', async () => {
  const body = '{"name":"S","url":"https://example.com","__proto__":{"admin":true},"constructor":{"prototype":{"x":1}}}'
  const answer = await sendJson(SITES, body)
  expect(answer.status).toBe(201)
  expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  expect(answer.body.admin).toBeUndefined()
})

test('after all of that there is no new person', async () => {
  expect(await d1().$count(users)).toBe(1)
})
