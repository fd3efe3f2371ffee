import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { api } from '../../src/api/api.ts'

const SITE = '/api/v1/sites/site_1'
const json = (body: object) => Promise.resolve(Response.json(body))
const readSite = () => api.GET('/sites/{site_id}', { params: { path: { site_id: 'site_1' } } })

// how long the page has been open; in tests the clock runs since the first file
let openMs = 0
beforeEach(() => {
  openMs = 1_000
  vi.spyOn(performance, 'now').mockImplementation(() => openMs)
})
afterEach(() => {
  delete window.igny8Answers
  vi.restoreAllMocks()
})

test('an answer that the page has asked for already is taken once; the next request asks again', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(() => json({ name: 'asked again' }))
  window.igny8Answers = new Map([[SITE, json({ name: 'asked first' })]])
  expect(await readSite()).toEqual({ name: 'asked first' })
  expect(fetched).not.toHaveBeenCalled()
  expect(await readSite()).toEqual({ name: 'asked again' })
})

test('a change, another address and an old answer ask the API', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(() => json({ name: 'asked again' }))
  window.igny8Answers = new Map([[SITE, json({ name: 'asked first' })]])
  await api.PATCH('/sites/{site_id}', { params: { path: { site_id: 'site_1' } }, body: { name: 'New' } })
  await api.GET('/sites', { params: { query: { limit: 50 } } })
  expect(fetched).toHaveBeenCalledTimes(2)
  openMs = 60_001
  expect(await readSite()).toEqual({ name: 'asked again' })
})

test('a first answer that fails is a failure of the request', async () => {
  const lost = Promise.reject(new TypeError('Failed to fetch'))
  lost.catch(() => undefined)
  window.igny8Answers = new Map([[SITE, lost]])
  await expect(readSite()).rejects.toThrow()
})
