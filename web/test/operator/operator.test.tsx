import { OPERATOR_ERRORS } from '../../../src/contract/operator-errors.ts'
import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { OperatorAccount, OperatorOverview, OperatorSite } from '../../src/api/types.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const AT = '2026-11-29T10:00:00.000Z'
const OVERVIEW = 'GET /api/v1/operator/overview'
const nothing = { count: 0, is_more: false, oldest_at: null }
const lag = { count: 0, p50_ms: null, p95_ms: null }

const sample = (changes: Partial<OperatorOverview> = {}): OperatorOverview => ({
  as_of: AT,
  release: '0.3.0',
  version: null,
  sites: {
    as_of: AT,
    sites: 12,
    accounts: 3,
    states: [
      { state: 'ready', count: 9 },
      { state: 'unreachable', count: 2 },
      { state: 'disabled', count: 1 },
    ],
    reasons: [{ code: 'timed_out', count: 2 }],
    polling: 4,
    running: 1,
    stuck: 0,
    last_failed: 1,
  },
  runs: [
    { hour: AT, succeeded: 5, failed: 0 },
    { hour: '2026-11-29T11:00:00.000Z', succeeded: 7, failed: 3 },
  ],
  webhooks: [],
  failures: { day: [{ code: 'timed_out', count: 3 }], week: [{ code: 'other', count: 8 }] },
  lag: { runs: { count: 15, p50_ms: 2_000, p95_ms: 60_000 }, webhooks: lag, deliveries: lag },
  waiting: {
    webhook_deliveries: { count: 2_000, is_more: true, oldest_at: AT },
    mails: nothing,
    events: nothing,
    health_checks: nothing,
  },
  failed_deliveries: [{ channel: 'webhook', code: 'timed_out', count: 6 }],
  databases: [{ name: 'DB', bytes: 9e9, bytes_per_day: 5e7, days_left: 20, is_filling: true }],
  database_bytes: 10e9,
  last_tick_at: new Date().toISOString(),
  jobs: [
    { name: 'checks', at: AT, took_ms: 12, is_ok: true, failed_at: null },
    { name: 'pruned_events', at: AT, took_ms: 3_000, is_ok: false, failed_at: AT },
  ],
  missing: [],
  ...changes,
})

const operator = (answers: Answers) =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: { ...sampleSession(), is_operator: true } },
    [OVERVIEW]: { body: sample() },
    ...answers,
  })
const region = async (name: string) => within(await screen.findByRole('region', { name }))

test('shows how the server runs, and first what needs somebody', async () => {
  operator({})
  renderAt('/operator')
  expect(await screen.findByText('The job “pruned_events” failed the last time it ran.')).toBeVisible()
  expect(screen.getByText(/^DB is filling up: 9 GB used, 20 days left/)).toBeVisible()
  const states = await region('Sites by state')
  expect(states.getByRole('row', { name: /Unreachable/ })).toHaveTextContent('2')
  expect((await region('How long it takes')).getByRole('row', { name: /^Runs/ })).toHaveTextContent('1 min')
  expect((await region('What waits')).getByText('more than 2,000')).toBeVisible()
  const failures = await region('Failures by code')
  expect(failures.getByText('other codes')).toBeVisible()
  expect((await region('Cron')).getByRole('row', { name: /pruned_events/ })).toHaveTextContent('failed')
})

test('says that nothing needs anybody', async () => {
  const fine = { databases: [], jobs: [], failed_deliveries: [] }
  operator({ [OVERVIEW]: { body: sample(fine) } })
  renderAt('/operator')
  expect(await screen.findByText('Nothing needs attention.')).toBeVisible()
})

test('says before the first count that nothing was counted', async () => {
  operator({ [OVERVIEW]: { body: sample({ sites: null, last_tick_at: null }) } })
  renderAt('/operator')
  expect(await screen.findByText(/^Not counted yet/)).toBeVisible()
  expect(screen.getByText('The cron has never finished.')).toBeVisible()
})

test('is not there for anybody else, in the menu or at its address', async () => {
  fakeApi({ 'GET /api/v1/auth/get-session': { body: sampleSession() } })
  renderAt('/operator')
  expect(await screen.findByRole('heading', { level: 1, name: /not found/i })).toBeVisible()
  await userEvent.click(await screen.findByRole('button', { name: /Account of/ }))
  await screen.findByRole('menuitem', { name: 'Your account' })
  expect(screen.queryByRole('menuitem', { name: 'Operation' })).toBeNull()
})

test('asks for a second factor where the API does', async () => {
  const { title, fix } = OPERATOR_ERRORS.operator_factor_required
  operator({ [OVERVIEW]: problem(403, 'operator_factor_required', title, { fix }) })
  renderAt('/operator')
  expect(await screen.findByText(/Set up an authenticator app/)).toBeVisible()
})

const SITE: OperatorSite = {
  id: 'site_1',
  account_id: 'acc_9',
  host: 'shop.example.com',
  is_active: true,
  integration_id: 'int_1',
  connection: 'unreachable',
  reason: 'timed_out',
  since: AT,
  transport: 'polling',
  sync_status: 'failed',
  last_verified_at: AT,
  last_sync_at: null,
  next_check_at: AT,
  stored_bytes: 1_200_000,
}

test('a site is found by its host, woken with a reason, and the password is asked for if it must be', async () => {
  const api = operator({
    'GET /api/v1/operator/sites': ({ query }) => ({
      body: { results: query.get('search') === SITE.host ? [SITE] : [], next: null },
    }),
    'POST /api/v1/operator/sites/site_1/wake-object': problem(403, 'recent_sign_in_required', 'Again'),
    'POST /api/v1/me/confirm': { body: { confirmed_until: AT } },
  })
  renderAt('/operator/sites')
  expect(await screen.findByText('Every site is well')).toBeVisible()
  await userEvent.type(screen.getByLabelText('Site id, account id or host'), 'shop.example.com{Enter}')
  await userEvent.click(await screen.findByRole('button', { name: 'Check now: shop.example.com' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.click(dialog.getByRole('button', { name: 'Check now' }))
  expect(await dialog.findByText('Say why.')).toBeVisible()
  await userEvent.type(dialog.getByLabelText(/^Reason/), 'It sleeps')
  await userEvent.click(dialog.getByRole('button', { name: 'Check now' }))
  const woken = { check_due_at: AT, run: null, waiting_for_site_since: null }
  api.answer({ 'POST /api/v1/operator/sites/site_1/wake-object': { body: woken } })
  await userEvent.type(await dialog.findByLabelText(/^Your password/), 'correct horse')
  expect(dialog.getByLabelText(/^Reason/)).toHaveValue('It sleeps')
  await userEvent.click(dialog.getByRole('button', { name: 'Check now' }))
  expect(await dialog.findByText(/^The object is awake/)).toBeVisible()
})

const ACCOUNT: OperatorAccount = {
  id: 'acc_9',
  created_at: AT,
  usage: {
    sites: { used: 900, most: 1000 },
    api_keys: { used: 1, most: 10_000 },
    members: { used: 2, most: 500 },
    invitations: { used: 0, most: 500 },
  },
  suspension: null,
}

test('an account is suspended with a reason, and what came of it is said', async () => {
  const suspension = { since: AT, reason: 'Sends spam', is_told: false }
  const api = operator({
    'GET /api/v1/operator/accounts': { body: { results: [ACCOUNT], next: null } },
    'POST /api/v1/operator/accounts/acc_9/suspend': { body: { ...ACCOUNT, suspension } },
  })
  renderAt('/operator/accounts')
  const row = within(await screen.findByRole('row', { name: /acc_9/ }))
  expect(row.getByText('900 of 1,000')).toBeVisible()
  await userEvent.click(row.getByRole('button', { name: 'Suspend: acc_9' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText(/^Reason/), '  Sends spam ')
  api.answer({
    'GET /api/v1/operator/accounts': { body: { results: [{ ...ACCOUNT, suspension }], next: null } },
  })
  await userEvent.click(dialog.getByRole('button', { name: 'Suspend' }))
  expect(await dialog.findByText(/Its sites are being told/)).toBeVisible()
  await waitFor(() => expect(screen.getByText('Suspended')).toBeInTheDocument())
})

test('people of an account that is suspended see why', async () => {
  const suspension = { since: AT, reason: 'Sends spam' }
  fakeApi({
    'GET /api/v1/auth/get-session': { body: { ...sampleSession(), suspension } },
    'GET /api/v1/sites': { body: { results: [], next: null } },
  })
  renderAt('/sites')
  expect(await screen.findByText(/Acme has been suspended since/)).toBeVisible()
  expect(screen.getByText(/^Reason: Sends spam/)).toBeVisible()
})
