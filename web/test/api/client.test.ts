import { expect, test, vi } from 'vitest'
import { api } from '../../src/api/api.ts'
import { chosenAccount } from '../../src/api/chosen-account.ts'
import { ApiError, NoAnswerError } from '../../src/api/errors.ts'
import { fakeApi, problem } from '../support/fake-api.ts'

/** Answers every request and records it. */
function keepRequests(answer: () => Response): Request[] {
  const requests: Request[] = []
  vi.stubGlobal('fetch', (request: Request) => {
    requests.push(request)
    return Promise.resolve(answer())
  })
  return requests
}
const page = () => Response.json({ results: [], next: null })

test('every request names the account that was chosen last', async () => {
  const requests = keepRequests(page)
  chosenAccount.set('acc_1')
  await api.GET('/sites')
  chosenAccount.set('acc_2')
  await api.POST('/sites', { body: { name: 'Garden', url: 'https://garden.example' } })
  expect(requests.map(({ headers }) => headers.get('x-account-id'))).toEqual(['acc_1', 'acc_2'])
})

test('without a chosen account the API chooses', async () => {
  const requests = keepRequests(page)
  chosenAccount.set('acc_1')
  chosenAccount.clear()
  await api.GET('/sites')
  expect(requests.map(({ headers }) => headers.has('x-account-id'))).toEqual([false])
})

test('reads take no D1 bookmark from earlier answers, since the API reads a person’s session from the primary', async () => {
  const requests = keepRequests(() =>
    Response.json({ results: [], next: null }, { headers: { 'x-d1-bookmark': '00000001-00000002' } }),
  )
  await api.POST('/sites', { body: { name: 'Garden', url: 'https://garden.example' } })
  await api.GET('/sites')
  expect(requests.map(({ headers }) => headers.has('x-d1-bookmark'))).toEqual([false, false])
})

test('a request has its path, query and body filled in, as JSON with the person’s cookie', async () => {
  const requests = keepRequests(page)
  const params = { path: { site_id: 'a/b' }, query: { limit: 5, q: 'two words' } }
  await api.GET('/sites/{site_id}/content', { params })
  await api.PATCH('/sites/{site_id}', { params: { path: { site_id: 'site_1' } }, body: { name: 'Garden' } })
  expect(requests.map(({ method, url }) => `${method} ${url.replace(window.location.origin, '')}`)).toEqual([
    'GET /api/v1/sites/a%2Fb/content?limit=5&q=two+words',
    'PATCH /api/v1/sites/site_1',
  ])
  expect(requests.map(({ credentials }) => credentials)).toEqual(['include', 'include'])
  expect(requests.map(({ headers }) => headers.get('content-type'))).toEqual([null, 'application/json'])
  expect(await requests[1]?.json()).toEqual({ name: 'Garden' })
})

test('a refusal is an ApiError with its code and pause', async () => {
  fakeApi({ 'GET /api/v1/sites': { ...problem(429, 'too_many_requests'), headers: { 'retry-after': '7' } } })
  const error = await api.GET('/sites').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ code: 'too_many_requests', status: 429, retryAfterS: 7 })
})

test.each([
  ['no network', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['a page of a proxy', () => Promise.resolve(new Response('<html>', { status: 502 }))],
  ['JSON of somebody else', () => Promise.resolve(Response.json({ message: 'Bad gateway' }, { status: 502 }))],
  ['a page in place of data', () => Promise.resolve(new Response('<html>'))],
])('%s is no answer', async (_, fetch) => {
  vi.stubGlobal('fetch', fetch)
  await expect(api.GET('/sites')).rejects.toBeInstanceOf(NoAnswerError)
})

test('a 204 answer resolves to undefined', async () => {
  keepRequests(() => new Response(null, { status: 204 }))
  expect(await api.DELETE('/sites/{site_id}', { params: { path: { site_id: 'site_1' } } })).toBeUndefined()
})

test('calls that the contract does not know are no valid TypeScript', () => {
  const calls = () => [
    // @ts-expect-error -- no such endpoint
    api.GET('/nothing'),
    // @ts-expect-error -- no such method there
    api.PUT('/sites'),
    // @ts-expect-error -- the path has a parameter
    api.GET('/sites/{site_id}'),
    // @ts-expect-error -- a limit is a number
    api.GET('/sites', { params: { query: { limit: 'all' } } }),
    // @ts-expect-error -- a site needs a name
    api.POST('/sites', { body: { url: 'https://garden.example' } }),
    api.PATCH('/integration/integrations/{integration_id}/content-types', {
      params: { path: { integration_id: 'int_1' } },
      // @ts-expect-error -- a type's choice is a boolean
      body: { post_types: { post: { enabled: 'yes' } } },
    }),
  ]
  expect(calls).toBeTypeOf('function')
})
