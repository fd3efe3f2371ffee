import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { leaveFor } from '../../src/pages/connect/leave.ts'
import { completeAddress, isSiteAddress } from '../../src/pages/onboarding/site-address.ts'
import { problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleKey, sampleSite } from '../support/samples.ts'
import { INTEGRATIONS, KEYS, onePage, siteApp } from '../support/site-app.ts'

vi.mock('../../src/pages/connect/leave.ts', () => ({ leaveFor: vi.fn() }))
beforeEach(() => vi.mocked(leaveFor).mockClear())

const CREATE_SITE = 'POST /api/v1/sites'
const LOOK = 'POST /api/v1/connect/look'
const START = 'POST /api/v1/connect/start'
const SECRET = 'igny8_theWholeKeyThatIsShownOnce'
const APPROVE_URL = 'https://example.com/?igny8_connect=a.b.c'
const reasonOf = (code: string, detail = 'Answered 403 by a firewall.') => ({ code, detail, fix: 'Do it right.' })
const there = { body: { plugin: 'there', reason: null } }
const missing = { body: { plugin: 'missing', reason: reasonOf('plugin_not_found') } }
const unknown = { body: { plugin: 'unknown', reason: reasonOf('blocked_by_firewall') } }
const progress = async () => within(await screen.findByTestId('connect-progress'))

test('a typed address is completed, and other schemes are refused', () => {
  expect(completeAddress(' example.com/blog ')).toBe('https://example.com/blog')
  expect(completeAddress('http://example.com')).toBe('http://example.com')
  for (const good of ['https://example.com', 'http://127.0.0.1:8890']) expect(isSiteAddress(good)).toBe(true)
  for (const bad of ['', 'ftp://example.com', 'javascript:alert(1)', 'https://', 'https://a b']) {
    expect(isSiteAddress(bad), bad).toBe(false)
  }
})

test('adding a site takes its address alone, names it after its host, and goes on to connect it', async () => {
  const api = siteApp({ integration: null }, { [CREATE_SITE]: { status: 201, body: sampleSite() }, [LOOK]: there })
  renderAt('/sites/new')
  await userEvent.type(await screen.findByLabelText('Address of the site'), 'www.example.com')
  await userEvent.tab()
  expect(screen.getByLabelText('Name')).toHaveValue('example.com')
  await userEvent.click(screen.getByRole('button', { name: 'Add and continue' }))
  expect(await screen.findByRole('heading', { name: 'Connect example.com' })).toBeVisible()
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

test('where the plugin is active, one click opens its approve screen', async () => {
  const api = siteApp({ integration: null }, { [LOOK]: there, [START]: { body: { approve_url: APPROVE_URL } } })
  renderAt('/sites/site_1/connect')
  await userEvent.click(await screen.findByRole('button', { name: 'Connect' }))
  await waitFor(() => expect(leaveFor).toHaveBeenCalledWith(APPROVE_URL))
  expect(api.callsOf(START)[0]?.body).toEqual({ site_id: 'site_1' })
  expect(screen.queryByRole('link', { name: 'Download the plugin' })).not.toBeInTheDocument()
})

test('where it is missing, the zip is offered, and the page goes on by itself once it is active', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const api = siteApp({ integration: null }, { [LOOK]: missing })
  renderAt('/sites/site_1/connect')
  expect(await screen.findByRole('link', { name: 'Download the plugin' })).toHaveAttribute(
    'href',
    '/plugin/igny8-wordpress-bridge.zip',
  )
  expect(screen.getByRole('link', { name: /Plugins → Add → Upload/ })).toHaveAttribute(
    'href',
    'https://example.com/wp-admin/plugin-install.php?tab=upload',
  )
  expect(screen.queryByRole('button', { name: 'Connect' })).not.toBeInTheDocument()
  api.answer({ [LOOK]: there })
  await vi.advanceTimersByTimeAsync(6_500)
  expect(await screen.findByRole('button', { name: 'Connect' })).toBeVisible()
  expect(screen.getByText('The plugin is active.')).toBeVisible()
  const asked = api.callsOf(LOOK).length
  await vi.advanceTimersByTimeAsync(20_000)
  expect(api.callsOf(LOOK)).toHaveLength(asked)
  vi.useRealTimers()
})

test('where the site can’t be called, it says why, and the plugin can connect all the same', async () => {
  siteApp({ integration: null }, { [LOOK]: unknown, [START]: { body: { approve_url: APPROVE_URL } } })
  renderAt('/sites/site_1/connect')
  expect(await screen.findByText('Answered 403 by a firewall.')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Download the plugin' })).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'The plugin is active: connect' }))
  await waitFor(() => expect(leaveFor).toHaveBeenCalledWith(APPROVE_URL))
})

test('a refused start shows why', async () => {
  siteApp({ integration: null }, { [LOOK]: there, [START]: problem(403, 'site_inactive', 'It is off.') })
  renderAt('/sites/site_1/connect')
  await userEvent.click(await screen.findByRole('button', { name: 'Connect' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('It is off.')
  expect(leaveFor).not.toHaveBeenCalled()
})

test('a key is created, shown with a copy button, and put into the wp-config.php lines', async () => {
  const api = siteApp(
    { integration: null },
    { [LOOK]: there, 'POST /api/v1/sites/site_1/api-keys': { status: 201, body: sampleKey({ key: SECRET }) } },
  )
  renderAt('/sites/site_1/connect')
  await userEvent.click(await screen.findByText('Connect with an API key instead'))
  await userEvent.click(await screen.findByRole('button', { name: 'Create an API key' }))
  expect(await screen.findByLabelText('API key')).toHaveValue(SECRET)
  await userEvent.selectOptions(screen.getByLabelText('How to connect'), 'Without wp-admin')
  expect(screen.getByText(new RegExp(`define\\( 'IGNY8_API_KEY', '${SECRET}' \\)`))).toBeVisible()
  expect(screen.getByText(/wp igny8 connect --key=-/)).not.toHaveTextContent(SECRET)
  expect(api.callsOf('POST /api/v1/sites/site_1/api-keys')).toHaveLength(1)
})

test('an editor reads that only admins can connect and create keys', async () => {
  siteApp({ role: 'editor', integration: null }, { [LOOK]: there })
  renderAt('/sites/site_1/connect')
  expect(await screen.findByText(/Only admins and owners can connect a site/)).toBeVisible()
  await userEvent.click(screen.getByText('Connect with an API key instead'))
  expect(await screen.findByText(/Only admins and owners can create keys/)).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Create an API key' })).not.toBeInTheDocument()
})

test('the progress panel follows each step: plugin called, structure syncing, ready', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  const health = sampleIntegration().health
  const api = siteApp({ integration: null }, { [LOOK]: there })
  renderAt('/sites/site_1/connect')
  const panel = await progress()
  expect(panel.getByText('Not connected')).toBeVisible()
  api.answer({
    [INTEGRATIONS]: onePage([sampleIntegration({ health: { ...health, state: 'authenticating' } })]),
  })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(await panel.findByText('The plugin has called')).toBeVisible()
  expect(panel.getByText('Authenticating')).toBeVisible()
  api.answer({ [INTEGRATIONS]: onePage([sampleIntegration({ health: { ...health, state: 'structure_syncing' } })]) })
  await vi.advanceTimersByTimeAsync(3_500)
  expect(await panel.findByText('Connected, structure syncing')).toBeVisible()
  const structure = { post_types: { post: {}, page: {} }, taxonomies: { category: {} } }
  api.answer({ [INTEGRATIONS]: onePage([sampleIntegration({ config_json: { content_types: structure } })]) })
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
  siteApp({ integration: sampleIntegration({ health }) }, { [LOOK]: there })
  renderAt('/sites/site_1/connect')
  const panel = await progress()
  expect(panel.getByText('The clock is wrong')).toBeVisible()
  expect(panel.getByText('Ten minutes ahead.')).toBeVisible()
  expect(panel.getByText('Set it.')).toBeVisible()
})
