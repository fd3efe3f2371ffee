import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const ACCEPT = 'POST /api/v1/members/invitations/accept'
const signedIn = (more: Answers = {}) =>
  fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession() },
    'GET /api/v1/sites': { body: { results: [], next: null } },
    'GET /api/v1/integration/integrations': { body: { results: [], next: null } },
    'GET /api/v1/auth/options': { body: { demo: false } },
    ...more,
  })
const accept = async () => userEvent.click(await screen.findByRole('button', { name: 'Accept the invitation' }))

test('accepting an invitation switches to its account, and the token is in no request URL', async () => {
  const api = signedIn({ [ACCEPT]: { body: { id: 'acc_2', name: 'Beta', role: 'editor' } } })
  renderAt('/invitation#token=inv_abc')
  await accept()
  await waitFor(() => expect(window.location.pathname).toBe('/sites'))
  expect(window.location.hash).toBe('')
  expect(localStorage.getItem('igny8-account')).toBe('acc_2')
  expect(api.callsOf(ACCEPT)[0]?.body).toEqual({ token: 'inv_abc' })
  expect(api.calls.map(({ path, query }) => `${path}?${query.toString()}`).join('\n')).not.toContain('inv_abc')
  expect(await screen.findByText('Welcome! You are now working in Beta.')).toBeVisible()
  // of the notification
  expect(screen.getByRole('button', { name: 'Close' })).toBeVisible()
})

test('an expired or foreign invitation is explained, and the person can sign in with another address', async () => {
  const api = signedIn({
    [ACCEPT]: problem(404, 'invitation_not_found'),
    'POST /api/v1/auth/sign-out': { status: 204 },
  })
  renderAt('/invitation#token=inv_abc')
  await accept()
  const alert = await screen.findByRole('alert')
  expect(alert).toHaveTextContent('This invitation can’t be used with ada@example.com')
  expect(alert).toHaveTextContent('older than seven days')
  api.answer({ 'GET /api/v1/auth/get-session': problem(401, 'credentials_missing') })
  await userEvent.click(screen.getByRole('button', { name: 'Sign out and use another address' }))
  await waitFor(() => expect(window.location.pathname).toBe('/sign-in'))
  expect(window.history.state).toEqual({ from: '/invitation#token=inv_abc' })
})

test('a member and a link without a token get an explanation', async () => {
  signedIn({ [ACCEPT]: problem(409, 'already_member') })
  const { unmount } = renderAt('/invitation#token=inv_abc')
  await accept()
  expect(await screen.findByText('You are already a member')).toBeVisible()
  unmount()
  renderAt('/invitation')
  expect(await screen.findByText('This link contains no invitation')).toBeVisible()
})
