import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { Delivery, Endpoint, NotificationPreferences, Role } from '../../src/api/types.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const AT = '2026-11-21T10:00:00.000Z'
const ENDPOINTS = '/api/v1/notifications/endpoints'
const DELIVERIES = '/api/v1/notifications/deliveries'
const PREFERENCES = '/api/v1/notifications/preferences'
const SECRET = 'whsec_bm90IGEgc2VjcmV0LCBidXQgYXMgbG9uZyBhcyBvbmU='

const ERROR = {
  code: 'server_error' as const,
  title: 'The endpoint failed',
  detail: 'hooks.example.com answered 500.',
  fix: 'Look into its log.',
}
const endpoint = (patch: Partial<Endpoint> = {}): Endpoint => ({
  id: 'hook_1',
  name: 'Pager',
  url: 'https://hooks.example.com/igny8',
  is_active: true,
  failing_since: null,
  last_error: null,
  last_delivered_at: AT,
  pending: 0,
  previous_secret_until: null,
  created_at: AT,
  ...patch,
})
const delivery = (patch: Partial<Delivery> = {}): Delivery => ({
  id: 'dlv_1',
  message_id: 'msg_1',
  type: 'connection.changed',
  channel: 'webhook',
  endpoint_id: 'hook_1',
  recipient: 'Pager',
  changes: 1,
  summary: 'Shop is unreachable',
  status: 'delivered',
  attempts: 1,
  last_status: 200,
  error: null,
  next_attempt_at: null,
  created_at: AT,
  finished_at: AT,
  ...patch,
})
const preferences = (patch: Partial<NotificationPreferences> = {}): NotificationPreferences => ({
  email: true,
  address: 'ada@example.com',
  email_configured: true,
  ...patch,
})

const list = (...results: unknown[]) => ({ body: { results, next: null } })
const app = (more: Answers = {}, role: Role = 'owner') => {
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession(role) },
    [`GET ${ENDPOINTS}`]: list(endpoint()),
    [`GET ${DELIVERIES}`]: list(delivery()),
    [`GET ${PREFERENCES}`]: { body: preferences() },
    ...more,
  })
  renderAt('/notifications')
  return api
}
const row = async (name: RegExp) => within(await screen.findByRole('row', { name }))

test('the page is reached from the account’s navigation', async () => {
  app()
  expect(await screen.findByRole('heading', { level: 1, name: 'Notifications' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'Notifications' })).toHaveAttribute('aria-current', 'page')
})

test('an endpoint is added, and its dialog closes only after confirming the secret is saved', async () => {
  const api = app({
    [`GET ${ENDPOINTS}`]: list(),
    [`POST ${ENDPOINTS}`]: { status: 201, body: { ...endpoint({ last_delivered_at: null }), secret: SECRET } },
  })
  expect(await screen.findByText('No webhook yet')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Add a webhook' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Add a webhook' }))
  await userEvent.click(dialog.getByRole('button', { name: 'Add' }))
  expect(dialog.getByLabelText('Address')).toHaveAccessibleDescription(/starts with https/)
  await userEvent.type(dialog.getByLabelText('Address'), 'https://hooks.example.com/igny8')
  await userEvent.clear(dialog.getByLabelText('Name'))
  await userEvent.type(dialog.getByLabelText('Name'), 'Pager')
  await userEvent.click(dialog.getByRole('button', { name: 'Add' }))
  expect(api.callsOf(`POST ${ENDPOINTS}`)[0]?.body).toEqual({ name: 'Pager', url: 'https://hooks.example.com/igny8' })
  const shown = within(await screen.findByRole('dialog', { name: 'The signing secret' }))
  expect(shown.getByLabelText('Secret')).toHaveValue(SECRET)
  expect(shown.queryByRole('button', { name: 'Close' })).not.toBeInTheDocument()
  expect(shown.getByRole('button', { name: 'Done' })).toBeDisabled()
  api.answer({ [`GET ${ENDPOINTS}`]: list(endpoint({ last_delivered_at: null })) })
  await userEvent.click(shown.getByRole('checkbox', { name: 'I have saved the secret' }))
  await userEvent.click(shown.getByRole('button', { name: 'Done' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument())
  expect(document.body).not.toHaveTextContent(SECRET)
})

test('a refused address shows an error at its field', async () => {
  app({
    [`POST ${ENDPOINTS}`]: problem(400, 'validation_error', 'Private.', {
      errors: [{ path: 'body.url', code: 'private_address', message: 'The name is of a private network.' }],
    }),
  })
  await userEvent.click(await screen.findByRole('button', { name: 'Add a webhook' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText('Address'), 'https://hooks.internal/')
  await userEvent.click(dialog.getByRole('button', { name: 'Add' }))
  await waitFor(() => expect(dialog.getByLabelText('Address')).toHaveAccessibleDescription(/of a private network/))
})

test('too many endpoints is an error with its fix', async () => {
  app({ [`POST ${ENDPOINTS}`]: problem(409, 'too_many_endpoints', 'Ten are there.') })
  await userEvent.click(await screen.findByRole('button', { name: 'Add a webhook' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText('Address'), 'https://hooks.example.com/')
  await userEvent.click(dialog.getByRole('button', { name: 'Add' }))
  expect(await dialog.findByText('Ten are there.')).toBeVisible()
})

test('a failing endpoint shows since when, why and what to do, and that it stays on', async () => {
  app({ [`GET ${ENDPOINTS}`]: list(endpoint({ failing_since: AT, last_error: ERROR, pending: 3 })) })
  const pager = await row(/Pager/)
  expect(pager.getByText(/Failing since/)).toBeVisible()
  expect(pager.getByText('hooks.example.com answered 500.')).toBeVisible()
  expect(pager.getByText('Look into its log.')).toBeVisible()
  expect(pager.getByText(/stays switched on/)).toBeVisible()
  expect(pager.getByText('3 messages waiting')).toBeVisible()
})

test('a test shows how the ping was answered', async () => {
  const TEST = `POST ${ENDPOINTS}/hook_1/test`
  const api = app({ [TEST]: { body: { success: false, status: 500, error: ERROR, took_ms: 12 } } })
  const pager = await row(/Pager/)
  await userEvent.click(pager.getByRole('button', { name: 'Test Pager' }))
  expect(await pager.findByText('The ping was not delivered')).toBeVisible()
  expect(pager.getByText('hooks.example.com answered 500.')).toBeVisible()
  api.answer({ [TEST]: { body: { success: true, status: 204, error: null, took_ms: 34 } } })
  await userEvent.click(pager.getByRole('button', { name: 'Test Pager' }))
  expect(await pager.findByText('The ping was delivered: HTTP 204 after 34 ms')).toBeVisible()
  api.answer({ [TEST]: problem(429, 'too_many_requests', 'Slow down.') })
  await userEvent.click(pager.getByRole('button', { name: 'Test Pager' }))
  expect(await pager.findByRole('alert')).toHaveTextContent('Slow down.')
})

test('switching off shows at once, and is reset if refused', async () => {
  const api = app({ [`PATCH ${ENDPOINTS}/hook_1`]: problem(404, 'endpoint_not_found', 'Gone.') })
  const toggle = (await row(/Pager/)).getByRole('switch', { name: 'Send to Pager' })
  await userEvent.click(toggle)
  expect(await screen.findByText('The webhook was not changed')).toBeVisible()
  expect(toggle).toBeChecked()
  expect(api.callsOf(`PATCH ${ENDPOINTS}/hook_1`)[0]?.body).toEqual({ is_active: false })
})

test('a new secret has a grace period and is shown once', async () => {
  const ROTATE = `POST ${ENDPOINTS}/hook_1/rotate-secret`
  const api = app({ [ROTATE]: { status: 201, body: { ...endpoint(), secret: SECRET } } })
  await userEvent.click((await row(/Pager/)).getByRole('button', { name: 'New secret for Pager' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.selectOptions(dialog.getByRole('combobox'), 'one hour')
  await userEvent.click(dialog.getByRole('button', { name: 'New secret' }))
  expect(api.callsOf(ROTATE)[0]?.body).toEqual({ grace_s: 3600 })
  expect(await dialog.findByLabelText('Secret')).toHaveValue(SECRET)
})

test('an endpoint is changed, and deleted after a question', async () => {
  const api = app({
    [`PATCH ${ENDPOINTS}/hook_1`]: { body: endpoint({ name: 'Siren' }) },
    [`DELETE ${ENDPOINTS}/hook_1`]: { status: 204 },
  })
  const pager = await row(/Pager/)
  await userEvent.click(pager.getByRole('button', { name: 'Change Pager' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Change Pager' }))
  await userEvent.clear(dialog.getByLabelText('Name'))
  await userEvent.type(dialog.getByLabelText('Name'), 'Siren')
  await userEvent.click(dialog.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Siren was saved.')).toBeVisible()
  expect(api.callsOf(`PATCH ${ENDPOINTS}/hook_1`)[0]?.body).toEqual({ name: 'Siren', url: endpoint().url })
  await userEvent.click(pager.getByRole('button', { name: 'Delete' }))
  const question = within(await screen.findByRole('dialog', { name: 'Delete Pager?' }))
  expect(api.callsOf(`DELETE ${ENDPOINTS}/hook_1`)).toHaveLength(0)
  await userEvent.click(question.getByRole('button', { name: 'Delete' }))
  expect(await screen.findByText('Pager was deleted.')).toBeVisible()
})

test('deliveries show their result, are filtered by state, and can be delivered again', async () => {
  const waiting = delivery({
    id: 'dlv_2',
    status: 'pending',
    attempts: 3,
    error: ERROR,
    next_attempt_at: '2026-11-21T10:30:00.000Z',
    finished_at: null,
    summary: 'Blog is degraded',
  })
  const failed = delivery({
    id: 'dlv_3',
    channel: 'email',
    recipient: 'bob@example.com',
    status: 'failed',
    error: { code: 'email_refused', title: 'The e-mail was refused', detail: 'It answered 422.', fix: 'Check it.' },
    summary: '2 sites need attention',
  })
  const api = app({
    [`GET ${DELIVERIES}`]: (call) =>
      call.query.get('status') === 'failed' ? list(failed) : list(waiting, failed, delivery()),
    [`POST ${DELIVERIES}/dlv_3/redeliver`]: { status: 202, body: { ...failed, status: 'pending' } },
  })
  const blog = await row(/Blog is degraded/)
  expect(blog.getByText('Waiting')).toBeVisible()
  expect(blog.getByText(/3 attempts, next attempt/)).toBeVisible()
  expect(blog.queryByRole('button')).not.toBeInTheDocument()
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'State' }), 'Failed')
  await waitFor(() => expect(screen.queryByText('Blog is degraded')).not.toBeInTheDocument())
  const gone = await row(/2 sites need attention/)
  expect(gone.getByText('bob@example.com')).toBeVisible()
  await userEvent.click(gone.getByRole('button', { name: /Deliver again/ }))
  expect(await screen.findByText('It is sent within a minute.')).toBeVisible()
  expect(api.callsOf(`POST ${DELIVERIES}/dlv_3/redeliver`)).toHaveLength(1)
})

test('each person sets their own e-mail preference, which is reset if refused', async () => {
  const api = app({ [`PUT ${PREFERENCES}`]: { body: preferences({ email: false }) } })
  const choice = await screen.findByRole('switch', { name: /^Send me e-mails/ })
  expect(choice).toBeChecked()
  expect(screen.getByText('To ada@example.com, in this account.')).toBeVisible()
  await userEvent.click(choice)
  await waitFor(() => expect(choice).not.toBeChecked())
  expect(api.callsOf(`PUT ${PREFERENCES}`)[0]?.body).toEqual({ email: false })
  api.answer({ [`PUT ${PREFERENCES}`]: problem(500, 'internal_error') })
  await userEvent.click(choice)
  expect(await screen.findByText('Your choice was not saved')).toBeVisible()
  expect(choice).not.toBeChecked()
})

test('a server without e-mail says so', async () => {
  app({ [`GET ${PREFERENCES}`]: { body: preferences({ email_configured: false }) } })
  expect(await screen.findByText('E-mail is not set up on this server')).toBeVisible()
})

test('a person without permission sees endpoints without actions', async () => {
  app({}, 'editor')
  const pager = await row(/Pager/)
  expect(pager.queryByRole('button')).not.toBeInTheDocument()
  expect(pager.queryByRole('switch')).not.toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Add a webhook' })).not.toBeInTheDocument()
  expect(screen.getByText(/Only admins and owners/)).toBeVisible()
  expect(await screen.findByRole('switch', { name: /^Send me e-mails/ })).toBeVisible()
  const told = await row(/Shop is unreachable/)
  expect(told.queryByRole('button')).not.toBeInTheDocument()
})

test('each panel that can’t be loaded shows its own error', async () => {
  app({ [`GET ${ENDPOINTS}`]: problem(500, 'internal_error', 'Broken.') })
  expect(await screen.findByText('Broken.')).toBeVisible()
  expect(await screen.findByText('Shop is unreachable')).toBeVisible()
})
