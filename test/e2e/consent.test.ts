/** Connecting in two clicks (docs/connect.md), in a real browser with a real WordPress, and every bad way back. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createContent, PRODUCTS_MU_PLUGIN, SAMPLE_CONTENT } from '../../scripts/wordpress/content.ts'
import { PLUGIN } from '../../scripts/lib/paths.ts'
import { ADMIN } from '../../scripts/wordpress/install.ts'
import { startWordPress } from '../../scripts/wordpress/native.ts'
import type { WordPress } from '../../scripts/wordpress/types.ts'
import { type Chromium, DESKTOP, faultsOf, PHONE, pictureOf, startChromium } from './support/browser.ts'
import { signIn } from './support/sign-in.ts'
import { signInToWordPress } from './support/wp-admin.ts'
import { OWNER, type World, startWorld } from './support/world.ts'

const ADA = { name: 'Ada Editor', email: 'ada@igny8.test', password: 'a password of some length' }
const BEN = { name: 'Ben Owner', email: 'ben@igny8.test', password: 'another password of some length' }
const CARA = { name: 'Cara Agency', email: 'cara@igny8.test', password: 'a third password of some length' }
const FIRST_NUMBER_MS = 15_000
const PLUGIN_PAGE = '/wp-admin/options-general.php?page=igny8'

let world: World
let wordpress: WordPress
let chromium: Chromium
let page: Page

beforeAll(async () => {
  world = await startWorld()
  const [site, browser] = await Promise.all([
    startWordPress({
      plugins: [PLUGIN],
      pluginsAs: 'copy',
      muPlugins: [PRODUCTS_MU_PLUGIN],
      define: { IGNY8_API_URL: world.url, DISABLE_WP_CRON: false },
    }),
    startChromium(),
  ])
  wordpress = site
  chromium = browser
  await wordpress.php(createContent(SAMPLE_CONTENT))
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(`as it looked: ${await pictureOf(page, task.name.slice(0, 60))}`)
})

/** A person who is signed in to wp-admin, in a browser of their own. */
async function openPerson(): Promise<Page> {
  const tab = await chromium.open({ origin: world.url })
  await signInToWordPress(tab.page, wordpress.url)
  return tab.page
}

async function signUpInApp(person: typeof ADA): Promise<void> {
  await page.getByLabel('Your name').fill(person.name)
  await page.getByLabel('E-mail').fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Create account' }).click()
}

const openPlugin = () => page.goto(wordpress.url + PLUGIN_PAGE)
const connectButton = () => page.getByRole('button', { name: 'Connect to IGNY8' })
const yes = () => page.getByRole('button', { name: 'Connect', exact: true })
const notice = (text: string) => page.locator('.notice').getByText(text)
const state = (name: string) => page.locator(`[data-igny8-state=${name}]`)

async function disconnect(): Promise<void> {
  await openPlugin()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await state('not_connected').waitFor()
}

/** Says yes, and notes the address that the browser is sent back with. */
async function approve(): Promise<string> {
  const back = page.waitForRequest((request) => request.url().includes('igny8_code='))
  await yes().click()
  return (await back).url()
}

/** The tests follow one another. */
describe('connecting from wp-admin', { timeout: 120_000 }, () => {
  test('takes two clicks from a fresh account to the first number, within 15 seconds', async () => {
    page = await openPerson()
    await page.goto(`${world.url}/sign-up`)
    await signUpInApp(ADA)
    await page.waitForURL('**/sites')
    await openPlugin()
    await state('not_connected').waitFor()

    const startedAt = performance.now()
    await connectButton().click()
    await page.getByRole('heading', { level: 1, name: 'to IGNY8?' }).waitFor()
    await yes().click()
    await state('ready').waitFor()
    await page.getByText(/Syncing: [\d,]+ of [\d,]+ items|Sync finished: [\d,]+ created/).waitFor()
    const tookMs = performance.now() - startedAt
    // not by the console, which is silent for tests that pass
    process.stdout.write(`two clicks, and the first number after ${(tookMs / 1000).toFixed(1)} s\n`)
    expect(tookMs).toBeLessThan(FIRST_NUMBER_MS)
    expect(new URL(page.url()).search).toBe('?page=igny8')
  })

  test('imports everything that the question named, by itself, and shows that in both places', async () => {
    await page.getByText('Sync finished: 235 created.').waitFor({ timeout: 60_000 })
    await page.goto(`${world.url}/sites`)
    await page.getByRole('link', { name: 'Example' }).or(page.locator('a[href^="/sites/site_"]')).first().click()
    for (const counts of ['123 total · 123 synced', '45 total · 45 synced', '67 total · 67 synced'])
      await page.getByText(counts).first().waitFor()
  })

  test('has changed nothing on the site', async () => {
    const writes = await wordpress.php(`echo count( get_posts( array( 'post_type' => 'any', 'post_status' => 'any',
      'posts_per_page' => -1, 'date_query' => array( 'column' => 'post_modified', 'after' => '10 seconds ago' ) ) ) );`)
    expect(writes).toBe('0')
  })

  test('leaves neither code nor key on any page', async () => {
    await openPlugin()
    const html = await page.content()
    expect(html).not.toMatch(/igny8_[0-9A-Za-z]{48}/)
    expect(html).not.toContain('igny8_code')
  })

  test('goes through signing up, and comes back to the question', async () => {
    await disconnect()
    const other = await openPerson()
    page = other
    await openPlugin()
    await connectButton().click()
    await page.waitForURL('**/sign-in')
    await page.getByRole('link', { name: 'Create one' }).click()
    await signUpInApp(BEN)
    await page.getByRole('heading', { level: 1, name: 'to IGNY8?' }).waitFor()
    await page.getByText(BEN.email).waitFor()
    await page.getByText('IGNY8 imports 123 Posts').waitFor()
    await approve()
    await state('ready').waitFor()
  })

  test('asks a question that is accessible, on a phone too', async () => {
    await disconnect()
    await connectButton().click()
    await yes().waitFor()
    for (const size of [DESKTOP, PHONE]) {
      await page.setViewportSize(size)
      expect(await faultsOf(page)).toEqual([])
    }
    await page.setViewportSize(DESKTOP)
  })

  test('lets a person switch a type off beforehand', async () => {
    await page.getByRole('checkbox', { name: /^Pages \(45\)/ }).uncheck()
    await page.getByText('IGNY8 imports 123 Posts and 67 Products').waitFor()
    await approve()
    await state('ready').waitFor()
    await page
      .getByRole('row', { name: /^Pages / })
      .getByText('Switched off in IGNY8')
      .waitFor()
    await page
      .getByRole('row', { name: /^Posts / })
      .getByText('Synced')
      .waitFor()
  })
})

describe('a bad way back', { timeout: 120_000 }, () => {
  const came = (code: string, stateText: string) =>
    page.goto(`${wordpress.url}${PLUGIN_PAGE}&igny8_code=${code}&igny8_state=${stateText}`)
  let old: URL

  test('by “Cancel” connects nothing and says so', async () => {
    await disconnect()
    await connectButton().click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await notice('Nothing was connected.').waitFor()
    await state('not_connected').waitFor()
  })

  test('with a forged state is refused, and the page leads on', async () => {
    await came('x'.repeat(43), 'y'.repeat(43))
    await notice('nobody asked for here').waitFor()
    await state('not_connected').waitFor()
    await connectButton().waitFor()
    expect(new URL(page.url()).search).toBe('?page=igny8')
  })

  test('that is opened again is refused, and stays connected', async () => {
    await connectButton().click()
    old = new URL(await approve())
    await state('ready').waitFor()
    await page.goto(old.href)
    await notice('nobody asked for here').waitFor()
    await state('ready').waitFor()
  })

  test('with a used code of another time is refused', async () => {
    await disconnect()
    await connectButton().click()
    await yes().waitFor()
    const asked = new URLSearchParams(new URL(page.url()).hash.slice(1))
    await came(old.searchParams.get('igny8_code') ?? '', asked.get('state') ?? '')
    await notice('The code of this connection is not valid').waitFor()
    await state('not_connected').waitFor()
  })

  test('to another address than the site’s own wp-admin is never offered', async () => {
    await openPlugin()
    await connectButton().click()
    await yes().waitFor()
    const evil = page
      .url()
      .replace(encodeURIComponent(`${wordpress.url}/wp-admin`), encodeURIComponent('https://evil.example/wp-admin'))
    expect(evil).toContain('evil.example')
    await page.goto('about:blank')
    await page.goto(evil)
    await page.getByText('does not lead to this site’s wp-admin').waitFor()
    expect(await yes().count()).toBe(0)
  })

  test('is no way into another account’s site: the question refuses and leads back', async () => {
    await openPlugin()
    await connectButton().click()
    await approve()
    await state('ready').waitFor()
    page = await openPerson()
    await signIn(page, ADA, world.url)
    await openPlugin()
    await page.getByText('Connect again').first().click()
    await page.getByRole('button', { name: 'Connect again' }).click()
    await page.getByText('This site is connected to another account of IGNY8').waitFor()
    expect(await yes().count()).toBe(0)
    await page.getByRole('link', { name: /Back to wp-admin/ }).click()
    await notice('Nothing was connected.').waitFor()
    await state('ready').waitFor()
  })

  test('can’t be framed: neither the question nor wp-admin', async () => {
    const question = await page.request.get(`${world.url}/connect`)
    expect(question.headers()['content-security-policy']).toContain("frame-ancestors 'none'")
    const admin = await page.request.get(wordpress.url + PLUGIN_PAGE)
    expect(admin.headers()['x-frame-options']).toBe('SAMEORIGIN')
  })
})

describe('connecting from the app', { timeout: 180_000 }, () => {
  let bare: WordPress

  beforeAll(async () => {
    bare = await startWordPress({
      plugins: [],
      muPlugins: [PRODUCTS_MU_PLUGIN],
      define: { IGNY8_API_URL: world.url, DISABLE_WP_CRON: false },
    })
    await bare.php(createContent({ ...SAMPLE_CONTENT, posts: 12, pages: 3, products: 0 }))
    const tab = await chromium.open({ origin: world.url })
    page = tab.page
    await signInToWordPress(page, bare.url)
  }, 120_000)

  test('offers the plugin where it is missing, notices it by itself, and asks once in wp-admin', async () => {
    await page.goto(`${world.url}/sign-up`)
    await signUpInApp(CARA)
    await page.waitForURL('**/sites')
    await page.goto(`${world.url}/sites/new`)
    await page.getByLabel('Address of the site').fill(bare.url)
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Add and continue' }).click()
    await page.getByRole('heading', { name: /^Install the plugin on/ }).waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download the plugin' }).click()
    const zip = await (await download).path()

    const admin = await page.context().newPage()
    await admin.goto(`${bare.url}/wp-admin/plugin-install.php?tab=upload`)
    await admin.getByLabel('Plugin zip file').setInputFiles({
      name: 'igny8-wordpress-bridge.zip',
      mimeType: 'application/zip',
      buffer: readFileSync(zip),
    })
    await admin.getByRole('button', { name: 'Install Now' }).click()
    await admin.getByRole('link', { name: 'Activate Plugin' }).click()
    await admin.close()

    await page.getByRole('button', { name: 'Connect', exact: true }).waitFor({ timeout: 30_000 })
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    const approveScreen = page.locator('[data-igny8-approve]')
    await approveScreen.getByText(CARA.email).waitFor()
    await approveScreen.getByText(/IGNY8 imports 12 Posts, 3 Pages/).waitFor()
    await approveScreen.getByRole('button', { name: 'Connect' }).click()
    await page.waitForURL('**/content-types')
    expect(page.url().startsWith(world.url)).toBe(true)
    await page.getByText('12 total · 12 synced').first().waitFor({ timeout: 60_000 })
  })

  test('comes to the approve screen through WordPress’ login, too, and can’t be framed there', async () => {
    await page.goto(`${bare.url}${PLUGIN_PAGE}`)
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.locator('[data-igny8-state=not_connected]').waitFor()
    await page.context().clearCookies({ name: /wordpress/ })
    await page.goto(`${world.url}/sites`)
    const link = page.locator('a[href^="/sites/site_"]').first()
    const [siteId = ''] = /site_[0-9a-f]+/.exec((await link.getAttribute('href')) ?? '') ?? []
    await page.goto(`${world.url}/sites/${siteId}/connect`)
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByLabel('Username or Email Address').fill(ADMIN.user)
    await page.getByLabel('Password', { exact: true }).fill(ADMIN.password)
    const shown = page.waitForResponse((answer) => answer.url().includes('igny8_token=') && answer.status() === 200)
    await page.getByRole('button', { name: 'Log In' }).click()
    expect((await shown).headers()['content-security-policy']).toContain("frame-ancestors 'none'")
    await page.locator('[data-igny8-approve]').getByRole('button', { name: 'Connect' }).click()
    await page.waitForURL('**/content-types')
    await page.getByText('12 total · 12 synced').first().waitFor({ timeout: 60_000 })
  })

  test('shows who really asks: a stranger’s request names the stranger, and ends in the administrator’s own question', async () => {
    await page.goto(`${bare.url}${PLUGIN_PAGE}`)
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.locator('[data-igny8-state=not_connected]').waitFor()
    const { id } = await world.owner.post<{ id: string }>('/sites/', { name: 'Mallory', url: bare.url })
    const { approve_url: lure } = await world.owner.post<{ approve_url: string }>('/connect/start/', { site_id: id })
    await page.goto(lure)
    await page.locator('[data-igny8-approve]').getByText(OWNER.email).waitFor()
    await page.locator('[data-igny8-approve]').getByRole('button', { name: 'Connect' }).click()
    await page.getByText(CARA.email).waitFor()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await notice('Nothing was connected.').waitFor()
  })
})
