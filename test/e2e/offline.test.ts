import { afterAll, beforeAll, expect, test } from 'vitest'
import { waitFor } from '../../scripts/lib/wait.ts'
import { type Chromium, faultsOf, startChromium, type Tab } from './support/browser.ts'
import { addSite } from './support/site.ts'
import { OWNER, type World, startWorld } from './support/world.ts'

/** The name of every site that `addSite` makes. */
const NAME = 'A shop'

let world: World
let chromium: Chromium
let tab: Tab
let siteId: string

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  siteId = (await addSite(world.owner, 'https://offline.example')).siteId
  tab = await chromium.open({ origin: world.url, serviceWorkers: 'allow' })
  const { email, password } = OWNER
  await tab.context.request.post('/api/v1/auth/sign-in/email', { data: { email, password } })
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

/** Whether the browser has the app's files, and the answers of the page that it shows. */
const isKept = () =>
  tab.page.evaluate(`navigator.serviceWorker.getRegistration().then(async (one) => {
    const answers = await caches.match('/last-known')
    return Boolean(one?.active) && ((await answers?.text()) ?? '').includes('${NAME}')
  })`)

const banner = () => tab.page.getByRole('status').filter({ hasText: 'You are offline' })

test('without a network the app opens, shows what was known, and says so', async () => {
  const { page, context } = tab
  await page.goto(`/sites/${siteId}/settings`)
  await page.getByLabel('Name').waitFor()
  await page.getByRole('link', { name: 'Sites' }).first().click()
  await page.getByRole('link', { name: NAME, exact: true }).waitFor()
  await waitFor('the files to be kept', 60_000, async () => ((await isKept()) === true ? true : undefined))
  await context.setOffline(true)
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'Sites' }).waitFor()
  await page.getByRole('link', { name: NAME, exact: true }).waitFor()
  await banner().waitFor()
  expect(await banner().innerText()).toMatch(/shows what was known at \d{1,2}:\d\d/)
  expect(await page.getByRole('alert').count()).toBe(0)
  expect(await faultsOf(page)).toEqual([])
})

test('a change is refused where it is made, and what was typed stays', async () => {
  const { page } = tab
  await page.getByRole('link', { name: NAME, exact: true }).click()
  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Name').fill('Another name')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'The API does not answer' }).first().waitFor()
  expect(await page.getByLabel('Name').inputValue()).toBe('Another name')
})

test('with the network the page is current again by itself', async () => {
  const { page, context } = tab
  await page.goto('/sites')
  await page.getByRole('link', { name: NAME, exact: true }).waitFor()
  await world.owner.patch(`/sites/${siteId}/`, { name: 'Renamed meanwhile' })
  await context.setOffline(false)
  await page.getByRole('link', { name: 'Renamed meanwhile', exact: true }).waitFor()
  await banner().waitFor({ state: 'detached' })
  expect(tab.faults).toEqual([])
})

test('nothing is left on the device after signing out', async () => {
  const { page } = tab
  await page.getByRole('button', { name: /Account of/ }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
  expect(await page.evaluate(`caches.has('igny8-answers')`)).toBe(false)
})
