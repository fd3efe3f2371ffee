/** The operator's page in a real browser: who finds it, what it shows, and what an operator does there. */
import { randomBytes } from 'node:crypto'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClient } from '../../scripts/lib/client.ts'
import { verifyAddress } from '../../scripts/lib/mail-sink.ts'
import { type Chromium, DESKTOP, faultsOf, PHONE, startChromium, type Tab } from './support/browser.ts'
import { OWNER, type Person, type World, startWorld } from './support/world.ts'

const OPERATOR: Person = { name: 'Olga Operator', email: 'olga@igny8.test', password: 'correct horse battery' }
const OPERATOR_TOKEN = randomBytes(32).toString('hex')
/** A minute in which the cron counts: see src/services/figures/index.ts. */
const COUNTING_MS = (Math.floor(Date.now() / 600_000) * 10 + 4) * 60_000

let world: World
let chromium: Chromium
let accountId: string

const operate = (method: string, path: string, body?: object) =>
  fetch(`${world.url}/api/v1/operator/${path}`, {
    method,
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })

beforeAll(async () => {
  const bindings = { OPERATOR_TOKEN, MAIL_SINK: 'on' }
  ;[world, chromium] = await Promise.all([startWorld({ bindings }), startChromium()])
  await world.signUp(OPERATOR)
  await verifyAddress(createClient(world.url), world.url, OPERATOR.email)
  expect((await operate('POST', 'operators/', { email: OPERATOR.email })).status).toBe(201)
  const site = await world.owner.post<{ id: string }>('/sites/', {
    name: 'A secret name',
    url: 'https://shop.example.com',
  })
  const { key } = await world.owner.post<{ key: string }>(`/sites/${site.id}/api-keys/`, {})
  await world.owner.post('/integration/integrations/', { site_id: site.id, api_key: key })
  accountId = (await world.owner.get<{ account: { id: string } }>('/auth/get-session')).account.id
  await world.tick(COUNTING_MS)
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

async function openAs(person: Person, look: BrowserContextOptions = {}): Promise<Tab> {
  const tab = await chromium.open({ origin: world.url, ...look })
  await tab.page.emulateMedia({ reducedMotion: 'reduce' })
  const data = { email: person.email, password: person.password }
  await tab.context.request.post('/api/v1/auth/sign-in/email', { data })
  return tab
}

async function settle(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await page.waitForSelector('.mantine-Skeleton-root', { state: 'detached' })
}

test('nobody else finds the page', async () => {
  const { page, context } = await openAs(OWNER)
  await page.goto('/sites')
  await page.getByRole('button', { name: /Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).waitFor()
  expect(await page.getByRole('menuitem', { name: 'Operation' }).count()).toBe(0)
  for (const path of ['/operator', '/operator/sites', '/operator/log']) {
    await page.goto(path)
    await settle(page)
    expect(await page.title()).toMatch(/not found/i)
  }
  await context.close()
})

const LOOKS: [string, BrowserContextOptions][] = [
  ['light on a desktop', { colorScheme: 'light', viewport: DESKTOP }],
  ['dark on a tablet', { colorScheme: 'dark', viewport: { width: 768, height: 1024 } }],
  ['dark on a phone, in German', { colorScheme: 'dark', viewport: PHONE, hasTouch: true, locale: 'de-DE' }],
]

describe.each(LOOKS)('the pages of operators, %s', (_name, look) => {
  test('are accessible, fit, and show no word of a tenant', async () => {
    const { page, context, faults } = await openAs(OPERATOR, look)
    const found: string[] = []
    for (const path of ['', '/sites', '/sites?search=shop.example', '/accounts', '/log']) {
      await page.goto(`/operator${path}`)
      await settle(page)
      expect(await page.locator('main').innerText()).not.toContain('secret name')
      found.push(...(await faultsOf(page)))
    }
    expect([...found, ...faults]).toEqual([])
    await context.close()
  }, 120_000)
})

test('an operator finds an account, suspends it with a reason, and its owner sees why', async () => {
  const { page, context } = await openAs(OPERATOR)
  await page.goto('/sites')
  await page.getByRole('button', { name: /Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Operation' }).click()
  await page.getByRole('heading', { name: 'Sites by state' }).waitFor()
  await page.getByRole('link', { name: 'Accounts' }).click()
  await page.getByLabel('Account id').fill(accountId)
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('button', { name: `Suspend: ${accountId}` }).click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  expect(await faultsOf(page)).toEqual([])
  await dialog.getByRole('button', { name: 'Suspend' }).click()
  await dialog.getByText('Say why.').waitFor()
  await dialog.getByLabel('Reason').fill('Sends spam')
  await dialog.getByRole('button', { name: 'Suspend' }).click()
  await dialog.getByText(/The account is suspended/).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.getByText('Sends spam').waitFor()

  const owner = await openAs(OWNER)
  await owner.page.goto('/sites')
  await owner.page.getByText(/has been suspended since/).waitFor()
  expect(await owner.page.getByText('Reason: Sends spam').count()).toBe(1)
  expect(await faultsOf(owner.page)).toEqual([])
  await owner.context.close()

  await page.getByRole('button', { name: `Lift the suspension: ${accountId}` }).click()
  await dialog.getByLabel('Reason').fill('Settled')
  await dialog.getByRole('button', { name: 'Lift the suspension' }).click()
  await dialog.getByText(/The suspension is lifted/).waitFor()
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.getByRole('link', { name: 'Log' }).click()
  await page.getByText('Suspension of the account lifted').waitFor()
  await context.close()
}, 120_000)
