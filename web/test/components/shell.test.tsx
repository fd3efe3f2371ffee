import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { fakeApi, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleSession, sampleSite } from '../support/samples.ts'

const SIGNED_IN = { 'GET /api/v1/auth/get-session': { body: sampleSession() } }

test('a signed-out person is sent to sign in and returns to the same address', async () => {
  fakeApi({ 'GET /api/v1/auth/get-session': problem(401, 'credentials_missing') })
  renderAt('/sites/site_1/items?state=failed')
  await waitFor(() => expect(window.location.pathname).toBe('/sign-in'))
  expect(window.history.state).toMatchObject({ from: '/sites/site_1/items?state=failed' })
})

test('a missing site shows "Page not found", and a failed read can be retried', async () => {
  const api = fakeApi({ ...SIGNED_IN, 'GET /api/v1/sites/site_1': problem(404, 'site_not_found') })
  const { unmount } = renderAt('/sites/site_1/settings')
  expect(await screen.findByText('Page not found')).toBeVisible()
  unmount()
  api.answer({
    'GET /api/v1/sites/site_1': [problem(403, 'role_too_low', 'Only for editors.'), { body: sampleSite() }],
  })
  renderAt('/sites/site_1/settings')
  expect(await screen.findByRole('alert')).toHaveTextContent('Only for editors.')
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
})

test('every page sets the document title and has one heading and a skip link', async () => {
  fakeApi({ ...SIGNED_IN, 'GET /api/v1/sites/site_1': { body: sampleSite() } })
  renderAt('/sites/site_1/settings')
  await screen.findByRole('heading', { level: 1, name: 'Settings' })
  expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1)
  expect(document.title).toMatch(/^Settings .*IGNY8$/)
  expect(screen.getByRole('link', { name: 'Skip to content' })).toHaveAttribute('href', '#content')
})

test('the language is chosen in the account menu and remembered', async () => {
  fakeApi({ ...SIGNED_IN, 'GET /api/v1/sites/site_1': { body: sampleSite() } })
  renderAt('/sites/site_1/settings')
  await userEvent.click(await screen.findByRole('button', { name: /Account of Ada Editor/ }))
  await userEvent.click(await screen.findByRole('radio', { name: 'Deutsch' }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Einstellungen' })).toBeInTheDocument()
  await waitFor(() => expect(document.documentElement.lang).toBe('de'))
  expect(localStorage.getItem('igny8-locale')).toBe('de')
})
