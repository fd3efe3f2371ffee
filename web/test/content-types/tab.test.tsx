import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test } from 'vitest'
import type { Connection, ContentTypes } from '../../src/api/types.ts'
import {
  connectedSite,
  INTEGRATION,
  postType,
  sampleContentTypes,
  sampleRun,
  sampleSyncState,
} from '../support/content-type-samples.ts'
import { type FakeApi, fakeApi, problem } from '../support/fake-api.ts'
import { fakeSockets } from '../support/fake-socket.ts'
import { renderAt } from '../support/render.tsx'
import { sampleIntegration, sampleSession } from '../support/samples.ts'

const LIST = 'GET /api/v1/integration/integrations'
const TYPES = `GET ${INTEGRATION}/content-types`

let api: FakeApi
beforeEach(() => {
  fakeSockets()
  api = fakeApi(connectedSite())
})

const openTab = () => renderAt('/sites/site_1/content-types')
const listed = (patch: Parameters<typeof sampleIntegration>[0]) => ({
  [LIST]: { body: { results: [sampleIntegration(patch)], next: null } },
})
const inState = (state: Connection, reason: ContentTypes['health']['reason'] = null): ContentTypes =>
  sampleContentTypes({ connection: state, health: { ...sampleContentTypes().health, state, reason } })

test('a type that the site’s owner denies says so, can’t be switched on, and is not part of the sum', async () => {
  const types = sampleContentTypes()
  const page = postType('Pages', 45, 40, { enabled: false, decided_by: 'wordpress' })
  const product = postType('Products', 67, 12, { enabled: false, decided_by: 'igny8' })
  api.answer({ [TYPES]: { body: { ...types, post_types: { ...types.post_types, page, product } } } })
  renderAt('/sites/site_1/content-types')
  const denied = await screen.findByRole('switch', { name: 'Sync Pages' })
  expect(denied).toBeDisabled()
  expect(denied).toHaveAccessibleDescription(/Switched off in WordPress by the site’s owner/)
  expect(screen.getByRole('row', { name: /Pages/ })).toHaveTextContent('45 total · 40 kept')
  const ours = screen.getByRole('switch', { name: 'Sync Products' })
  expect(ours).toBeEnabled()
  expect(ours).toHaveAccessibleDescription(/Switched off in IGNY8/)
  expect(screen.getByRole('row', { name: /^Total.*190 total/ })).toHaveTextContent('190 total · 57 synced')
})

test('the example of the seed: each type with its label, slug, counts, switch and limit, and their sum', async () => {
  openTab()
  const rows = async (name: string) =>
    within(await screen.findByRole('table', { name }))
      .getAllByRole('row')
      .slice(1)
      .map((row) => row.textContent)
  expect(await rows('Post types')).toEqual([
    expect.stringContaining('Postspost123 total · 45 synced'),
    expect.stringContaining('Pagespage45 total · 45 synced'),
    expect.stringContaining('Productsproduct67 total · 12 synced'),
    expect.stringContaining('Total235 total · 102 synced'),
  ])
  expect(await rows('Taxonomies')).toEqual([
    expect.stringContaining('Categoriescategory12 total · 10 synced'),
    expect.stringContaining('Tagspost_tag89 total · 50 synced'),
    expect.stringContaining('Product Categoriesproduct_cat15 total · 0 synced'),
    expect.stringContaining('Total116 total · 60 synced'),
  ])
  expect(screen.getByRole('switch', { name: 'Sync Posts' })).toBeChecked()
  expect(screen.getByRole('switch', { name: 'Sync Products' })).not.toBeChecked()
  expect(screen.getByRole('textbox', { name: 'Limit of Tags' })).toHaveValue('100')
  expect(document.title).toBe('Content types · Example · IGNY8')
})

test('each count shows how and when it was measured on hover, focus or tap; Escape closes it', async () => {
  openTab()
  const total = await screen.findByRole('button', { name: '123 total' })
  await userEvent.hover(total)
  expect(screen.getByRole('tooltip')).toHaveTextContent(/As wp-admin shows it.*As of Nov 21, 2026/)
  await userEvent.unhover(total)
  expect(screen.queryByRole('tooltip')).not.toBeInTheDocument()
  screen.getAllByRole('button', { name: '45 synced' })[0]?.focus()
  const tip = await screen.findByRole('tooltip')
  expect(tip).toHaveTextContent(/Updated with every change.*Compared with the site: Identical.*checksum ab12…/)
  expect(document.activeElement).toHaveAccessibleDescription(tip.textContent)
  await userEvent.keyboard('{Escape}')
  expect(screen.queryByRole('tooltip')).not.toBeInTheDocument()
  await userEvent.pointer([{ keys: '[TouchA]', target: total }])
  expect(screen.getByRole('tooltip')).toBeVisible()
})

test('counts of failed items and conflicts are links; a type that stopped at its limit says so', async () => {
  const post = postType('Posts', 123, 45, { failed_count: 3, conflict_count: 1, limited: true })
  api.answer({ [TYPES]: { body: sampleContentTypes({ post_types: { post } }) } })
  openTab()
  const failed = await screen.findByRole('link', { name: '3 failed' })
  expect(failed).toHaveAttribute('href', '/sites/site_1/items?type=post&state=failed')
  expect(screen.getByRole('link', { name: '1 conflict' })).toHaveAttribute(
    'href',
    '/sites/site_1/items?type=post&state=conflict',
  )
  expect(screen.getByText('Stopped at the limit of 100. Raise it to import the rest.')).toBeVisible()
})

test('T46: markup in labels and slugs is text', async () => {
  const label = '<img src=x onerror="window.hacked = 1"><b>Posts</b>'
  const slug = '<script>window.hacked = 1</script>'
  api.answer({ [TYPES]: { body: sampleContentTypes({ post_types: { [slug]: postType(label, 1, 1) } }) } })
  openTab()
  expect(await screen.findByText(label)).toBeVisible()
  expect(screen.getByText(slug)).toBeVisible()
  expect(document.querySelector('main img, main b b, main script')).toBeNull()
  expect(window).not.toHaveProperty('hacked')
})

const ACTIONS: [Connection, string, string, RegExp | null][] = [
  ['not_connected', 'Not connected', 'Connect WordPress', /\/sites\/site_1\/connect$/],
  ['authenticating', 'Authenticating', 'Test connection', null],
  ['structure_syncing', 'Connected, structure syncing', 'Test connection', null],
  ['ready', 'Connected & ready', 'Test connection', null],
  ['degraded', 'Connected with problems', 'Find the cause', /\/sites\/site_1\/connection$/],
  ['unreachable', 'Unreachable', 'Find the cause', /\/sites\/site_1\/connection$/],
  ['key_revoked', 'API key revoked', 'Create a new key', /\/sites\/site_1\/connection$/],
  ['disabled', 'Switched off', 'Switch on', null],
]

test.each(ACTIONS)(
  'the state %s has its words, its reason with the fix, and what to do',
  async (state, words, action, to) => {
    const reason = { code: 'some_code', title: 'What is wrong', detail: 'What was seen', fix: 'Do the right thing.' }
    api.answer({ ...listed({ connection: state }), [TYPES]: { body: inState(state, reason) } })
    openTab()
    const panel = within(await screen.findByRole('region', { name: 'Connection' }))
    expect(await panel.findByText(words)).toBeVisible()
    expect(panel.getByText('What is wrong')).toBeVisible()
    expect(panel.getByText('What was seen')).toBeVisible()
    expect(panel.getByText(/Do the right thing\./)).toBeVisible()
    const control = panel.getByRole(to ? 'link' : 'button', { name: action })
    if (to) expect(control).toHaveAttribute('href', expect.stringMatching(to))
  },
)

test('the facts show structure fetch, last sync, last verification and next check', async () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  const health = { ...sampleContentTypes().health, last_verified_at: minutesAgo(3), next_check_at: minutesAgo(-30.2) }
  const last = sampleRun({ status: 'failed', finished_at: minutesAgo(4) })
  api.answer({
    [TYPES]: { body: sampleContentTypes({ health, last_structure_fetch: minutesAgo(2) }) },
    [`GET ${INTEGRATION}/sync-status`]: { body: sampleSyncState({ last_run: last }) },
  })
  openTab()
  expect(await screen.findByText('Structure last fetched')).toBeVisible()
  const fact = (id: string) => document.querySelector(`[data-fact="${id}"] dd`)
  expect(fact('structure-fetch')).toHaveTextContent('2 minutes ago')
  expect(fact('last-verified')).toHaveTextContent('3 minutes ago')
  expect(fact('next-check')).toHaveTextContent('in 30 minutes')
  await waitFor(() => expect(fact('last-sync')).toHaveTextContent('Failed, 4 minutes ago'))
  expect(fact('last-sync')?.querySelector('a')).toHaveAttribute('href', '/sites/site_1/activity/runs/run_1')
})

test('a connection test shows its result and a link to details', async () => {
  const result = {
    success: false,
    integration_id: 'int_1',
    code: 'x',
    detail: 'No answer.',
    fix: 'Wake it.',
    evidence: [],
  }
  api.answer({ [`POST ${INTEGRATION}/test-connection`]: { body: { ...result, transport: 'direct' } } })
  openTab()
  await userEvent.click(await screen.findByRole('button', { name: 'Test connection' }))
  const evidence = await screen.findByRole('link', { name: 'See the details' })
  expect(evidence).toHaveAttribute('href', '/sites/site_1/connection')
  expect(evidence.closest('output')).toHaveTextContent(/The test failed: No answer\. Wake it\./)
})

test('a switched-off connection can be switched on here, and does not sync before', async () => {
  api.answer({
    ...listed({ connection: 'disabled', is_active: false }),
    [TYPES]: { body: inState('disabled') },
    [`PATCH ${INTEGRATION}`]: { body: sampleIntegration() },
  })
  openTab()
  expect(await screen.findByRole('button', { name: 'Sync now' })).toBeDisabled()
  await userEvent.click(await screen.findByRole('button', { name: 'Switch on' }))
  await waitFor(() => expect(screen.getByRole('button', { name: 'Sync now' })).toBeEnabled())
  expect(api.callsOf(`PATCH ${INTEGRATION}`)[0]?.body).toEqual({ is_active: true, sync_enabled: true })
})

test('without an integration the page links to onboarding', async () => {
  api.answer({ [LIST]: { body: { results: [], next: null } } })
  openTab()
  expect(await screen.findByText('Not connected')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Connect WordPress' })).toHaveAttribute('href', '/sites/site_1/connect')
})

test('while the structure loads the page shows placeholders; if it can’t load, the page says why', async () => {
  const none = { last_structure_fetch: null, post_types: {}, taxonomies: {} }
  api.answer({
    [TYPES]: [{ body: { ...inState('structure_syncing'), ...none } }, { body: { ...inState('unreachable'), ...none } }],
  })
  const { unmount } = openTab()
  expect(await screen.findByRole('status', { name: /WordPress is sending/ })).toBeVisible()
  unmount()
  openTab()
  expect(await screen.findByText('The site has not sent its content types yet')).toBeVisible()
})

test('a site without post types or taxonomies says so', async () => {
  api.answer({ [TYPES]: { body: sampleContentTypes({ post_types: {}, taxonomies: {} }) } })
  openTab()
  expect(await screen.findByText('The site has no public post types.')).toBeVisible()
  expect(screen.getByText('The site has no public taxonomies.')).toBeVisible()
})

test('viewers read whom to ask; a failed read can be retried', async () => {
  api.answer({
    'GET /api/v1/auth/get-session': { body: sampleSession('viewer') },
    [LIST]: problem(403, 'role_too_low'),
  })
  const { unmount } = openTab()
  expect(await screen.findByText('For editors')).toBeVisible()
  unmount()
  api.answer({
    ...connectedSite(),
    [TYPES]: [problem(500, 'internal_error', 'A fault.'), { body: sampleContentTypes() }],
  })
  openTab()
  expect(await screen.findByRole('alert')).toBeVisible()
  expect(screen.getByText('Connected & ready')).toBeVisible()
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Posts')).toBeVisible()
})

test('in German all of its texts are German', async () => {
  localStorage.setItem('igny8-locale', 'de')
  openTab()
  expect(await screen.findByText('Verbunden und bereit')).toBeVisible()
  expect(screen.getByRole('button', { name: '123 gesamt' })).toBeVisible()
  expect(screen.getByRole('switch', { name: 'Posts abgleichen' })).toBeChecked()
})
