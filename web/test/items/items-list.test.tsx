import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { ItemSummary } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleItem, sampleSummary } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const LIST = 'GET /api/v1/sites/site_1/content'
const INTEGRATION = '/api/v1/integration/integrations'

const row = (label: string, synced: number, failed: number, conflicts: number) => ({
  label,
  count: 50,
  count_as_of: null,
  synced_count: synced,
  failed_count: failed,
  conflict_count: conflicts,
  enabled: true,
  fetch_limit: 100,
  limited: false,
})
const TYPES = {
  connection: 'ready',
  health: sampleIntegration().health,
  last_structure_fetch: null,
  as_of: null,
  post_types: { post: row('Posts', 40, 2, 3), page: row('Pages', 9, 0, 1) },
  taxonomies: {},
  plugin_connection_enabled: true,
  two_way_sync_enabled: true,
}

const page = (results: ItemSummary[], next: string | null = null) => ({ body: { results, next } })
const open = (answers: Answers = {}, path = '/sites/site_1/items', role: 'viewer' | 'editor' = 'editor'): FakeApi => {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: { body: TYPES },
    [LIST]: page([sampleSummary()]),
    ...answers,
  })
  renderAt(path)
  return api
}
const lastQuery = (api: FakeApi) => Object.fromEntries(api.callsOf(LIST).at(-1)?.query ?? [])

test('each item shows type, state, status and problem, and links to its page and WordPress', async () => {
  const failed = sampleSummary({
    id: 'item_2',
    title: 'Broken',
    state: 'failed',
    error: { code: 'parent_cycle', detail: 'It is below itself.', fix: null, since: '2026-11-21T10:00:00.000Z' },
  })
  const torn = sampleSummary({
    id: 'item_3',
    title: 'Torn',
    state: 'conflict',
    conflict_fields: ['title', 'terms.post_tag'],
  })
  open({ [LIST]: page([sampleSummary(), failed, torn]) })
  const first = (await screen.findByRole('link', { name: 'Opening hours' })).closest('tr') as HTMLElement
  expect(within(first).getByText('Synced')).toBeVisible()
  expect(within(first).getByText('Published')).toBeVisible()
  expect(await within(first).findByText('Posts')).toBeVisible()
  expect(within(first).getByRole('link', { name: 'Opening hours' })).toHaveAttribute(
    'href',
    '/sites/site_1/items/item_1',
  )
  const outside = within(first).getByRole('link', { name: /Open “Opening hours” in WordPress.*new tab/ })
  expect(outside).toHaveAttribute('href', 'https://example.com/opening-hours/')
  expect(outside).toHaveAttribute('rel', 'noopener noreferrer')
  expect(screen.getByText('It would be its own parent')).toBeVisible()
  expect(screen.getByText('Both sides changed: Title, Terms: post_tag')).toBeVisible()
})

test('filters are in the URL, query the API, and follow the back button', async () => {
  const api = open()
  await screen.findByRole('option', { name: 'Conflict (4)' })
  await userEvent.selectOptions(screen.getByLabelText('State'), 'conflict')
  await waitFor(() => expect(lastQuery(api)).toMatchObject({ state: 'conflict' }))
  await userEvent.selectOptions(screen.getByLabelText('Type'), 'page')
  expect(window.location.search).toBe('?state=conflict&type=page')
  expect(await screen.findByRole('option', { name: 'Conflict (1)' })).toBeInTheDocument()
  window.history.back()
  await waitFor(() => expect(window.location.search).toBe('?state=conflict'))
  expect(screen.getByLabelText('Type')).toHaveValue('')
  await userEvent.click(screen.getByRole('button', { name: 'Clear filters' }))
  expect(window.location.search).toBe('')
  await waitFor(() => expect(lastQuery(api)).not.toHaveProperty('state'))
})

test('a deep link opens with its filters, and invalid values are ignored', async () => {
  const api = open({}, '/sites/site_1/items?state=failed&type=%3Cb%3E&q=hours')
  await screen.findByRole('link', { name: 'Opening hours' })
  expect(lastQuery(api)).toMatchObject({ state: 'failed', q: 'hours' })
  expect(lastQuery(api)).not.toHaveProperty('type')
  expect(screen.getByLabelText('Search')).toHaveValue('hours')
  expect(screen.getByLabelText('State')).toHaveValue('failed')
})

test('typing queries once after a pause, and keeps focus and text', async () => {
  const api = open()
  await screen.findByRole('link', { name: 'Opening hours' })
  const before = api.callsOf(LIST).length
  await userEvent.type(screen.getByLabelText('Search'), 'shop')
  await waitFor(() => expect(lastQuery(api)).toMatchObject({ q: 'shop' }))
  expect(api.callsOf(LIST).length).toBe(before + 1)
  expect(screen.getByLabelText('Search')).toHaveFocus()
  expect(screen.getByLabelText('Search')).toHaveValue('shop')
})

test('the next page is appended by cursor, and can be retried if it fails', async () => {
  const api = open({
    [LIST]: ({ query }) =>
      page(
        [sampleSummary({ id: query.get('cursor') ? 'item_9' : 'item_1', title: query.get('cursor') ?? 'First' })],
        query.get('cursor') ? null : 'more',
      ),
  })
  await screen.findByRole('link', { name: 'First' })
  expect(screen.getByText('1 item shown, there are more')).toBeVisible()
  api.answer({ [LIST]: problem(500, 'internal_error') })
  await userEvent.click(screen.getByRole('button', { name: 'Load more' }))
  expect(await screen.findByRole('alert')).toBeVisible()
  api.answer({ [LIST]: page([sampleSummary({ id: 'item_9', title: 'Second' })]) })
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: 'Second' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'First' })).toBeVisible()
  expect(screen.getByText('2 items shown')).toBeVisible()
})

test('an empty list says why: nothing synced, nothing connected, or nothing that matches', async () => {
  const api = open({ [LIST]: page([]) })
  expect(await screen.findByText('Nothing synced yet')).toBeVisible()
  expect(await screen.findByRole('link', { name: 'To the content types' })).toBeVisible()
  api.answer({ [LIST]: ({ query }) => page(query.get('q') ? [] : [sampleSummary()]) })
  await userEvent.type(screen.getByLabelText('Search'), 'zzz')
  expect(await screen.findByText('Nothing matches')).toBeVisible()
  await userEvent.click(screen.getAllByRole('button', { name: 'Clear filters' }).at(-1) as HTMLElement)
  expect(await screen.findByRole('link', { name: 'Opening hours' })).toBeVisible()
  expect(screen.getByLabelText('Search')).toHaveValue('')
})

test('a site without a connection links to connecting it', async () => {
  open({ [LIST]: page([]), [`GET ${INTEGRATION}`]: { body: { results: [], next: null } } })
  expect(await screen.findByRole('link', { name: 'Connect WordPress' })).toHaveAttribute(
    'href',
    '/sites/site_1/connect',
  )
})

test('a list that cannot be loaded shows an error and can be retried', async () => {
  const api = open({ [LIST]: problem(500, 'internal_error', 'Broken.') })
  expect(await screen.findByRole('alert')).toHaveTextContent('Broken.')
  api.answer({ [LIST]: page([sampleSummary()]) })
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: 'Opening hours' })).toBeVisible()
})

test('a new item is created as a draft and opened; without a title it is not sent', async () => {
  const api = open({
    'POST /api/v1/sites/site_1/content': { status: 201, body: sampleItem({ id: 'item_7', title: 'Fresh' }) },
    'GET /api/v1/sites/site_1/content/item_7': { body: sampleItem({ id: 'item_7', title: 'Fresh' }) },
  })
  await userEvent.click(await screen.findByRole('button', { name: 'New item' }))
  const dialog = await screen.findByRole('dialog')
  await userEvent.click(await within(dialog).findByRole('button', { name: 'Create draft' }))
  expect(within(dialog).getByText('Enter a title.')).toBeVisible()
  await userEvent.type(within(dialog).getByLabelText(/Title/), 'Fresh')
  await userEvent.type(within(dialog).getByLabelText('Body'), 'Hello')
  await userEvent.click(within(dialog).getByRole('button', { name: 'Create draft' }))
  await waitFor(() => expect(window.location.pathname).toBe('/sites/site_1/items/item_7'))
  expect(api.callsOf('POST /api/v1/sites/site_1/content')[0]?.body).toEqual({
    title: 'Fresh',
    type: 'post',
    body: 'Hello',
    status: 'draft',
  })
})

test('a viewer sees the list without the new-item button', async () => {
  open({ [`GET ${INTEGRATION}`]: problem(403, 'role_too_low') }, '/sites/site_1/items', 'viewer')
  expect(await screen.findByRole('link', { name: 'Opening hours' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'New item' })).not.toBeInTheDocument()
})

test('T46: markup in titles, slugs, types and addresses stays text', async () => {
  const evil = '<img src=x onerror="alert(1)">'
  open({
    [LIST]: page([
      sampleSummary({
        title: evil,
        slug: '<b>x</b>',
        external_url: 'javascript:alert(1)',
        state: 'conflict',
        conflict_fields: ['meta.<i>k</i>'],
      }),
    ]),
    [`GET ${INTEGRATION}/int_1/content-types`]: {
      body: { ...TYPES, post_types: { post: row('<u>Posts</u>', 1, 0, 0) } },
    },
  })
  expect(await screen.findByRole('link', { name: evil })).toBeVisible()
  expect(await screen.findByText('<u>Posts</u>')).toBeVisible()
  expect(screen.getByText('Both sides changed: Meta: <i>k</i>')).toBeVisible()
  expect(document.querySelector('main img, main b, main i, main u, a[href^="javascript"]')).toBeNull()
})

test('a password-protected item says so, and the trash can be listed', async () => {
  const api = open({ [LIST]: page([sampleSummary({ protected: true })]) })
  expect(await screen.findByText('Password protected')).toBeVisible()
  await userEvent.selectOptions(screen.getByLabelText('Status'), 'trash')
  await waitFor(() => expect(lastQuery(api)).toMatchObject({ status: 'trash' }))
  expect(window.location.search).toBe('?status=trash')
})
