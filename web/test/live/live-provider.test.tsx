import { act, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectedSite, INTEGRATION, postType, sampleContentTypes } from '../support/content-type-samples.ts'
import { type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { FakeSocket, fakeSockets } from '../support/fake-socket.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSite } from '../support/samples.ts'

const withPosts = (synced: number) =>
  sampleContentTypes({ post_types: { post: postType('Posts', 123, synced) }, taxonomies: {} })

let api: FakeApi

beforeEach(() => {
  fakeSockets()
  api = fakeApi(connectedSite(withPosts(45)))
})
afterEach(() => vi.useRealTimers())

const openTab = async () => {
  renderAt('/sites/site_1/content-types')
  await screen.findByRole('button', { name: '45 synced' })
}
const networkFails = () => vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))

test('all pages of a site share one connection, and messages appear without a request', async () => {
  await openTab()
  expect(FakeSocket.all.map(({ url }) => url)).toEqual([`ws://${window.location.host}${INTEGRATION}/live`])
  FakeSocket.last.accept()
  expect(screen.getByText('Live')).toBeVisible()
  const asked = api.callsOf(`GET ${INTEGRATION}/content-types`).length
  FakeSocket.last.tell({ type: 'content_types', content_types: withPosts(46) })
  expect(await screen.findByRole('button', { name: '46 synced' })).toBeVisible()
  expect(api.callsOf(`GET ${INTEGRATION}/content-types`)).toHaveLength(asked)
  api.answer({ [`GET ${INTEGRATION}/content-types`]: { body: withPosts(46) } })
  await userEvent.click(screen.getByRole('link', { name: 'Settings' }))
  await screen.findByRole('heading', { level: 1, name: 'Settings' })
  await userEvent.click(screen.getByRole('link', { name: 'Content types' }))
  expect(await screen.findByRole('button', { name: '46 synced' })).toBeVisible()
  expect(FakeSocket.all).toHaveLength(1)
})

test('the URL of the connection names the chosen account', async () => {
  localStorage.setItem('igny8-account', 'acc_2')
  await openTab()
  expect(new URL(FakeSocket.last.url).searchParams.get('account_id')).toBe('acc_2')
})

test('after a loss the page says so, polls every five seconds, and is live again afterwards', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  await openTab()
  FakeSocket.last.accept()
  api.answer({ [`GET ${INTEGRATION}/content-types`]: [{ body: withPosts(50) }, { body: withPosts(60) }] })
  FakeSocket.last.drop()
  expect(screen.getByText(/Connection lost, trying again/)).toBeVisible()
  expect(await screen.findByRole('button', { name: '50 synced' })).toBeVisible()
  await act(() => vi.advanceTimersByTimeAsync(5_000))
  expect(await screen.findByRole('button', { name: '60 synced' })).toBeVisible()
  FakeSocket.last.accept()
  expect(screen.getByText('Live')).toBeVisible()
  await act(() => vi.advanceTimersByTimeAsync(100))
  const asked = api.callsOf(`GET ${INTEGRATION}/content-types`).length
  await act(() => vi.advanceTimersByTimeAsync(20_000))
  expect(api.callsOf(`GET ${INTEGRATION}/content-types`)).toHaveLength(asked)
})

test('if polling fails too, the page says that data may be old, and [Try now] reconnects', async () => {
  await openTab()
  FakeSocket.last.accept()
  networkFails()
  FakeSocket.last.drop()
  expect((await screen.findAllByText(/What you see may be out of date/)).length).toBeGreaterThan(0)
  expect(screen.getByRole('button', { name: '45 synced' })).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Try now' }))
  expect(FakeSocket.all).toHaveLength(2)
  FakeSocket.last.accept()
  await waitFor(() => expect(screen.queryByText(/may be out of date/)).not.toBeInTheDocument())
})

test('a removed role ends the connection and shows what to do', async () => {
  await openTab()
  FakeSocket.last.accept()
  const refused = problem(403, 'role_too_low', 'This needs the role editor.')
  api.answer({ [`GET ${INTEGRATION}`]: refused })
  FakeSocket.last.drop()
  await userEvent.click(screen.getByRole('button', { name: 'Try now' }))
  FakeSocket.last.drop()
  expect(await screen.findByRole('alert')).toHaveTextContent('This needs the role editor.')
  expect(screen.getByText('Live updates have stopped')).toBeVisible()
})

test('an ended session leads to signing in and back', async () => {
  await openTab()
  const refused = problem(401, 'credentials_missing')
  api.answer({ [`GET ${INTEGRATION}`]: refused, 'GET /api/v1/auth/get-session': refused })
  FakeSocket.last.drop()
  await waitFor(() => expect(window.location.pathname).toBe('/sign-in'))
  expect(window.history.state).toMatchObject({ from: '/sites/site_1/content-types' })
})

test('a deleted integration leads to connecting again', async () => {
  await openTab()
  FakeSocket.last.accept()
  api.answer({ 'GET /api/v1/integration/integrations': { body: { results: [], next: null } } })
  FakeSocket.last.tell({ type: 'bye', code: 'integration_deleted', detail: 'The integration was deleted.' })
  FakeSocket.last.drop(4004)
  expect(await screen.findByText('This site is not connected yet')).toBeVisible()
  expect(FakeSocket.last.isClosedByPage).toBe(true)
})

test('the connection is closed when the site is left', async () => {
  api.answer({ 'GET /api/v1/sites': { body: { results: [sampleSite()], next: null } } })
  await openTab()
  FakeSocket.last.accept()
  await userEvent.click(screen.getByRole('link', { name: 'IGNY8, go to sites' }))
  await waitFor(() => expect(FakeSocket.last.isClosedByPage).toBe(true))
})
