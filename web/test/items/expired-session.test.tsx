import { fireEvent, screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { fakeApi, problem } from '../support/fake-api.ts'
import { sampleItem } from '../support/item-samples.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession, sampleSite } from '../support/samples.ts'

const ITEM = '/api/v1/sites/site_1/content/item_1'
const INTEGRATION = '/api/v1/integration/integrations'

/** Three pages load one after the other. */
const SLOW = { timeout: 15_000 }

test('an expired session leads to signing in and back to the same page, with the text that was typed', async () => {
  vi.spyOn(window, 'confirm').mockReturnValue(false)
  const api = fakeApi({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'GET /api/v1/sites/site_1': { body: sampleSite() },
    [`GET ${INTEGRATION}`]: { body: { results: [sampleIntegration()], next: null } },
    [`GET ${INTEGRATION}/int_1/content-types`]: problem(500, 'internal_error'),
    [`GET ${ITEM}`]: { body: sampleItem() },
    [`PATCH ${ITEM}`]: problem(401, 'invalid_session'),
  })
  renderAt('/sites/site_1/items/item_1')
  const typed = 'Opening hours in winter'
  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }, SLOW))
  const title = await screen.findByLabelText('Title', {}, SLOW)
  fireEvent.change(title, { target: { value: typed } })
  api.answer({ 'GET /api/v1/auth/get-session': problem(401, 'invalid_session') })
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByRole('form', { name: 'Sign in' }, SLOW)).toBeVisible()
  expect(window.confirm).not.toHaveBeenCalled()
  api.answer({
    'GET /api/v1/auth/get-session': { body: sampleSession('editor') },
    'POST /api/v1/auth/sign-in/email': { body: { token: 't', user: sampleSession('editor').user } },
  })
  await userEvent.type(screen.getByLabelText('E-mail'), 'ada@example.com')
  await userEvent.type(screen.getByLabelText('Password'), 'correct horse battery')
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(window.location.pathname).toBe('/sites/site_1/items/item_1'), SLOW)
  expect(await screen.findByDisplayValue(typed, {}, SLOW)).toBeVisible()
}, 60_000)
