import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleKey } from '../support/samples.ts'
import { KEYS, onePage, siteApp } from '../support/site-app.ts'

const KEY = '/api/v1/sites/site_1/api-keys/key_1'
const CREATE = 'POST /api/v1/sites/site_1/api-keys'
const SECRET = 'igny8_theWholeKeyThatIsShownOnce'
const other = sampleKey({
  id: 'key_2',
  name: 'Robot',
  key: 'igny8_cd34…1aBc',
  scopes: ['content:read'],
  status: 'revoked',
})
const withKeys = { [KEYS]: onePage([sampleKey(), other]) }

test('each key is listed masked, with scopes, status, and whether the connection uses it', async () => {
  siteApp({}, withKeys)
  renderAt('/sites/site_1/connection')
  const first = within(await screen.findByRole('row', { name: /WordPress plugin/ }))
  expect(first.getByText('used by the connection')).toBeVisible()
  expect(first.getByText('all')).toBeVisible()
  const second = within(screen.getByRole('row', { name: /Robot/ }))
  expect(second.getByText('Revoked')).toBeVisible()
  expect(second.getByText('Read content')).toBeVisible()
  expect(second.queryByRole('button')).not.toBeInTheDocument()
})

test('a new key is shown once, in a dialog that closes only after confirming it is saved', async () => {
  const api = siteApp({ integration: null }, { [CREATE]: { status: 201, body: sampleKey({ key: SECRET }) } })
  renderAt('/sites/site_1/connection')
  await userEvent.click(await screen.findByRole('button', { name: 'Create a key' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Create an API key' }))
  await userEvent.clear(dialog.getByLabelText('Name'))
  await userEvent.type(dialog.getByLabelText('Name'), 'Robot')
  await userEvent.click(dialog.getByRole('checkbox', { name: 'Write content' }))
  await userEvent.selectOptions(dialog.getByLabelText('Expires'), 'In 30 days')
  await userEvent.click(dialog.getByRole('button', { name: 'Create a key' }))
  expect(await screen.findByLabelText('Key')).toHaveValue(SECRET)
  await userEvent.keyboard('{Escape}')
  expect(screen.getByLabelText('Key')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Done' })).toBeDisabled()
  await userEvent.click(screen.getByRole('checkbox', { name: 'I have saved the key' }))
  await userEvent.click(screen.getByRole('button', { name: 'Done' }))
  await waitFor(() => expect(screen.queryByLabelText('Key')).not.toBeInTheDocument())
  expect(document.body).not.toHaveTextContent(SECRET)
  const body = api.callsOf(CREATE)[0]?.body as { name: string; scopes: string[]; expires_at: string }
  expect(body).toMatchObject({ name: 'Robot', scopes: ['integration:read', 'integration:write', 'content:read'] })
  const days = (Date.parse(body.expires_at) - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(29.9)
  expect(days).toBeLessThanOrEqual(30)
})

test('a key without scopes is not created', async () => {
  const api = siteApp({ integration: null })
  renderAt('/sites/site_1/connection')
  await userEvent.click(await screen.findByRole('button', { name: 'Create a key' }))
  const dialog = within(await screen.findByRole('dialog'))
  for (const name of ['Read the integration', 'Change the integration and sync', 'Read content', 'Write content']) {
    await userEvent.click(dialog.getByRole('checkbox', { name }))
  }
  expect(dialog.getByText('Choose at least one.')).toBeVisible()
  expect(dialog.getByRole('button', { name: 'Create a key' })).toBeDisabled()
  expect(api.callsOf(CREATE)).toHaveLength(0)
})

test('rotating gives the old key a grace period and shows the new key', async () => {
  const api = siteApp({}, { ...withKeys, [`POST ${KEY}/rotate`]: { status: 201, body: sampleKey({ key: SECRET }) } })
  renderAt('/sites/site_1/connection')
  await userEvent.click(await screen.findByRole('button', { name: 'Rotate: WordPress plugin' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Rotate WordPress plugin' }))
  await userEvent.selectOptions(dialog.getByLabelText('The old key works for'), 'one more hour')
  await userEvent.click(dialog.getByRole('button', { name: 'Rotate' }))
  expect(await screen.findByLabelText('Key')).toHaveValue(SECRET)
  expect(api.callsOf(`POST ${KEY}/rotate`)[0]?.body).toEqual({ grace_s: 3_600 })
})

test('revoking explains the effect on the connection, and a refusal shows in the dialog', async () => {
  const api = siteApp(
    {},
    { ...withKeys, [`DELETE ${KEY}`]: [problem(503, 'unavailable', 'Not everywhere yet.'), { status: 204 }] },
  )
  renderAt('/sites/site_1/connection')
  await userEvent.click(await screen.findByRole('button', { name: 'Revoke' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Revoke WordPress plugin?' }))
  expect(dialog.getByText(/The connection of this site uses it/)).toBeVisible()
  await userEvent.click(dialog.getByRole('button', { name: 'Revoke' }))
  expect(await dialog.findByText('Not everywhere yet.')).toBeVisible()
  await userEvent.click(dialog.getByRole('button', { name: 'Revoke' }))
  expect(await screen.findByText('WordPress plugin was revoked.')).toBeVisible()
  expect(api.callsOf(KEYS).length).toBeGreaterThan(1)
})

test('a revoked key is the connection’s state, with a link to a new key', async () => {
  const reason = { code: 'api_key_revoked', title: 'The API key was revoked', detail: null, fix: 'Create a new key.' }
  siteApp({
    integration: sampleIntegration({ health: { ...sampleIntegration().health, state: 'key_revoked', reason } }),
  })
  renderAt('/sites/site_1/connection')
  const status = within(await screen.findByRole('region', { name: 'Status' }))
  expect(status.getByText('API key revoked')).toBeVisible()
  expect(status.getByText('Create a new key.')).toBeVisible()
  expect(status.getByRole('link', { name: 'Connect this site' })).toHaveAttribute('href', '/sites/site_1/connect')
})

test('an editor sees the keys and reads who may change them', async () => {
  siteApp({ role: 'editor' }, withKeys)
  renderAt('/sites/site_1/connection')
  expect(await screen.findByText(/Only admins and owners can create, rotate and revoke keys/)).toBeVisible()
  expect(await screen.findByRole('row', { name: /Robot/ })).toBeVisible()
  for (const name of ['Create a key', 'Revoke', 'Rotate: WordPress plugin'])
    expect(screen.queryByRole('button', { name })).not.toBeInTheDocument()
})
