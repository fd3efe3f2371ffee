import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'

const ZIP = 'igny8-wordpress-bridge.zip'
const MANIFEST = '{"manifest":"{}","signatures":[]}'
const page = () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } })

/** What lies beside the Worker; everything else is the app's page, as the platform answers it. */
const FILES: Record<string, () => Response> = {
  '/plugin/manifest.json': () => new Response(MANIFEST, { headers: { etag: '"m"', 'content-type': 'text/plain' } }),
  [`/plugin/${ZIP}`]: () => new Response('PK newest', { headers: { etag: '"n"' } }),
  [`/plugin/0.3.0/${ZIP}`]: () => new Response('PK 0.3.0'),
}

const asked: string[] = []
const ASSETS = {
  fetch: (request: Request) => {
    const { pathname } = new URL(request.url)
    asked.push(pathname)
    if (request.headers.get('if-none-match') === '"m"')
      return new Response(null, { status: 304, headers: { etag: '"m"' } })
    return FILES[pathname]?.() ?? page()
  },
}
const get = (path: string, init: RequestInit = {}, assets: unknown = ASSETS) =>
  createApp().request(path, init, { ...env, ASSETS: assets as Fetcher })
const header = (answer: Response, name: string) => answer.headers.get(name)

describe('what sites get of the plugin', () => {
  test('is the signed manifest, byte for byte, asked for anew each time', async () => {
    const answer = await get('/plugin/manifest.json')
    expect([answer.status, await answer.text()]).toEqual([200, MANIFEST])
    expect([header(answer, 'content-type'), header(answer, 'cache-control'), header(answer, 'etag')]).toEqual([
      'application/json',
      'no-cache',
      '"m"',
    ])
    expect((await get('/plugin/manifest.json', { headers: { 'if-none-match': '"m"' } })).status).toBe(304)
  })

  test.each([
    [`/plugin/${ZIP}`, 'PK newest'],
    [`/plugin/0.3.0/${ZIP}`, 'PK 0.3.0'],
  ])('is the zip at %s, under the plugin’s name', async (path, bytes) => {
    const answer = await get(path)
    expect([answer.status, await answer.text()]).toEqual([200, bytes])
    expect(header(answer, 'content-type')).toBe('application/zip')
    expect(header(answer, 'content-disposition')).toBe(`attachment; filename="${ZIP}"`)
    expect(header(answer, 'cache-control')).toBe('no-cache')
    expect(header(answer, 'x-content-type-options')).toBe('nosniff')
    const head = await get(path, { method: 'HEAD' })
    expect([head.status, await head.text(), header(head, 'content-type')]).toEqual([200, '', 'application/zip'])
  })

  test('needs no credentials and takes none: a wrong key changes nothing', async () => {
    expect((await get(`/plugin/${ZIP}`, { headers: { authorization: 'Bearer igny8_wrong' } })).status).toBe(200)
  })

  test.each([
    `/plugin/0.9.0/${ZIP}`,
    '/plugin/',
    '/plugin/other.zip',
    '/plugin/manifest.json.bak',
    `/plugin/0.3/${ZIP}`,
    `/plugin/0.3.0/other/${ZIP}`,
    '/plugin/0.3.0/manifest.json',
    `/plugin/..%2f..%2f${ZIP}`,
  ])('is a problem document where there is no such file: %s', async (path) => {
    const answer = await get(path)
    expect([answer.status, header(answer, 'content-type')]).toEqual([404, 'application/problem+json'])
    expect(await answer.json()).toMatchObject({ code: 'not_found' })
    expect(header(answer, 'cache-control')).toBe('no-store')
  })

  test('asks for no file that can’t be one', async () => {
    asked.length = 0
    await get('/plugin/other.zip')
    await get('/plugin/secret/manifest.json')
    expect(asked).toEqual([])
  })

  test('is 404 where the deployment signs nothing', async () => {
    const answer = await get('/plugin/manifest.json', {}, { fetch: page })
    expect([answer.status, (await answer.json<{ code: string }>()).code]).toEqual([404, 'not_found'])
  })

  test('is 503 with Retry-After while the platform has no files', async () => {
    const answer = await get('/plugin/manifest.json', {}, { fetch: () => Promise.reject(new Error('away')) })
    expect([answer.status, header(answer, 'retry-after')]).toEqual([503, '1'])
  })

  test.each(['POST', 'PUT', 'DELETE'])('can’t be changed by %s', async (method) => {
    expect((await get('/plugin/manifest.json', { method, body: '{}' })).status).toBe(404)
  })
})
