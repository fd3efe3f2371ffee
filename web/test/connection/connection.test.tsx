import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test } from 'vitest'
import { readPluginFacts } from '../../src/pages/connection/plugin-facts.ts'
import { type Answers, problem } from '../support/fake-api.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration } from '../support/samples.ts'
import { INTEGRATIONS, KEYS, onePage, siteApp } from '../support/site-app.ts'

const BASE = '/api/v1/integration/integrations/int_1'
const AT = '2026-11-21T10:00:00.000Z'
const PLUGIN = {
  plugin_version: '0.1.0',
  wp_version: '6.5.5',
  php_version: '8.2.36',
  memory_limit_mb: -1,
  max_execution_s: 30,
  cron: { disabled: true, last_run_at: null },
  outbox: { pending: 3, oldest_at: 1_763_700_000 },
  plugin_connection_enabled: true,
  two_way_sync_enabled: false,
  acting_user: { id: 3, name: 'Ed', source: 'chosen', problem: 'missing', unfiltered_html: false },
}
const probe = (plugin: unknown, patch: object = {}) => ({
  body: {
    probe: {
      success: true,
      code: 'connected',
      detail: 'Fine.',
      fix: null,
      evidence: [],
      clock_skew_s: 1,
      plugin,
      ...patch,
    },
  },
})
const app = (more: Answers = {}, integration = sampleIntegration()) =>
  siteApp({ integration }, { [`GET ${BASE}/debug-status`]: probe(PLUGIN), ...more })
const panel = async (name: string) => within(await screen.findByRole('region', { name }))

test('the status panel shows state, reason, fix, last verification and transport', async () => {
  const reason = { code: 'outbox_lagging', title: 'Changes wait', detail: 'Three for an hour.', fix: 'Check the cron.' }
  const health = { ...sampleIntegration().health, state: 'degraded' as const, reason }
  app({}, sampleIntegration({ health, transport: 'polling', expected_latency_s: 60, last_poll_at: AT }))
  renderAt('/sites/site_1/connection')
  const status = await panel('Status')
  expect(status.getByText('Connected with problems')).toBeVisible()
  for (const text of ['Changes wait', 'Three for an hour.', 'Check the cron.'])
    expect(status.getByText(text)).toBeVisible()
  expect(status.getByText(/Polling: the site calls/)).not.toBeVisible()
  await userEvent.click(status.getByText('Details'))
  expect(status.getByText(/Polling: the site calls/)).toBeVisible()
  expect(status.getByText(/about every 60 seconds/)).toBeVisible()
})

test('in German the reason is German', async () => {
  localStorage.setItem('igny8-locale', 'de')
  const reason = { code: 'dns_failed', title: 'The domain name was not found', detail: null, fix: 'Check.' }
  app({}, sampleIntegration({ health: { ...sampleIntegration().health, state: 'unreachable', reason } }))
  renderAt('/sites/site_1/connection')
  expect(await screen.findByText('Der Domainname wurde nicht gefunden')).toBeVisible()
  expect(screen.queryByText('The domain name was not found')).not.toBeInTheDocument()
})

test('the plugin’s report is shown without missing or invalid values', async () => {
  app()
  renderAt('/sites/site_1/connection')
  const report = await panel('What the plugin reports')
  expect(await report.findByText('6.5.5')).toBeVisible()
  expect(report.getByText('no limit')).toBeVisible()
  expect(report.getByText('WP-Cron is switched off')).toBeVisible()
  expect(report.getByText(/3 wait/)).toBeVisible()
  expect(report.getByText('Ed, who no longer exists')).toBeVisible()
  expect(
    readPluginFacts({ plugin_version: 7, cron: 'x', memory_limit_mb: 'all', last_structure_sync_at: 1e300 }),
  ).toMatchObject({ version: null, memoryMb: null, isCronOff: false, structureAt: null })
  expect(readPluginFacts(null)).toBeNull()
})

test('a plugin that can’t be asked says why', async () => {
  app({
    [`GET ${BASE}/debug-status`]: probe(null, {
      code: 'unreachable',
      detail: 'No answer.',
      fix: 'Look at the firewall.',
    }),
  })
  renderAt('/sites/site_1/connection')
  const report = await panel('What the plugin reports')
  expect(await report.findByText('Look at the firewall.')).toBeVisible()
})

test('a test shows its steps in words and updates the state', async () => {
  const evidence = [
    {
      step: 'rest_index',
      url: 'https://example.com/wp-json/',
      status: 200,
      took_ms: 172.6,
      note: 'the plugin is there',
    },
    { step: 'commands', url: 'https://example.com/wp-json/igny8/v1/commands', status: 401, note: 'signature_rejected' },
  ]
  const result = {
    success: false,
    integration_id: 'int_1',
    code: 'signature_rejected',
    detail: 'It said no.',
    fix: 'Connect anew.',
    evidence,
  }
  const api = app({ [`POST ${BASE}/test-connection`]: { body: result } })
  renderAt('/sites/site_1/connection')
  const asked = api.callsOf(INTEGRATIONS).length
  const test_ = await panel('Test the connection')
  await userEvent.click(test_.getByRole('button', { name: 'Test connection' }))
  expect(await test_.findByText('The connection doesn’t work')).toBeVisible()
  expect(test_.getByText('Connect anew.')).toBeVisible()
  expect(test_.getByText('Read the index of the REST API')).toBeVisible()
  expect(test_.getByText(/HTTP 200.*173 ms/)).toBeVisible()
  expect(test_.getByText('Sent a signed command')).toBeVisible()
  await waitFor(() => expect(api.callsOf(INTEGRATIONS).length).toBeGreaterThan(asked))
})

test('the doctor shows problems first, passed checks collapsed, and the raw answer as text', async () => {
  const finding = (code: string, severity: string, title: string, fix: string | null) => ({
    layer: 'cron',
    code,
    severity,
    title,
    detail: `${title}, in detail.`,
    evidence: ['seen'],
    fix,
  })
  const report = {
    verdict: 'degraded',
    at: AT,
    findings: [
      finding('cron_stale', 'warning', 'Tasks do not run', 'Call wp-cron.php.'),
      finding('clock_right', 'ok', 'The clock is right', ''),
    ],
    steps: [],
    raw: { status: 200, headers: { server: 'nginx' }, body_excerpt: '<script>alert(1)</script>' },
  }
  app({ [`POST ${BASE}/doctor`]: { body: report } })
  renderAt('/sites/site_1/connection')
  const doctor = await panel('Doctor')
  await userEvent.click(doctor.getByRole('button', { name: 'Run the doctor' }))
  expect(await doctor.findByText('It works, but not as it should')).toBeVisible()
  expect(doctor.getByText('Warning · Scheduled tasks')).toBeVisible()
  expect(doctor.getByText('Call wp-cron.php.')).toBeVisible()
  expect(doctor.getByText('1 check passed')).toBeVisible()
  expect(doctor.getByText(/<script>alert\(1\)<\/script>/)).toBeInTheDocument()
  expect(document.querySelector('script')).toBeNull()
})

test('disconnecting asks first, and a refusal shows in the dialog', async () => {
  const api = app({ [`DELETE ${BASE}`]: [problem(503, 'unavailable', 'Not now.'), { status: 204 }] })
  renderAt('/sites/site_1/connection')
  await userEvent.click(await screen.findByRole('button', { name: 'Disconnect' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Disconnect Example?' }))
  expect(api.callsOf(`DELETE ${BASE}`)).toHaveLength(0)
  await userEvent.click(dialog.getByRole('button', { name: 'Disconnect' }))
  expect(await dialog.findByText('Not now.')).toBeVisible()
  api.answer({ [INTEGRATIONS]: onePage([]) })
  await userEvent.click(dialog.getByRole('button', { name: 'Disconnect' }))
  expect(await screen.findByRole('link', { name: 'Connect this site' })).toBeInTheDocument()
})

test('a viewer reads that the page is for editors, and neither keys nor plugin are requested', async () => {
  const api = siteApp({ role: 'viewer' })
  renderAt('/sites/site_1/connection')
  expect(await screen.findByText('Only editors and above can see the connection')).toBeVisible()
  expect(api.callsOf(KEYS)).toHaveLength(0)
  expect(api.callsOf(`GET ${BASE}/debug-status`)).toHaveLength(0)
})

const CHANGE = {
  id: 'chg_1',
  state: 'waiting',
  new_secret: true,
  current_url: 'https://example.com',
  new_url: 'https://elsewhere.example.org',
  api_key: 'igny8_ab12…9xYz',
  requested_at: AT,
  requested_from: '203.0.113.9',
  plugin_version: '0.2.0',
  expires_at: '2026-11-28T10:00:00.000Z',
}

test('T63 a change that waits says what, who, when and from where, and is confirmed after a question', async () => {
  const result = { success: true, integration_id: 'int_1', code: 'connected', detail: 'Fine.', fix: null, evidence: [] }
  let answer: unknown = { change: CHANGE }
  const api = app({
    [`GET ${BASE}/connection-change`]: () => ({ body: answer }),
    [`POST ${BASE}/connection-change/confirm`]: () => {
      answer = { change: null }
      return { body: result }
    },
  })
  renderAt('/sites/site_1/connection')
  const change = await panel('A new connection waits for you')
  for (const text of ['https://elsewhere.example.org', '203.0.113.9', 'igny8_ab12…9xYz', 'will be replaced'])
    expect(change.getByText(text)).toBeVisible()
  await userEvent.click(change.getByRole('button', { name: 'Confirm' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect(dialog.getByText(/sends this site’s content to https:\/\/elsewhere.example.org/)).toBeVisible()
  await userEvent.click(dialog.getByRole('button', { name: 'Confirm' }))
  await waitFor(() => expect(screen.queryByText('A new connection waits for you')).not.toBeInTheDocument())
  const sent = api.callsOf(`POST ${BASE}/connection-change/confirm`).map(({ body }) => body)
  expect(sent).toEqual([{ change_id: 'chg_1' }])
})

test('T63 a change that waits can be refused, and none is shown where none waits', async () => {
  let answer: unknown = { change: { ...CHANGE, new_url: null } }
  app({
    [`GET ${BASE}/connection-change`]: () => ({ body: answer }),
    [`POST ${BASE}/connection-change/refuse`]: () => {
      answer = { change: null }
      return { status: 204 }
    },
  })
  renderAt('/sites/site_1/connection')
  const change = await panel('A new connection waits for you')
  expect(change.getByText('https://example.com (stays)')).toBeVisible()
  await userEvent.click(change.getByRole('button', { name: 'Refuse' }))
  await waitFor(() => expect(screen.queryByText('A new connection waits for you')).not.toBeInTheDocument())
})
