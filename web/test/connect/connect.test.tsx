import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { leaveFor } from '../../src/pages/connect/leave.ts'
import { readAsk } from '../../src/pages/connect/read-ask.ts'
import { fakeApi, problem, type Answers } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

vi.mock('../../src/pages/connect/leave.ts', () => ({ leaveFor: vi.fn() }))
beforeEach(() => vi.mocked(leaveFor).mockClear())

const QUESTION = 'POST /api/v1/connect/question'
const APPROVE = 'POST /api/v1/connect/approve'
const BACK = 'https://example.com/wp-admin/options-general.php?page=igny8'
const REDIRECT = `${BACK}&igny8_code=c&igny8_state=s`

const fragment = (more: Record<string, string> = {}) =>
  new URLSearchParams({
    site_url: 'https://example.com',
    return_url: BACK,
    state: 's'.repeat(43),
    challenge: 'c'.repeat(43),
    site_name: 'A shop',
    types: JSON.stringify([
      ['post', 'Posts', 123, 1],
      ['page', 'Pages', 12, 1],
      ['product', 'Products', 7, 0],
      ['empty', 'Empty', 0, 0],
    ]),
    ...more,
  }).toString()

const asked = (patch: object = {}) => ({
  body: {
    site_url: 'https://example.com',
    site: null,
    replaces: null,
    refusal: null,
    consented: false,
    cancel_url: `${BACK}&igny8_error=denied&igny8_state=s`,
    ...patch,
  },
})

const app = (more: Answers = {}, session = sampleSession()) =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: session },
    [QUESTION]: asked(),
    [APPROVE]: {
      status: 201,
      body: { site_id: 'site_1', redirect_url: REDIRECT, expires_at: '2026-11-21T10:00:00.000Z' },
    },
    ...more,
  })

const open = (hash = fragment()) => renderAt(`/connect#${hash}`)
const yes = () => screen.findByRole('button', { name: 'Connect' })

test('names site, account and person, and what is imported; one click sends the browser back', async () => {
  const api = app()
  open()
  expect(await screen.findByRole('heading', { level: 1, name: 'Connect example.com to IGNY8?' })).toBeVisible()
  expect(await screen.findByText('https://example.com')).toBeVisible()
  expect(screen.getByText('Acme')).toBeVisible()
  expect(screen.getByText(/ada@example\.com/)).toBeVisible()
  expect(screen.getByText('IGNY8 imports 123 Posts and 12 Pages. Nothing is changed on your site.')).toBeVisible()
  await userEvent.click(await yes())
  await waitFor(() => expect(leaveFor).toHaveBeenCalledWith(REDIRECT))
  expect(api.callsOf(APPROVE)[0]?.body).toMatchObject({ site_url: 'https://example.com', replaces: null, choices: {} })
  expect(api.callsOf(APPROVE)).toHaveLength(1)
})

test('what is switched off or on is said in the sentence and sent along', async () => {
  const api = app()
  open()
  await userEvent.click(await screen.findByRole('checkbox', { name: 'Pages (12)' }))
  await userEvent.click(screen.getByRole('checkbox', { name: 'Products (7)' }))
  expect(screen.getByTestId('import-summary')).toHaveTextContent('IGNY8 imports 123 Posts and 7 Products.')
  expect(screen.queryByRole('checkbox', { name: /Empty/ })).not.toBeInTheDocument()
  await userEvent.click(await yes())
  await waitFor(() => expect(leaveFor).toHaveBeenCalled())
  expect(api.callsOf(APPROVE)[0]?.body).toMatchObject({ choices: { page: false, product: true } })
})

test('says so if nothing would be imported', async () => {
  app()
  open(fragment({ types: '[]' }))
  expect(await screen.findByText(/IGNY8 imports what the site has/)).toBeVisible()
})

test('a connection that would be replaced is named, and approved as shown', async () => {
  const replaces = { integration_id: 'int_1', site_url: 'https://example.com', last_verified_at: null }
  const api = app({ [QUESTION]: asked({ site: { id: 'site_1', name: 'Mine' }, replaces }) })
  open()
  expect(await screen.findByText(/This site is connected already/)).toBeVisible()
  expect(screen.getByText(/“Mine”/)).toBeVisible()
  await userEvent.click(await yes())
  await waitFor(() => expect(leaveFor).toHaveBeenCalled())
  expect(api.callsOf(APPROVE)[0]?.body).toMatchObject({ replaces: 'int_1' })
})

test('“Cancel” leads back to wp-admin', async () => {
  app()
  open()
  expect(await screen.findByRole('link', { name: 'Cancel' })).toHaveAttribute('href', asked().body.cancel_url)
})

test.each([
  ['role_too_low', 'Your role does not allow this'],
  ['quota_exceeded', 'quota_exceeded'],
  ['site_inactive', 'site_inactive'],
  ['account_leaving', 'account_leaving'],
  ['connected_elsewhere', 'connected_elsewhere'],
])('a refusal (%s) says why and what to do, and leads back', async (code) => {
  const api = app({ [QUESTION]: asked({ refusal: { code, detail: 'The reason.', fix: 'The way on.' } }) })
  open()
  expect(await screen.findByRole('alert')).toHaveTextContent('The way on.')
  expect(screen.getByRole('link', { name: 'Back to wp-admin of example.com' })).toHaveAttribute(
    'href',
    asked().body.cancel_url,
  )
  expect(screen.getByRole('link', { name: 'To your sites' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Connect' })).not.toBeInTheDocument()
  expect(api.callsOf(APPROVE)).toHaveLength(0)
})

test('a way back that the API refuses is no link on the page', async () => {
  app({ [QUESTION]: problem(400, 'return_address_foreign', 'Not this site’s.') })
  const { container } = open(fragment({ return_url: 'https://evil.example/wp-admin/options-general.php?page=igny8' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Not this site’s.')
  expect(container.innerHTML).not.toContain('evil.example')
})

test('a yes that is refused shows why, and can be said again', async () => {
  const api = app({ [APPROVE]: problem(409, 'conflict', 'It has changed meanwhile.') })
  open()
  await userEvent.click(await yes())
  expect(await screen.findByRole('alert')).toHaveTextContent('It has changed meanwhile.')
  expect(leaveFor).not.toHaveBeenCalled()
  expect(await yes()).toBeEnabled()
  expect(api.callsOf(APPROVE)).toHaveLength(1)
})

test('whoever has said yes in the app is not asked again', async () => {
  const api = app({ [QUESTION]: asked({ consented: true, site: { id: 'site_1', name: 'Mine' } }) })
  open(fragment({ token: 'a.b.c' }))
  await waitFor(() => expect(leaveFor).toHaveBeenCalledWith(REDIRECT))
  expect(api.callsOf(APPROVE)).toHaveLength(1)
  expect(api.callsOf(QUESTION)[0]?.body).toMatchObject({ token: 'a.b.c' })
})

test('a person of several accounts chooses one', async () => {
  const session = sampleSession()
  const other = { id: 'acc_2', name: 'Other', role: 'admin' as const }
  app({}, { ...session, accounts: [session.account, other] })
  open()
  const choice = await screen.findByLabelText('Account that the site is connected to')
  expect(choice).toHaveValue('acc_1')
  expect(screen.getByRole('option', { name: 'Other' })).toBeInTheDocument()
})

test('whoever is not signed in signs in first, and comes back to the question with all of it', async () => {
  const api = app({ 'GET /api/v1/auth/get-session': problem(401, 'credentials_missing') })
  open()
  await waitFor(() => expect(window.location.pathname).toBe('/sign-in'))
  expect((window.history.state as { from?: string } | null)?.from).toBe(`/connect#${fragment()}`)
  expect(api.callsOf(QUESTION)).toHaveLength(0)
})

test.each(['', 'site_url=https%3A%2F%2Fexample.com', fragment({ site_url: 'nothing' })])(
  'a link that is not complete says what to do (%s)',
  async (hash) => {
    const api = app()
    open(hash)
    expect(await screen.findByText('This link is not complete')).toBeVisible()
    expect(screen.getByRole('link', { name: 'Add a site' })).toHaveAttribute('href', '/sites/new')
    expect(api.callsOf(QUESTION)).toHaveLength(0)
  },
)

test('what is no type is left out', () => {
  const types = '[["post","Posts",1,1],["page"],7,["x","",1,1],["y","Y",-1,1],["z","Z",1.5,1],{"slug":"q"}]'
  expect(readAsk(fragment({ types }))?.types).toEqual([{ slug: 'post', label: 'Posts', count: 1, enabled: true }])
  for (const broken of ['{', '{}', 'null']) expect(readAsk(fragment({ types: broken }))?.types).toEqual([])
})
