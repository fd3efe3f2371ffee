import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleProfile, sampleSession } from '../support/samples.ts'

const DUE = '2026-12-28T10:00:00.000Z'
const deletion = (kind: 'account' | 'person', patch: object = {}) => ({
  kind,
  subject_id: kind === 'account' ? 'acc_1' : 'usr_1',
  requested_by: 'usr_1',
  requested_at: '2026-11-28T10:00:00.000Z',
  due_at: DUE,
  can_cancel: true,
  ...patch,
})
const NONE = { account: null, person: null }
const list = { body: { results: [], next: null } }
const pages = (more: Answers = {}) =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession() },
    'GET /api/v1/me/sessions': list,
    'GET /api/v1/me/passkeys': list,
    'GET /api/v1/account': { body: { id: 'acc_1', name: 'Acme', require_two_factor: false, created_at: DUE } },
    'GET /api/v1/sites': list,
    'GET /api/v1/integration/integrations': list,
    ...more,
  })
const panel = async (name: string) => within(await screen.findByRole('region', { name }))

const createUrl = vi.fn((_file: Blob) => 'blob:export')
beforeEach(() => {
  createUrl.mockClear()
  URL.createObjectURL = createUrl
  URL.revokeObjectURL = vi.fn()
})

test('the account is deleted after its name was typed, and then a banner on every page says when', async () => {
  const api = pages({
    'POST /api/v1/account/deletion': { body: deletion('account') },
    'DELETE /api/v1/account/deletion': { status: 204 },
  })
  renderAt('/account')
  const account = await panel('Export or delete Acme')
  expect(account.getByText(/it becomes final on/)).toBeVisible()
  await userEvent.click(account.getByRole('button', { name: 'Delete this account' }))
  await userEvent.type(account.getByLabelText('Type the account’s name to confirm'), 'Another')
  await userEvent.click(account.getByRole('button', { name: 'Delete the account in 30 days' }))
  expect(account.getByText('Type exactly this: Acme')).toBeVisible()
  expect(api.callsOf('POST /api/v1/account/deletion')).toHaveLength(0)
  await userEvent.clear(account.getByLabelText('Type the account’s name to confirm'))
  await userEvent.type(account.getByLabelText('Type the account’s name to confirm'), 'Acme')
  api.answer({ 'GET /api/v1/deletions': { body: { ...NONE, account: deletion('account') } } })
  await userEvent.click(account.getByRole('button', { name: 'Delete the account in 30 days' }))
  const banner = await panel('Acme will be deleted on December 28, 2026')
  expect(api.callsOf('POST /api/v1/account/deletion')[0]?.body).toEqual({ name: 'Acme' })
  api.answer({ 'GET /api/v1/deletions': { body: NONE } })
  await userEvent.click(banner.getByRole('button', { name: 'Keep the account' }))
  await waitFor(() => expect(screen.queryByText(/will be deleted on/)).toBeNull())
  expect(api.callsOf('DELETE /api/v1/account/deletion')).toHaveLength(1)
})

test('who is not an owner sees the banner, and whom to ask', async () => {
  pages({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/deletions': { body: { ...NONE, account: deletion('account') } },
  })
  renderAt('/account')
  const banner = await panel('Acme will be deleted on December 28, 2026')
  expect(banner.getByText(/An owner of the account can stop this/)).toBeVisible()
  expect(banner.queryByRole('button')).toBeNull()
  await panel('Export or delete yourself')
  expect(screen.queryByRole('button', { name: 'Delete this account' })).toBeNull()
})

test('a deletion that has begun can’t be stopped', async () => {
  pages({ 'GET /api/v1/deletions': { body: { ...NONE, account: deletion('account', { can_cancel: false }) } } })
  renderAt('/sites')
  const banner = await panel('Acme will be deleted on December 28, 2026')
  expect(banner.getByText(/can’t be stopped any more/)).toBeVisible()
  expect(banner.queryByRole('button')).toBeNull()
})

test('a person who alone owns an account learns which, and what to do', async () => {
  pages({ 'POST /api/v1/me/deletion': problem(409, 'sole_owner', 'Nobody else owns: Acme.') })
  renderAt('/account')
  const person = await panel('Export or delete yourself')
  await userEvent.click(person.getByRole('button', { name: 'Delete me' }))
  await userEvent.type(person.getByLabelText('Type your e-mail address to confirm'), 'ada@example.com')
  await userEvent.click(person.getByRole('button', { name: 'Delete me in 30 days' }))
  expect(await person.findByText('Nobody else owns: Acme.')).toBeVisible()
})

test('a person who is to be deleted can stay', async () => {
  const api = pages({
    'GET /api/v1/deletions': { body: { ...NONE, person: deletion('person') } },
    'DELETE /api/v1/me/deletion': { status: 204 },
  })
  renderAt('/sites')
  const banner = await panel('You will be deleted on December 28, 2026')
  await userEvent.click(banner.getByRole('button', { name: 'Don’t delete me' }))
  await waitFor(() => expect(api.callsOf('DELETE /api/v1/me/deletion')).toHaveLength(1))
})

test('an export is downloaded, and an incomplete one is not called complete', async () => {
  const lines = { kind: 'end', complete: true }
  const api = pages({ 'POST /api/v1/account/export': [{ body: lines }, { body: { ...lines, complete: false } }] })
  renderAt('/account')
  const account = await panel('Export or delete Acme')
  await userEvent.click(account.getByRole('button', { name: 'Export the account' }))
  expect(await account.findByText(/^Downloaded: /)).toBeVisible()
  expect(createUrl).toHaveBeenCalledTimes(1)
  await userEvent.click(account.getByRole('button', { name: 'Export the account' }))
  expect(await account.findByText(/but not everything/)).toBeVisible()
  expect(api.callsOf('POST /api/v1/account/export')).toHaveLength(2)
})

test('an export in parts is one file, and goes on after the question for the password', async () => {
  const next = (cursor: string) => `${JSON.stringify({ kind: 'page', next: cursor })}\n`
  const api = pages({
    'POST /api/v1/account/export': [
      { text: `{"kind":"account","account":{"name":"Käse"}}\n${next('c1')}` },
      problem(403, 'recent_sign_in_required'),
      { text: `{"kind":"site","id":"site_1"}\n${next('c2')}` },
      { text: '{"kind":"end","complete":true,"failures":0}\n' },
    ],
    'POST /api/v1/me/confirm': { body: { confirmed_at: DUE } },
  })
  renderAt('/account')
  const account = await panel('Export or delete Acme')
  await userEvent.click(account.getByRole('button', { name: 'Export the account' }))
  const question = within(await screen.findByRole('dialog', { name: 'Your password, please' }))
  await userEvent.type(question.getByLabelText('Password'), 'correct horse battery')
  await userEvent.click(question.getByRole('button', { name: 'Continue' }))
  expect(await account.findByText(/^Downloaded: /)).toBeVisible()
  const cursors = api.callsOf('POST /api/v1/account/export').map(({ query }) => query.get('cursor'))
  expect(cursors).toEqual([null, 'c1', 'c1', 'c2'])
  expect(createUrl).toHaveBeenCalledTimes(1)
  const [file] = createUrl.mock.calls[0] ?? []
  expect(await file?.text()).toBe(
    '{"kind":"account","account":{"name":"Käse"}}\n{"kind":"site","id":"site_1"}\n{"kind":"end","complete":true,"failures":0}\n',
  )
})

test('an export that broke off within a part is not called complete', async () => {
  pages({ 'POST /api/v1/account/export': { text: '{"kind":"account"}\n{"kind":"si' } })
  renderAt('/account')
  const account = await panel('Export or delete Acme')
  await userEvent.click(account.getByRole('button', { name: 'Export the account' }))
  expect(await account.findByText(/but not everything/)).toBeVisible()
})

test('an unverified person is told on every page, and can have the link sent again', async () => {
  const session = sampleSession()
  const api = pages({
    'GET /api/v1/auth/get-session': { body: { ...session, user: { ...session.user, email_verified: false } } },
    'POST /api/v1/me/email/resend-verification': { status: 204 },
  })
  renderAt('/sites')
  const banner = await panel('Please verify your e-mail address')
  await userEvent.click(banner.getByRole('button', { name: 'Send again' }))
  expect(await banner.findByText('Sent. The older link no longer works.')).toBeVisible()
  expect(api.callsOf('POST /api/v1/me/email/resend-verification')).toHaveLength(1)
})

test('where the server sends no mail, nobody is asked to verify an address', async () => {
  const session = sampleSession()
  const user = { ...session.user, email_verified: false }
  pages({
    'GET /api/v1/auth/get-session': { body: { ...session, user, sends_mail: false } },
    'GET /api/v1/me': { body: { ...sampleProfile(), user } },
    'GET /api/v1/deletions': { body: { ...NONE, person: deletion('person') } },
  })
  renderAt('/sites')
  await panel('You will be deleted on December 28, 2026')
  expect(screen.queryByText(/verify your e-mail/)).toBeNull()
})

test('whoever gives up a deletion is back at the button that opened its form', async () => {
  pages()
  renderAt('/account')
  const account = await panel('Export or delete Acme')
  await userEvent.click(account.getByRole('button', { name: 'Delete this account' }))
  expect(account.getByLabelText('Type the account’s name to confirm')).toHaveFocus()
  await userEvent.click(account.getByRole('button', { name: 'Cancel' }))
  expect(account.getByRole('button', { name: 'Delete this account' })).toHaveFocus()
})

test('a person without an account sees themselves, and can make an account', async () => {
  const api = pages({
    'GET /api/v1/auth/get-session': problem(403, 'no_account'),
    'POST /api/v1/account': { status: 201, body: { id: 'acc_2', name: 'A new start', role: 'owner' } },
  })
  renderAt('/sites')
  const nowhere = await panel('You are in no account')
  expect(screen.getByRole('button', { name: 'Sign out' })).toBeVisible()
  expect(screen.queryByRole('navigation')).toBeNull()
  await panel('Export or delete yourself')
  api.answer({ 'GET /api/v1/auth/get-session': { body: sampleSession() } })
  await userEvent.type(nowhere.getByLabelText('Name of the new account'), 'A new start')
  await userEvent.click(nowhere.getByRole('button', { name: 'Make an account' }))
  expect(await screen.findByRole('navigation', { name: 'Main' })).toBeVisible()
  expect(api.callsOf('POST /api/v1/account')[0]?.body).toEqual({ name: 'A new start' })
})

test('a passkey is renamed', async () => {
  const passkey = { id: 'psk_1', name: 'Old laptop', synced: false, created_at: DUE }
  const api = pages({
    'GET /api/v1/me/passkeys': { body: { results: [passkey], next: null } },
    'PATCH /api/v1/me/passkeys/psk_1': { body: { ...passkey, name: 'New laptop' } },
    'GET /api/v1/me': { body: sampleProfile() },
  })
  renderAt('/account')
  await userEvent.click(await screen.findByRole('button', { name: 'Rename Old laptop' }))
  const field = screen.getByLabelText('New name')
  await userEvent.clear(field)
  await userEvent.type(field, 'New laptop')
  await userEvent.click(
    within(screen.getByRole('form', { name: 'Rename Old laptop' })).getByRole('button', { name: 'Save' }),
  )
  await waitFor(() => expect(api.callsOf('PATCH /api/v1/me/passkeys/psk_1')[0]?.body).toEqual({ name: 'New laptop' }))
  await waitFor(() => expect(screen.queryByLabelText('New name')).toBeNull())
})
