import { beforeAll, describe, expect, test } from 'vitest'
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createApp } from '../../src/app.ts'
import { ERRORS } from '../../src/contract/errors.ts'
import { createPathNormaliser } from '../../src/routes/path.ts'
import { routes } from '../../src/routes/index.ts'
import { call as send } from '../support/identity.ts'
import { connectSiteWithStructure, type ConnectedSite } from '../support/integration.ts'
import { call, contractFaults, documentPath, openApi, refusal, validatorAt } from '../support/openapi.ts'
import { sampleOf } from '../support/openapi-sample.ts'
import { playInternet } from '../support/plugin.ts'

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** Every value in the document with its path. */
function* walk(value: Json, way: string[] = []): Generator<[way: string[], value: Json]> {
  yield [way, value]
  if (typeof value !== 'object' || value === null) return
  for (const [name, entry] of Object.entries(value)) yield* walk(entry, [...way, name])
}

const at = (pointer: string) =>
  pointer
    .slice(2)
    .split('/')
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, name) => value?.[name], openApi)

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'])
// oxlint-disable-next-line no-explicit-any -- the document is JSON of every shape
const operations: [path: string, method: string, operation: any][] = Object.entries<Record<string, unknown>>(
  openApi.paths,
).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.has(method))
    .map(([method, operation]): [string, string, unknown] => [path, method, operation]),
)

let site: ConnectedSite

const app = createApp()
const fetchPage = (path: string) =>
  Promise.resolve(app.fetch(new Request(`http://api.test${path}`), env, createExecutionContext()))

beforeAll(async () => {
  playInternet()
  site = await connectSiteWithStructure()
})

describe('the document', () => {
  test('is OpenAPI 3.1, and what /openapi.json answers', async () => {
    const answer = await send('GET /openapi.json')
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(answer.body).toEqual(openApi)
    expect(openApi.openapi).toMatch(/^3\.1\.\d+$/)
    expect(openApi.info).toEqual({
      title: expect.any(String),
      version: expect.any(String),
      description: expect.any(String),
    })
    const members = new Set([
      'openapi',
      'info',
      'servers',
      'paths',
      'components',
      'tags',
      'security',
      'webhooks',
      'externalDocs',
    ])
    expect(Object.keys(openApi).filter((name) => !members.has(name))).toEqual([])
  })

  test('describes every route, and nothing else', () => {
    const described = operations.map(([path, method]) => `${method} ${path}`)
    expect(described.toSorted()).toEqual(routes.map((route) => `${route.method} ${documentPath(route)}`).toSorted())
    const ids = operations.map(([, , { operationId }]) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z][a-zA-Z]+$/)
  })

  test('has no broken reference and no unused schema', () => {
    const references = [...walk(openApi)].flatMap(([way, target]) =>
      way.at(-1) === '$ref' && typeof target === 'string' ? [target] : [],
    )
    expect(references.length).toBeGreaterThan(50)
    for (const reference of references) expect([reference, typeof at(reference)]).toEqual([reference, 'object'])
    const used = new Set(references.map((reference) => reference.split('/').at(-1)))
    expect(Object.keys(openApi.components.schemas).filter((name) => !used.has(name))).toEqual([])
  })

  test.each(operations)('%s %s names its parameters, its answers and who may call it', (path, method, operation) => {
    const known = new Set([
      'operationId',
      'tags',
      'summary',
      'description',
      'security',
      'parameters',
      'requestBody',
      'responses',
    ])
    expect(Object.keys(operation).filter((name) => !known.has(name))).toEqual([])
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const parameters: { in: string; name: string; required?: boolean; schema: object }[] = operation.parameters ?? []
    expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath)
    for (const { schema, required, ...parameter } of parameters) {
      expect(schema).toEqual(expect.any(Object))
      if (parameter.in === 'path') expect(required).toBe(true)
    }
    expect(new Set(parameters.map((parameter) => `${parameter.in} ${parameter.name}`)).size).toBe(parameters.length)
    const names = operation.security.flatMap((requirement: object) => Object.keys(requirement))
    for (const name of names) expect(Object.keys(openApi.components.securitySchemes)).toContain(name)
    for (const [status, answer] of Object.entries<{ description: string; content?: object }>(operation.responses)) {
      expect(status).toMatch(/^(101|[2-5]\d\d)$/)
      expect(answer.description.length).toBeGreaterThan(0)
      const type = Number(status) >= 400 ? 'application/problem+json' : 'application/json'
      const route = routes.find(({ operationId }) => operationId === operation.operationId)
      const lines = route?.responses[Number(status)]?.contentType === 'application/x-ndjson'
      const others = operation.operationId === 'exportAudit' && status === '200' ? ['text/csv'] : []
      if (answer.content)
        expect(Object.keys(answer.content)).toEqual([lines ? 'application/x-ndjson' : type, ...others])
      else expect(['204', '303']).toContain(status)
    }
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['429', '500']))
    if (method !== 'get') expect(Object.keys(operation.responses)).toContain('413')
  })

  test('has schemas that are JSON Schema 2020-12 and allow their own examples', () => {
    for (const name of Object.keys(openApi.components.schemas)) {
      const schema = openApi.components.schemas[name]
      const validate = validatorAt('components', 'schemas', name)
      if (schema.example !== undefined) expect(validate(schema.example)).toBe(true)
    }
    for (const [path, method, { requestBody }] of operations) {
      if (!requestBody?.content['application/json']) continue
      const validate = validatorAt('paths', path, method, 'requestBody', 'content', 'application/json', 'schema')
      expect([path, validate(sampleOf(requestBody.content['application/json'].schema)), validate.errors]).toEqual([
        path,
        true,
        null,
      ])
    }
  })

  test('names no code of an error that there is not, and every code is named somewhere', () => {
    const named = new Set(
      operations.flatMap(([, , { responses }]) =>
        Object.entries<{ description: string }>(responses)
          .filter(([status]) => Number(status) >= 400)
          .flatMap(([status, { description }]) =>
            description.split(', ').map((code) => `${status} ${code.replaceAll('`', '')}`),
          ),
      ),
    )
    const all = Object.entries(ERRORS).map(([code, { status }]) => `${status} ${code}`)
    expect([...named].filter((code) => !all.includes(code))).toEqual([])
    // what a bulk job says of single items is in its answers of 200
    const ofItems = ['409 item_in_trash', '409 taxonomy_unknown', '409 edited_since']
    const elsewhere = new Set(['404 not_found', '405 method_not_allowed', ...ofItems])
    expect(all.filter((code) => !named.has(code) && !elsewhere.has(code))).toEqual([])
  })
})

describe('the check of responses', () => {
  const path = '/api/v1/sites/'
  const good = { results: [], next: null }
  const answer = (status: number, body: unknown, type = 'application/json') => ({
    status,
    body,
    headers: new Headers({ 'content-type': type, 'x-request-id': 'req_1' }),
  })

  test.each([
    ['a field that is not described', answer(200, { ...good, total: 3 })],
    ['a field that is missing', answer(200, { results: [] })],
    ['a field of another type', answer(200, { results: {}, next: null })],
    ['a status that is not declared', answer(202, good)],
    ['another content type', answer(200, good, 'text/html')],
    ['a problem without its fields', answer(404, { code: 'site_not_found' }, 'application/problem+json')],
    ['a problem that is plain JSON', answer(401, { code: 'invalid_session' })],
  ])('finds %s', (_name, bad) => {
    expect(contractFaults('GET', path, answer(200, good))).toEqual([])
    expect(contractFaults('GET', path, bad)).not.toEqual([])
  })
})

describe('paths', () => {
  test('a trailing slash is optional, and an action is written with - or _, on every route', async () => {
    const { token } = site.owner
    for (const route of routes) {
      const fill = (segment: string) => (segment.startsWith(':') ? 'x_y-z' : segment)
      const segments = route.path.split('/')
      const spellings = [
        segments.map(fill),
        segments.map((segment) => (segment.startsWith(':') ? fill(segment) : segment.replaceAll('-', '_'))),
      ].flatMap((each) => [each.join('/'), `${each.join('/')}/`])
      const answers = await Promise.all(
        [...new Set(spellings)].map((path) => call(`${route.method.toUpperCase()} ${path}`, { token })),
      )
      const told = answers.map(({ status, body }) => `${status} ${body?.code}`)
      expect([route.operationId, new Set(told).size]).toEqual([route.operationId, 1])
      expect(told[0]).not.toMatch(/ (not_found|method_not_allowed)$/)
    }
  })

  test('an id with _ or - in it stays as it is', () => {
    const normalise = createPathNormaliser(routes)
    const at = (path: string) => normalise(new Request(`http://api.test${path}`))
    expect(at('/api/v1/sites/site_1/api_keys/')).toBe('/api/v1/sites/site_1/api-keys')
    expect(at('/api/v1/sites/a_b-c/')).toBe('/api/v1/sites/a_b-c')
    expect(at('/')).toBe('/')
    expect(at('/healthz/')).toBe('/healthz')
  })

  test('a method that a path does not have is a 405 that names those it has', async () => {
    const byPath = Map.groupBy(routes, ({ path }) => path)
    for (const [path, ofPath] of byPath) {
      const allowed = ofPath.map(({ method }) => method.toUpperCase())
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !allowed.includes(each))) {
        const answer = await call(`${method} ${path.replaceAll(/:\w+/g, 'x')}/`)
        expect([method, path, ...refusal(answer)]).toEqual([method, path, 405, 'method_not_allowed'])
        expect(answer.headers.get('allow')).toBe(allowed.join(', '))
      }
    }
  })

  test.each([
    '/api',
    '/api/v1',
    '/api/v1/planets/',
    '/api/v1/sites/x/api-keys/y/rotate/z',
    '/api/v1/integration',
    '/api/v2/sites/',
    '/API/V1/SITES/',
    '/api/v1//sites',
    '/api/v1/integration/integrations/x/../../../../../etc/passwd',
    '/%2e%2e/x',
    '/.env',
    '/wp-admin/',
  ])('%s is a 404 problem', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await call(`${method} ${path}`)
      expect(refusal(answer)).toEqual([404, 'not_found'])
    }
  })

  test('HEAD answers as GET does, without a body', async () => {
    const head = await send('HEAD /api/v1/sites/', { token: site.key })
    expect([head.status, head.body]).toEqual([200, null])
    const refused = await send('HEAD /api/v1/sites/')
    expect([refused.status, refused.body]).toEqual([401, null])
  })

  test('a badly encoded id is treated as an unknown id', async () => {
    for (const id of ['%E0%A4%A', '%', '%00', '%ED%A0%80', '%2F', '..%2f..', '%F0%9F%92%A9', "'%20OR%201=1--"]) {
      const answer = await call(`GET /api/v1/sites/${id}/`, { token: site.key })
      expect([id, ...refusal(answer)]).toEqual([id, 404, 'site_not_found'])
    }
  })
})

describe('the pages for people', () => {
  test.each(['/docs', '/docs/', '/docs/errors'])('%s is a page that runs nobody else’s script', async (path) => {
    const response = await fetchPage(path)
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toContain("script-src 'unsafe")
    const text = await response.text()
    for (const [, source] of text.matchAll(/(?:src|href)="([^"]*)"/g)) expect(source).toMatch(/^(\/|#)/)
  })

  test('the list of errors has an entry for every code, with what to do', async () => {
    const text = await (await fetchPage('/docs/errors')).text()
    for (const code of Object.keys(ERRORS)) expect(text).toContain(`id="${code}"`)
    expect(text.match(/<tr id=/g)).toHaveLength(Object.keys(ERRORS).length)
  })
})
