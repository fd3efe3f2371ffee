import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { completeAddress, isSiteAddress } from '../../src/pages/onboarding/site-address.ts'
import { problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleKey, sampleSite } from '../support/samples.ts'
import { INTEGRATIONS, KEYS, onePage, siteApp } from '../support/site-app.ts'

const CREATE_SITE = 'POST /api/v1/sites'
const CHECK = 'POST /api/v1/integration/integrations/test-connection'
const AT = '2026-11-21T10:00:00.000Z'
const SECRET = 'igny8_theWholeKeyThatIsShownOnce'
const progress = async () => within(await screen.findByTestId('connect-progress'))

test('a typed address is completed, and other schemes are refused', () => {
  expect(completeAddress(' example.com/blog ')).toBe('https://example.com/blog')
  expect(completeAddress('http://example.com')).toBe('http://example.com')
  for (const good of ['https://example.com', 'http://127.0.0.1:8890']) expect(isSiteAddress(good)).toBe(true)
  for (const bad of ['', 'ftp://example.com', 'javascript:alert(1)', 'https://', 'https://a b']) {
    expect(isSiteAddress(bad), bad).toBe(false)
  }
})

test('step 1 adds the site with its host as name, and goes to the plugin step', async () => {
  const api = siteApp({ integration: null }, { [CREATE_SITE]: { status: 201, body: sampleSite() } })
  renderAt('/sites/new')
  await userEvent.type(await screen.findByLabelText('Address of the site'), 'www.example.com')
  await userEvent.tab()
  expect(screen.getByLabelText('Name')).toHaveValue('example.com')
  await userEvent.click(screen.getByRole('button', { name: 'Add and continue' }))
  expect(await screen.findByRole('heading', { name: 'Install the plugin on Example' })).toBeVisible()
  expect(api.callsOf(CREATE_SITE)[0]?.body).toEqual({ url: 'https://www.example.com', name: 'example.com' })
  expect(window.location.pathname).toBe('/sites/site_1/connect')
})

test('the API’s errors about a site show at their fields', async () => {
  const errors = [{ path: 'body.url', code: 'custom', message: 'must not contain a user name or password' }]
  siteApp({ integration: null }, { [CREATE_SITE]: problem(400, 'validation_error', 'Refused.', { errors }) })
  renderAt('/sites/new')
  await userEvent.type(await screen.findByLabelText('Address of the site'), 'https://a:b@example.com')
  await userEvent.click(screen.getByRole('button', { name: 'Add and continue' }))
  const url = screen.getByLabelText('Address of the site')
  await waitFor(() => expect(url).toHaveAccessibleDescription(/must not contain a user name/))
  expect(url).toHaveFocus()
})

test('an editor can’t add and a viewer can’t connect a site; both read who can', async () => {
  siteApp({ role: 'editor', integration: null })
  const { unmount } = renderAt('/sites/new')
  expect(await screen.findByText('Only admins and owners can add a site')).toBeVisible()
  unmount()
  const api = siteApp({ role: 'viewer', integration: null })
  renderAt('/sites/site_1/connect')
  expect(await screen.findByText('Only editors and above can connect a site')).toBeVisible()
  expect(api.callsOf(KEYS)).toHaveLength(0)
})

test('without a key the plugin step is first, with its zip and a link to wp-admin', async () => {
  siteApp({ integration: null })
  renderAt('/sites/site_1/connect')
  expect(await screen.findByRole('link', { name: 'Download the plugin' })).toHaveAttribute(
    'href',
    '/plugin/igny8-wordpress-bridge.zip',
  )
  expect(screen.getByRole('link', { name: /Plugins → Add → Upload/ })).toHaveAttribute(
    'href',
    'https://example.com/wp-admin/plugin-install.php?tab=upload',
  )
  expect(screen.getByText(/WordPress 6.1 or later, PHP 7.4 or later/)).toBeVisible()
})

test('the check calls the site and shows whether the plugin is active, or the problem and its fix', async () => {
  const api = siteApp({ integration: null }, { [CHECK]: problem(422, 'plugin_not_connected') })
  renderAt('/sites/site_1/connect?step=2')
  const check = await screen.findByRole('button', { name: 'Check the site now' })
  await userEvent.click(check)
  expect(await screen.findByText(/The plugin is active/)).toBeVisible()
  expect(api.callsOf(CHECK)[0]?.body).toMatchObject({ site_id: 'site_1', site_url: 'https://example.com' })
  api.answer({ [CHECK]: problem(422, 'plugin_not_found') })
  await userEvent.click(check)
  expect(await screen.findByText(/the plugin is not active yet/)).toBeVisible()
  api.answer({ [CHECK]: problem(422, 'blocked_by_firewall', 'Answered 403 by a firewall.') })
  await userEvent.click(check)
  expect(await screen.findByRole('alert')).toHaveTextContent('Answered 403 by a firewall.')
})

test('a key is created, shown with a copy button, and put into the wp-config.php lines', async () => {
  const api = siteApp(
    { integration: null },
    { 'POST /api/v1/sites/site_1/api-keys': { status: 201, body: sampleKey({ key: SECRET }) } },
  )
  renderAt('/sites/site_1/connect?step=3')
  await userEvent.click(await screen.findByRole('button', { name: 'Create an API key' }))
  expect(await screen.findByLabelText('API key')).toHaveValue(SECRET)
  await userEvent.selectOptions(screen.getByLabelText('How to connect'), 'Without wp-admin')
  expect(screen.getByText(new RegExp(`define\\( 'IGNY8_API_KEY', '${SECRET}' \\)`))).toBeVisible()
  expect(screen.getByText(/wp igny8 connect --key=-/)).not.toHaveTextContent(SECRET)
  await userEvent.click(screen.getByRole('link', { name: 'Back' }))
  await userEvent.click(await screen.findByRole('link', { name: 'Next: connect' }))
  expect(await screen.findByLabelText('API key')).toHaveValue(SECRET)
  expect(api.callsOf('POST /api/v1/sites/site_1/api-keys')).toHaveLength(1)
})

test('an editor reads that only admins can create keys', async () => {
  siteApp({ role: 'editor', integration: null })
  renderAt('/sites/site_1/connect?step=3')
  expect(await screen.findByText(/Only admins and owners can create keys/)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Create an API key' })).not.toBeInTheDocument()
})

test('the progress panel follows each step: key used, plugin called, structure syncing, ready', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const health = sampleIntegration().health
  const api = siteApp({ integration: null }, { [KEYS]: onePage([sampleKey()]) })
  renderAt('/sites/site_1/connect')
  const panel = await progress()
  expect(panel.getByText('Key igny8_ab12…9xYz is not used yet')).toBeVisible()
  expect(panel.getByText('Not connected')).toBeVisible()
  const authenticating = sampleIntegration({ health: { ...health, state: 'authenticating' } })
  api.answer({
    [KEYS]: onePage([sampleKey({ last_used_at: AT })]),
    [INTEGRATIONS]: [onePage([authenticating])],
  })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(await panel.findByText('Key igny8_ab12…9xYz was used')).toBeVisible()
  expect(panel.getByText('The plugin has called')).toBeVisible()
  expect(panel.getByText('Authenticating')).toBeVisible()
  api.answer({ [INTEGRATIONS]: onePage([sampleIntegration({ health: { ...health, state: 'structure_syncing' } })]) })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(await panel.findByText('Connected, structure syncing')).toBeVisible()
  const structure = { content_types: { post_types: { post: {}, page: {} }, taxonomies: { category: {} } } }
  api.answer({ [INTEGRATIONS]: onePage([sampleIntegration({ config_json: structure })]) })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(await panel.findByRole('link', { name: 'See your content types' })).toBeVisible()
  expect(panel.getByText(/3 content types found/)).toBeVisible()
  const asked = api.callsOf(INTEGRATIONS).length
  await vi.advanceTimersByTimeAsync(10_000)
  expect(api.callsOf(INTEGRATIONS)).toHaveLength(asked)
  vi.useRealTimers()
})

test('a connection with a problem shows reason and fix', async () => {
  const reason = { code: 'clock_skew', title: 'The clock is wrong', detail: 'Ten minutes ahead.', fix: 'Set it.' }
  const health = { ...sampleIntegration().health, state: 'degraded' as const, reason }
  siteApp({ integration: sampleIntegration({ health }) })
  renderAt('/sites/site_1/connect')
  const panel = await progress()
  expect(panel.getByText('The clock is wrong')).toBeVisible()
  expect(panel.getByText('Ten minutes ahead.')).toBeVisible()
  expect(panel.getByText('Set it.')).toBeVisible()
})
