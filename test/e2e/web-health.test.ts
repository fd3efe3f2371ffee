import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDesk } from './matrix/desk.ts'
import { IN_FRONT } from './matrix/in-front.ts'
import { INSIDE } from './matrix/inside.ts'
import { type Lab, startLab } from './matrix/lab.ts'
import { arrange, syncBothWays } from './matrix/run.ts'
import { type Chromium, type Tab, pictureOf, startChromium } from './support/browser.ts'
import { waitFor } from '../../scripts/lib/wait.ts'
import { OWNER, type World, startWorld } from './support/world.ts'

const LOOK_MS = 20_000

let world: World
let lab: Lab
let desk: ReturnType<typeof openDesk>
let chromium: Chromium
let tab: Tab
let page: Page
/** Lets the site call by itself. */
let unsilence: () => Promise<void>

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  lab = await startLab(world)
  desk = openDesk(world, lab)
  unsilence = lab.silence()
  expect(await lab.connect('Theirs')).toBeNull()
  await syncBothWays(lab, desk, 'Theirs', false)
  tab = await chromium.open({ origin: world.url })
  page = tab.page
  await tab.context.request.post('/api/v1/auth/sign-in/email', {
    data: { email: OWNER.email, password: OWNER.password },
  })
})
afterAll(async () => {
  await chromium.close()
  await lab.front.stop()
  await world.stop()
})
let undo: (() => Promise<void>) | undefined
afterEach(async ({ task }) => {
  await undo?.()
  undo = undefined
  if (task.result?.state === 'fail') console.error(`as it looked: ${await pictureOf(page, task.name.slice(0, 60))}`)
})

const open = (path: string) => page.goto(`/sites/${lab.siteId}/${path}`)
const panel = (name: string): Locator => page.getByRole('region', { name, exact: true })
/** What is folded away on the page: how the connection works underneath. */
const openDetails = async () => {
  const summary = page.getByText('Details', { exact: true }).first()
  await summary.waitFor()
  await summary.evaluate((element) => element.parentElement?.setAttribute('open', ''))
}
/** The value of a fact of the connection page. */
const fact = (name: string): Locator =>
  panel('Status')
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')

/** What the connection page shows of the state: dot and words, since when, and when the site is looked at next. */
async function expectState(state: string, words: string): Promise<void> {
  await panel('Status').locator(`[data-connection=${state}]`).getByText(words, { exact: true }).waitFor()
  await panel('Status').locator(`[data-connection=${state}] svg`).waitFor()
}

/** Reason and fix in words, under a code. */
async function expectReason(code: string, title: string, fix: string): Promise<void> {
  const reason = panel('Status').locator(`[data-reason=${code}]`)
  await reason.getByText(title, { exact: true }).waitFor()
  await reason.getByText(fix).waitFor()
}

async function pressTest(): Promise<void> {
  const answered = page.waitForResponse((answer) => answer.url().includes('/test-connection'), { timeout: LOOK_MS })
  await panel('Test the connection').getByRole('button', { name: 'Test connection' }).click()
  await answered
}

/** Presses the doctor's button; the finding that it names, with what was seen. */
async function diagnose(code: string, layer: string, evidence: RegExp): Promise<void> {
  await panel('Doctor').getByRole('button', { name: /^Run / }).click()
  const finding = panel('Doctor').locator(`[data-finding=${code}]`)
  await finding.getByText(layer).first().waitFor({ timeout: LOOK_MS })
  await finding.getByText('What to do:').waitFor()
  await finding.getByText('Evidence').click()
  await finding.getByRole('listitem').filter({ hasText: evidence }).first().waitFor()
}

const setUpOf = (name: string) => {
  const found = [...IN_FRONT, ...INSIDE].find((one) => one.name.startsWith(name))
  if (!found) throw new Error(`no set-up ${name}`)
  return found
}

/** What is broken, the reason that the page gives, its fix, the layer that the doctor names, and its evidence. */
const BROKEN: [string, string, string, string, string, RegExp][] = [
  [
    'REST API closed later',
    'rest_blocked',
    'The REST API of the site is switched off',
    'exempt the namespace igny8/v1',
    'Security plugin',
    /→ 401/,
  ],
  [
    '`webhook-*` headers',
    'signature_removed',
    'Something on the way removes our signature',
    'start with “webhook-”',
    'HTTP headers',
    /missing in PHP: webhook-id/,
  ],
  [
    'request bodies rewritten',
    'body_changed',
    'Something on the way changes our requests',
    'that changes request bodies',
    'Security plugin',
    /body in PHP: sha256/,
  ],
  [
    'captcha with 202',
    'captcha_page',
    'The host answers with a captcha',
    'from its bot protection',
    'Captcha',
    /→ 202/,
  ],
  [
    'Basic authentication',
    'basic_auth_required',
    'The site is protected by a password of the web server',
    'Remove the password protection',
    'Web server’s password',
    /→ 401/,
  ],
  [
    'forced login for every',
    'login_wall',
    'The site asks for a login',
    'Switch off the plugin that forces a login',
    'Forced login',
    /→ 302/,
  ],
  ['clock a day ahead', 'clock_skew', 'The clock of the site is wrong', 'set the server’s clock', 'Clock', /→ 401/],
  [
    'fatal error in another plugin',
    'wordpress_error',
    'The site answered with an error',
    'fatal error in the PHP log',
    'PHP',
    /→ 500/,
  ],
  [
    'redirect that loses',
    'redirect_loses_post',
    'The site redirects the REST API',
    'Enter the address it redirects to',
    'Redirects',
    /→ 301/,
  ],
  [
    'plugin deactivated',
    'plugin_not_found',
    'The IGNY8 plugin is not active on the site',
    'activate the IGNY8 Bridge',
    'IGNY8 plugin',
    /→ 404/,
  ],
  [
    'a copy of the site',
    'clone_detected',
    'A copy of the site answers in its place',
    'choose whether the site has moved',
    'Copy of the site',
    /answers as: https:\/\/staging/,
  ],
]

/** The tests follow one another, as the bad week of one site does. */
describe('the health of a real site in a real browser (T8, T33, T36)', { timeout: 60_000 }, () => {
  test('healthy: a green dot, and what proves it', async () => {
    const { id } = await desk.integration()
    await world.owner.post(`/integration/integrations/${id}/check-drift/`, {})
    await open('content-types')
    const facts = page.locator('[data-fact=drift-check]')
    await facts.getByText(/^Identical, .*, checksum [0-9a-f]{8}…$/).waitFor({ timeout: LOOK_MS })
    const { drift_check: driftCheck } = await world.owner.get<{ drift_check: { root: string } }>(
      `/integration/integrations/${id}/content-types/`,
    )
    await facts.getByTitle(driftCheck.root).waitFor()
    await openDetails()
    await page
      .locator('[data-fact=last-verified]')
      .getByText(/just now|seconds? ago/)
      .waitFor()
    await page.locator('[data-fact=transport]').getByText('Direct').waitFor()
    await open('connection')
    await expectState('ready', 'Connected & ready')
    expect(await panel('Status').locator('[data-reason]').count()).toBe(0)
    await openDetails()
    await fact('Last verified')
      .getByText(/just now|ago/)
      .waitFor()
    await fact('Next check')
      .getByText(/^in \d+ minutes$/)
      .waitFor()
    await fact('Transport').getByText('Direct: IGNY8 calls the site').waitFor()
  })

  test.each(BROKEN)('degraded: %s (%s)', async (name, code, title, fix, layer, evidence) => {
    undo = await arrange(lab, setUpOf(name))
    await pressTest()
    await expectState('degraded', 'Connected with problems')
    await expectReason(code, title, fix)
    await fact('Since')
      .getByText(/just now|ago/)
      .waitFor()
    await fact('Next check')
      .getByText(/^in \d+ (seconds|minutes?)$/)
      .waitFor()
    await diagnose(code, layer, evidence)
  })

  test('unreachable: its server is stopped, and looked for again', async () => {
    await lab.front.stop()
    undo = lab.front.start
    await pressTest()
    await expectState('unreachable', 'Unreachable')
    await expectReason(
      'connection_lost',
      'The connection to the site was lost',
      'Try again. If it keeps failing, ask the host',
    )
    await diagnose('connection_lost', 'Network', /rest_index http.*connection_lost/)
  })

  test('by polling: the transport, how long work waits, and still what keeps us out', async () => {
    await unsilence()
    undo = await arrange(lab, setUpOf('every inbound request refused'))
    await lab.poll()
    await pressTest()
    await expectState('ready', 'Connected & ready')
    await openDetails()
    const transport = fact('Transport')
    await transport.getByText('Polling: the site calls IGNY8 and picks up its tasks').waitFor()
    // a site that was called until now polls every 15 minutes; its next poll tells it to poll each minute
    await transport.getByText('about every 900 seconds').waitFor()
    await transport.getByText(/Last poll: (just now|\d+ seconds? ago)/).waitFor()
    await diagnose('blocked_by_firewall', 'Firewall', /→ 403/)
    await panel('Doctor').locator('[data-finding=served_by_polling]').waitFor()
    await panel('Doctor').locator('[data-verdict=degraded]').waitFor()
  })

  test('key revoked: nothing is polled, until it is connected with another one', async () => {
    await panel('API keys').getByRole('button', { name: 'Revoke' }).first().click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Revoke/ })
      .click()
    await open('connection')
    await expectState('key_revoked', 'API key revoked')
    await panel('Status')
      .locator('[data-reason]')
      .getByText(/new key/)
      .first()
      .waitFor()
    await panel('Status').getByRole('link', { name: 'Connect this site' }).waitFor()
    const { key } = await world.owner.post<{ key: string }>(`/sites/${lab.siteId}/api-keys/`, { name: 'Second' })
    lab.useKey(key)
    expect(await lab.reconnect()).toBeNull()
  })

  test('a plugin that has lost its secret: a person confirms the new one', async () => {
    await lab.run(`delete_option( 'igny8_secrets' );`)
    expect(await lab.reconnect()).toMatchObject({ code: 'connection_change_needs_confirmation' })
    await open('connection')
    const waiting = panel('A new connection waits for you')
    await waiting.getByText('will be replaced').waitFor()
    await waiting.getByRole('button', { name: 'Confirm' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Confirm' }).click()
    await waiting.waitFor({ state: 'detached' })
    // the plugin finishes by itself
    const state = () => lab.run(`echo Igny8\\Bridge\\Plugin::instance()->status->state();`)
    await waitFor('the plugin to be connected', LOOK_MS, async () => ((await state()) === 'ready' ? true : undefined))
    await expectState('ready', 'Connected & ready')
  })

  test('switched off by a person, who switches it on again', async () => {
    const { id } = await desk.integration()
    await world.owner.patch(`/integration/integrations/${id}/`, { is_active: false })
    await open('content-types')
    await page.locator('[data-connection=disabled]').getByText('Switched off').first().waitFor()
    await page.getByText('Somebody switched the connection off. Nothing is synced.').waitFor()
    await page.getByRole('button', { name: 'Switch on' }).click()
    await page.locator('[data-connection=ready]').first().waitFor({ timeout: LOOK_MS })
  })

  test('healthy again: nothing is left of all that', async () => {
    await open('connection')
    await pressTest()
    await expectState('ready', 'Connected & ready')
    expect(await panel('Status').locator('[data-reason]').count()).toBe(0)
    await openDetails()
    await fact('Transport').getByText('Direct: IGNY8 calls the site').waitFor()
    await panel('Doctor').getByRole('button', { name: /^Run / }).click()
    await panel('Doctor').locator('[data-verdict=healthy]').waitFor({ timeout: LOOK_MS })
    expect(tab.faults).toEqual([])
  })
})
