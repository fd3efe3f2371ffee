import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const NOBODY = problem(401, 'credentials_missing')
const SESSION = 'GET /api/v1/auth/get-session'
const SIGN_UP = 'POST /api/v1/auth/sign-up/email'
const SIGNED_IN = { body: { token: 't', user: sampleSession().user } }
const signedOut = (more: Answers = {}) =>
  fakeApi({
    [SESSION]: NOBODY,
    'GET /api/v1/auth/options': { body: { demo: false } },
    'GET /api/v1/sites': { body: { results: [], next: null } },
    'GET /api/v1/integration/integrations': { body: { results: [], next: null } },
    ...more,
  })

async function fillIn(): Promise<void> {
  await userEvent.type(await screen.findByLabelText('Your name'), 'Ada')
  await userEvent.type(screen.getByLabelText('E-mail'), 'ada@example.com')
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse')
  await userEvent.click(screen.getByRole('button', { name: 'Create account' }))
}

test('signing up makes the person and leads to the sites', async () => {
  const api = signedOut({ [SIGN_UP]: SIGNED_IN, [SESSION]: [NOBODY, { body: sampleSession() }] })
  renderAt('/sign-up')
  await fillIn()
  await waitFor(() => expect(window.location.pathname).toBe('/sites'))
  expect(api.callsOf(SIGN_UP)[0]?.body).toEqual({ name: 'Ada', email: 'ada@example.com', password: 'correct horse' })
})

test('the fields name themselves to password managers', async () => {
  signedOut()
  renderAt('/sign-up')
  expect(await screen.findByLabelText('E-mail')).toHaveAttribute('autocomplete', 'username')
  expect(screen.getByLabelText('Password')).toHaveAttribute('autocomplete', 'new-password')
})

test('an address with an account shows an error at its field, with a link to sign in', async () => {
  signedOut({ [SIGN_UP]: problem(409, 'email_taken') })
  renderAt('/sign-up')
  await fillIn()
  await waitFor(() => expect(screen.getByLabelText('E-mail')).toBeInvalid())
  expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription(/There is an account with this address/)
  await userEvent.click(screen.getByRole('link', { name: 'Sign in with it' }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
})

test('a short password shows an error before anything is sent', async () => {
  const api = signedOut()
  renderAt('/sign-up')
  await userEvent.type(await screen.findByLabelText('Password'), 'short')
  await userEvent.click(screen.getByRole('button', { name: 'Create account' }))
  expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(/10 to 128 characters/)
  expect(screen.getByLabelText('Your name')).toHaveFocus()
  expect(api.callsOf(SIGN_UP)).toHaveLength(0)
})

test('an invited person without an account signs up and returns to the invitation', async () => {
  signedOut({ [SIGN_UP]: SIGNED_IN, [SESSION]: [NOBODY, { body: sampleSession() }] })
  renderAt('/invitation#token=inv_abc')
  expect(await screen.findByText(/You were invited/)).toBeVisible()
  await userEvent.click(screen.getByRole('link', { name: 'Create one' }))
  await fillIn()
  expect(await screen.findByRole('button', { name: 'Accept the invitation' })).toBeVisible()
  expect(window.location.hash).toBe('#token=inv_abc')
})
