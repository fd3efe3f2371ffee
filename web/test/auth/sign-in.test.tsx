import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { returnPath } from '../../src/pages/auth/return-path.ts'
import { type Answers, fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession } from '../support/samples.ts'

const NOBODY = problem(401, 'credentials_missing')
const SESSION = 'GET /api/v1/auth/get-session'
const SIGN_IN = 'POST /api/v1/auth/sign-in/email'
const SIGNED_IN = { body: { token: 't', user: sampleSession().user } }
const SITES: Answers = {
  'GET /api/v1/sites': { body: { results: [], next: null } },
  'GET /api/v1/integration/integrations': { body: { results: [], next: null } },
  'GET /api/v1/members': { body: { results: [], next: null } },
}
const signedOut = (more: Answers = {}) =>
  fakeApi({ [SESSION]: NOBODY, 'GET /api/v1/auth/options': { body: { demo: false } }, ...SITES, ...more })

async function fillIn(email = 'ada@example.com', password = 'correct horse'): Promise<void> {
  await userEvent.type(await screen.findByLabelText('E-mail'), email)
  await userEvent.type(screen.getByLabelText('Password'), password)
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
}

test('signing in returns to the page the person came from', async () => {
  const api = signedOut({ [SESSION]: [NOBODY, { body: sampleSession() }], [SIGN_IN]: SIGNED_IN })
  renderAt('/members?role=admin')
  await fillIn()
  await waitFor(() => expect(window.location.pathname + window.location.search).toBe('/members?role=admin'))
  expect(api.callsOf(SIGN_IN)[0]?.body).toEqual({ email: 'ada@example.com', password: 'correct horse' })
})

test('only paths of this origin are return paths', () => {
  const origin = 'https://app.example.com'
  expect(returnPath('/sites/site_1/items?state=failed#x', origin)).toBe('/sites/site_1/items?state=failed#x')
  const elsewhere = [
    'https://evil.example',
    '//evil.example/x',
    '/\\evil.example',
    '/..//evil.example',
    'sites',
    7,
    null,
  ]
  for (const from of [...elsewhere, '/sign-in', '/sign-up?x', '/\t/evil.example']) {
    expect(new URL(returnPath(from, origin), origin).origin, String(from)).toBe(origin)
    expect(returnPath(from, origin), String(from)).toBe('/sites')
  }
})

test('input errors show at their fields without an API call, and the first one gets focus', async () => {
  const api = signedOut()
  renderAt('/sign-in')
  await fillIn('ada@nowhere', ' ')
  const email = screen.getByLabelText('E-mail')
  expect(email).toHaveAccessibleDescription(/Enter an e-mail address/)
  expect(email).toHaveFocus()
  await userEvent.type(email, '.example')
  expect(email).not.toBeInvalid()
  expect(api.callsOf(SIGN_IN)).toHaveLength(0)
})

test('a wrong password shows an error, and the fields keep their text', async () => {
  signedOut({ [SIGN_IN]: problem(401, 'invalid_credentials', 'Wrong e-mail address or password') })
  renderAt('/sign-in')
  await fillIn()
  expect(await screen.findByRole('alert')).toHaveTextContent('Do it right.')
  expect(screen.getByLabelText('E-mail')).toHaveValue('ada@example.com')
})

test('the API’s field errors show at their fields', async () => {
  const errors = [{ path: 'body.email', code: 'invalid_format', message: 'Invalid email address' }]
  signedOut({ [SIGN_IN]: problem(400, 'validation_error', 'Refused.', { errors }) })
  renderAt('/sign-in')
  await fillIn()
  await waitFor(() => expect(screen.getByLabelText('E-mail')).toHaveAccessibleDescription('Invalid email address'))
})

test('after too many attempts the button counts down Retry-After', async () => {
  signedOut({ [SIGN_IN]: { ...problem(429, 'too_many_requests'), headers: { 'retry-after': '42' } } })
  renderAt('/sign-in')
  await fillIn()
  expect(await screen.findByRole('button', { name: /Try again in 4\d seconds/ })).toBeDisabled()
})

test('after too many wrong passwords the error says what to do, and a long wait is shown in minutes', async () => {
  const refused = problem(429, 'too_many_attempts', 'Too many wrong passwords')
  signedOut({ [SIGN_IN]: { ...refused, headers: { 'retry-after': '900' } } })
  renderAt('/sign-in')
  await fillIn()
  expect(await screen.findByRole('button', { name: 'Try again in 15 minutes' })).toBeDisabled()
  expect(screen.getByRole('alert')).toHaveTextContent('Do it right.')
})

test('the demo sign-in shows if the server has one, and takes one click', async () => {
  const api = signedOut({
    'GET /api/v1/auth/options': { body: { demo: true } },
    'POST /api/v1/auth/sign-in/demo': SIGNED_IN,
    [SESSION]: [NOBODY, { body: sampleSession() }],
  })
  renderAt('/sign-in')
  await userEvent.click(await screen.findByRole('button', { name: 'Continue as the demo user' }))
  await waitFor(() => expect(window.location.pathname).toBe('/sites'))
  expect(api.callsOf('POST /api/v1/auth/sign-in/demo')).toHaveLength(1)
})

test('the password can be shown, by keyboard too', async () => {
  signedOut()
  renderAt('/sign-in')
  const password = await screen.findByLabelText('Password')
  password.focus()
  await userEvent.tab()
  expect(screen.getByRole('button', { name: 'Show password' })).toHaveFocus()
  await userEvent.keyboard('{Enter}')
  expect(password).toHaveAttribute('type', 'text')
})

test('language and appearance can be chosen before signing in', async () => {
  signedOut()
  renderAt('/sign-in')
  await userEvent.selectOptions(await screen.findByRole('combobox', { name: 'Language' }), 'Deutsch')
  expect(await screen.findByRole('heading', { level: 1, name: 'Anmelden' })).toBeVisible()
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Aussehen' }), 'Dunkel')
  expect(document.documentElement).toHaveAttribute('data-mantine-color-scheme', 'dark')
})

test('in German an error is German, and its details stay English', async () => {
  localStorage.setItem('igny8-locale', 'de')
  signedOut({ [SIGN_IN]: problem(403, 'user_inactive', 'Since Monday.') })
  renderAt('/sign-in')
  await userEvent.type(await screen.findByLabelText('E-Mail-Adresse'), 'ada@example.com')
  await userEvent.type(screen.getByLabelText('Passwort'), 'x')
  await userEvent.click(screen.getByRole('button', { name: 'Anmelden' }))
  const alert = await screen.findByRole('alert')
  expect(alert).toHaveTextContent('Dieser Benutzer ist deaktiviert')
  expect(alert).toHaveTextContent('Fragen Sie einen Inhaber des Kontos.')
  expect(within(alert).getByText('Since Monday.')).toHaveAttribute('lang', 'en')
})
