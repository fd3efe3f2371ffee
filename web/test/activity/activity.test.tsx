import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { ActivityDay, SyncEvent } from '../../src/api/types.ts'
import { type Answers, type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { sampleEvent, sampleRun } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const INTEGRATION = '/api/v1/integration/integrations'
const EVENTS = `GET ${INTEGRATION}/int_1/events`
const RUNS = `GET ${INTEGRATION}/int_1/runs`
const ACTIVITY = `GET ${INTEGRATION}/int_1/activity`

const day = (date: string, patch: Partial<ActivityDay> = {}): ActivityDay => ({
  date,
  runs: 0,
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  duration_ms_median: null,
  duration_ms_max: null,
  items_changed: 0,
  webhooks: 0,
  ...patch,
})
const DAYS = [
  day('2026-11-20'),
  day('2026-11-21', {
    runs: 5,
    succeeded: 3,
    failed: 2,
    duration_ms_median: 4_200,
    duration_ms_max: 65_000,
    items_changed: 1_234,
    webhooks: 7,
  }),
]
const page = <T,>(results: T[], next: string | null = null) => ({ body: { results, next } })
const open = (
  answers: Answers = {},
  path = '/sites/site_1/activity',
  role: 'viewer' | 'editor' = 'editor',
): FakeApi => {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: page([sampleIntegration()]),
    [ACTIVITY]: { body: { days: DAYS } },
    [RUNS]: page([sampleRun()]),
    [EVENTS]: page([sampleEvent()]),
    ...answers,
  })
  renderAt(path)
  return api
}
const eventOf = async (id: string): Promise<HTMLElement> =>
  waitFor(() => {
    const found = document.querySelector<HTMLElement>(`[data-event="${id}"]`)
    if (!found) throw new Error(`no event ${id}`)
    return found
  })

test('the charts’ numbers are also in a table, and the period can be changed', async () => {
  const api = open()
  const table = await screen.findByRole('table', { name: 'Runs, failures and durations per day', hidden: true })
  const [, newest, older] = within(table).getAllByRole('row', { hidden: true })
  expect(newest).toHaveTextContent(/^Nov 21532.*4\.2 sec1 min 5 sec1,2347$/)
  expect(older).toHaveTextContent(/^Nov 200000––00$/)
  await userEvent.selectOptions(screen.getByLabelText('Period'), '90 days')
  await waitFor(() => expect(api.callsOf(ACTIVITY).at(-1)?.query.get('days')).toBe('90'))
})

test('runs show status, duration and result, and link to their page', async () => {
  const failed = sampleRun({
    id: 'run_2',
    direction: 'to_external',
    status: 'failed',
    error: { code: 'unreachable', detail: 'No route.', fix: null },
  })
  open({ [RUNS]: page([failed, sampleRun()]) })
  const link = await screen.findByRole('link', { name: 'Both ways' })
  expect(link).toHaveAttribute('href', '/sites/site_1/activity/runs/run_1')
  expect(link.closest('tr')).toHaveTextContent(/Succeeded.*4\.2 sec3 created, 1 updated, 8 unchanged/)
  await screen.findByText('The site could not be reached')
  expect(screen.getByRole('link', { name: 'To WordPress' }).closest('tr')).toHaveTextContent(
    /Failed.*The site could not be reached/,
  )
})

test('events are sentences with a reason and links to their run and items', async () => {
  const events: SyncEvent[] = [
    sampleEvent({ id: 'evt_1', run_id: 'run_1', counts: { created: 2, failed: 1 } }),
    sampleEvent({
      id: 'evt_2',
      action: 'sync_item',
      success: false,
      code: 'blocked_by_firewall',
      detail: 'HTTP 403',
      item_ids: ['item_4'],
    }),
    sampleEvent({ id: 'evt_3', action: 'some_new_thing', success: false, code: 'some_new_code' }),
  ]
  open({ [EVENTS]: page(events) })
  const first = await eventOf('evt_1')
  expect(first).toHaveTextContent(/Synced.*Both ways2 created, 1 failedRun/)
  expect(within(first).getByRole('link', { name: 'Run' })).toHaveAttribute('href', '/sites/site_1/activity/runs/run_1')
  const second = await eventOf('evt_2')
  await within(second).findByText(/A firewall blocks our requests/)
  expect(second).toHaveTextContent('One item could not be synced: A firewall blocks our requests')
  expect(second).toHaveTextContent('HTTP 403')
  expect(within(second).getByRole('link', { name: 'Item' })).toHaveAttribute('href', '/sites/site_1/items/item_4')
  expect(await eventOf('evt_3')).toHaveTextContent('Some new thing: Some new code')
})

test('the event filter is in the URL, and an empty result offers to clear it', async () => {
  const api = open({}, '/sites/site_1/activity?success=false&action=sync&direction=nonsense')
  await eventOf('evt_1')
  expect(Object.fromEntries(api.callsOf(EVENTS)[0]?.query ?? [])).toMatchObject({ success: 'false', action: 'sync' })
  expect(api.callsOf(EVENTS)[0]?.query.has('direction')).toBe(false)
  api.answer({ [EVENTS]: ({ query }) => page(query.has('direction') ? [] : [sampleEvent()]) })
  await userEvent.selectOptions(screen.getByLabelText('Direction'), 'From WordPress')
  expect(window.location.search).toBe('?success=false&action=sync&direction=from_external')
  expect(await screen.findByText('Nothing matches')).toBeVisible()
  await userEvent.click(screen.getAllByRole('button', { name: 'Clear filters' }).at(-1) as HTMLElement)
  await eventOf('evt_1')
  expect(window.location.search).toBe('')
})

test('older events are added by cursor', async () => {
  open({
    [EVENTS]: ({ query }) =>
      query.has('cursor') ? page([sampleEvent({ id: 'evt_0' })]) : page([sampleEvent()], 'older'),
  })
  await eventOf('evt_1')
  await userEvent.click(screen.getByRole('button', { name: 'Load more' }))
  await eventOf('evt_0')
  expect(screen.getByText('2 events shown')).toBeVisible()
})

test('without events the page says what will appear; without a connection, how to connect', async () => {
  open({ [EVENTS]: page([]), [RUNS]: page([]), [ACTIVITY]: { body: { days: [day('2026-11-21')] } } })
  expect(await screen.findByText('Nothing has happened yet')).toBeVisible()
  expect(screen.getByText('No sync has run yet.')).toBeVisible()
  expect(await screen.findByText('No sync ran in this period.')).toBeVisible()
})

test('a site without a connection links to connecting it', async () => {
  open({ [`GET ${INTEGRATION}`]: page([]) })
  expect(await screen.findByRole('link', { name: 'Connect WordPress' })).toBeVisible()
})

test('a panel that cannot be loaded shows its error, and the others still work', async () => {
  open({ [RUNS]: problem(500, 'internal_error', 'Runs are broken.') })
  expect(await screen.findByText('Runs are broken.')).toBeVisible()
  await eventOf('evt_1')
})

test('a viewer reads whom to ask, and the API is not called', async () => {
  const api = open({ [`GET ${INTEGRATION}`]: problem(403, 'role_too_low') }, '/sites/site_1/activity', 'viewer')
  expect(await screen.findByText('Only for editors')).toBeVisible()
  expect(api.callsOf(EVENTS)).toHaveLength(0)
})

test('T46: markup in details, actions and codes of events stays text', async () => {
  const evil = '<img src=x onerror="alert(1)">'
  open({ [EVENTS]: page([sampleEvent({ action: evil, success: false, code: evil, detail: evil, item_ids: [evil] })]) })
  expect(await eventOf('evt_1')).toHaveTextContent('<img src=x onerror="alert(1)">')
  expect(document.querySelector('main img')).toBeNull()
})
