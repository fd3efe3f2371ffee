import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSite } from '../support/samples.ts'
import { siteApp } from '../support/site-app.ts'

const SITE = '/api/v1/sites/site_1'
const INTEGRATION = '/api/v1/integration/integrations/int_1'

test('name and address are saved, and the field shows the stored address', async () => {
  const api = siteApp({}, { [`PATCH ${SITE}`]: { body: sampleSite({ name: 'New', url: 'https://new.example' }) } })
  renderAt('/sites/site_1/settings')
  const name = await screen.findByLabelText('Name')
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled()
  await userEvent.clear(name)
  await userEvent.type(name, 'New')
  await userEvent.clear(screen.getByLabelText('Address'))
  await userEvent.type(screen.getByLabelText('Address'), 'HTTPS://new.example/')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Saved.')).toBeVisible()
  expect(screen.getByLabelText('Address')).toHaveValue('https://new.example')
  expect(api.callsOf(`PATCH ${SITE}`)[0]?.body).toEqual({ name: 'New', url: 'HTTPS://new.example/' })
})

test('each sync setting is saved at once', async () => {
  const api = siteApp(
    {},
    {
      [`PATCH ${INTEGRATION}`]: [
        { body: sampleIntegration({ sync_enabled: false }) },
        { body: sampleIntegration({ sync_enabled: false, config_json: { conflict_policy: 'newest' } }) },
      ],
    },
  )
  renderAt('/sites/site_1/settings')
  expect(await screen.findByRole('radio', { name: 'Ask me' })).toBeChecked()
  await userEvent.click(screen.getByRole('switch', { name: /^Sync content/ }))
  await waitFor(() => expect(screen.getByRole('switch', { name: /^Sync content/ })).not.toBeChecked())
  await userEvent.click(screen.getByRole('radio', { name: 'The newest change wins' }))
  await waitFor(() => expect(screen.getByRole('radio', { name: 'The newest change wins' })).toBeChecked())
  expect(api.callsOf(`PATCH ${INTEGRATION}`).map(({ body }) => body)).toEqual([
    { sync_enabled: false },
    { config_json: { conflict_policy: 'newest' } },
  ])
})

test('a refused setting is reset, with the reason', async () => {
  siteApp({}, { [`PATCH ${INTEGRATION}`]: problem(503, 'unavailable', 'Not now.') })
  renderAt('/sites/site_1/settings')
  await userEvent.click(await screen.findByRole('switch', { name: /^Connection switched on/ }))
  expect(await screen.findByText('Not now.')).toBeVisible()
  expect(screen.getByRole('switch', { name: /^Connection switched on/ })).toBeChecked()
})

test('switching the site off asks first', async () => {
  const api = siteApp({}, { [`PATCH ${SITE}`]: { body: sampleSite({ is_active: false }) } })
  renderAt('/sites/site_1/settings')
  await userEvent.click(await screen.findByRole('button', { name: 'Switch off' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Switch Example off?' }))
  expect(api.callsOf(`PATCH ${SITE}`)).toHaveLength(0)
  await userEvent.click(dialog.getByRole('button', { name: 'Switch off' }))
  expect(await screen.findByRole('button', { name: 'Switch on' })).toBeInTheDocument()
  expect(api.callsOf(`PATCH ${SITE}`)[0]?.body).toEqual({ is_active: false })
})

test('a site is deleted only after its name is typed, and a refusal can be repeated', async () => {
  const api = siteApp({}, { [`DELETE ${SITE}`]: [problem(503, 'unavailable', 'Half done.'), { status: 204 }] })
  renderAt('/sites/site_1/settings')
  await userEvent.click(await screen.findByRole('button', { name: 'Delete site' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Delete Example?' }))
  const confirm = dialog.getByRole('button', { name: 'Delete permanently' })
  await userEvent.type(dialog.getByLabelText('Type Example to confirm'), 'Exampl{Enter}')
  expect(confirm).toBeDisabled()
  expect(api.callsOf(`DELETE ${SITE}`)).toHaveLength(0)
  await userEvent.type(dialog.getByLabelText('Type Example to confirm'), 'e')
  await userEvent.click(confirm)
  expect(await dialog.findByText('Half done.')).toBeVisible()
  await userEvent.click(confirm)
  await waitFor(() => expect(window.location.pathname).toBe('/sites'))
  expect(await screen.findByText('Example was deleted.')).toBeVisible()
})

test('an editor changes sync settings and reads the site; a viewer only reads the site', async () => {
  siteApp({ role: 'editor' })
  const { unmount } = renderAt('/sites/site_1/settings')
  expect(await screen.findByRole('switch', { name: /^Sync content/ })).toBeInTheDocument()
  expect(screen.getByLabelText('Name')).toHaveAttribute('readonly')
  expect(screen.queryByRole('button', { name: /Save|Delete site|Switch off/ })).not.toBeInTheDocument()
  unmount()
  siteApp({ role: 'viewer' })
  renderAt('/sites/site_1/settings')
  expect(await screen.findByLabelText('Name')).toHaveAttribute('readonly')
  expect(screen.queryByRole('switch')).not.toBeInTheDocument()
})

test('a site without a connection has nothing to set, and says how to get one', async () => {
  siteApp({ integration: null })
  renderAt('/sites/site_1/settings')
  expect(await screen.findByRole('link', { name: 'Connect this site' })).toHaveAttribute(
    'href',
    '/sites/site_1/connect',
  )
})
