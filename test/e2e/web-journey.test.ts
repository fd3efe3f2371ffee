import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { SAMPLE_CONTENT, createContent, PRODUCTS_MU_PLUGIN } from '../../scripts/wordpress/content.ts'
import { PLUGIN } from '../../scripts/lib/paths.ts'
import { startWordPress } from '../../scripts/wordpress/native.ts'
import type { WordPress } from '../../scripts/wordpress/types.ts'
import { type Chromium, type Tab, pictureOf, startChromium } from './support/browser.ts'
import { disturb } from '../../scripts/wordpress/disturb.ts'
import { connectWithKey, publishPost, signInToWordPress } from './support/wp-admin.ts'
import { type World, startWorld } from './support/world.ts'

const PERSON = { name: 'Ada Editor', email: 'ada@igny8.test', password: 'a password of some length' }
const SLOWLY = `if ( false !== strpos( $_SERVER['REQUEST_URI'], 'igny8' ) ) { usleep( 1500000 ); }`
const RUN_MS = 60_000

let world: World
let wordpress: WordPress
let chromium: Chromium
let tab: Tab
let page: Page
let siteId: string
/** The same person's wp-admin, in a browser of its own. */
let wpAdmin: Page

/** The row of a type: its cells as text. */
const rowOf = (label: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: label }) })
const connection = (state: string) => page.locator(`[data-connection=${state}]`).first()
const open = (path: string) => page.goto(`${world.url}/sites/${siteId}/${path}`)

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
  tab = await chromium.open({ origin: world.url })
  page = tab.page
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(`as it looked: ${await pictureOf(page, task.name.slice(0, 60))}`)
})

const titleInWordPress = (title: string) =>
  wordpress.php(`echo count( get_posts( array( 'title' => '${title}', 'post_status' => 'any' ) ) );`)

/** The tests follow one another, as the day of one person does. */
describe('an editor in a real browser, with a real WordPress', { timeout: 120_000 }, () => {
  test('signs up, adds a site, and connects it with a key', async () => {
    await page.goto('/sites')
    await page.getByRole('link', { name: 'Create one' }).click()
    await page.getByLabel('Your name').fill(PERSON.name)
    await page.getByLabel('E-mail').fill(PERSON.email)
    await page.getByLabel('Password', { exact: true }).fill(PERSON.password)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('link', { name: 'Add a site' }).first().click()
    await page.getByLabel('Address of the site').fill(wordpress.url)
    await page.keyboard.press('Tab')
    await page.getByLabel('Name', { exact: true }).fill('Example shop')
    await page.getByRole('button', { name: 'Add and continue' }).click()
    await page.waitForURL('**/connect**')
    siteId = /sites\/([^/]+)\/connect/.exec(page.url())?.[1] ?? ''
    expect(siteId).toMatch(/^site_/)

    // test/e2e/consent.test.ts has the way of two clicks
    await page.getByText('The plugin is active.').waitFor()
    await page.getByText('Connect with an API key instead').click()
    await page.getByRole('button', { name: 'Create an API key' }).click()
    const apiKey = await page.getByLabel('API key', { exact: true }).inputValue()
    const admin = await chromium.open({ origin: wordpress.url })
    await signInToWordPress(admin.page, wordpress.url)
    await connectWithKey(admin.page, wordpress.url, apiKey)
    await page.getByText('Connected & ready').first().waitFor()
    await page.getByRole('link', { name: 'See your content types' }).click()
    await page.waitForURL('**/content-types')
    wpAdmin = admin.page
  })

  test('sees the table of the product’s own example, as WordPress counts it', async () => {
    const expected = { Posts: 123, Pages: 45, Products: 67, Categories: 12, Tags: 89, 'Product Categories': 15 }
    for (const [label, total] of Object.entries(expected))
      await rowOf(label).getByText(`${total} total · 0 synced`).waitFor()
    const all = `$all = wp_count_posts(); echo $all->publish + $all->draft;`
    expect(await wordpress.php(all)).toBe('123')
  })

  test('loads a page in one step: what it needs is asked for before the app is there, and nothing twice', async () => {
    for (const path of ['/sites', `/sites/${siteId}/content-types`]) {
      const asked: string[] = []
      const note = (request: { url: () => string; method: () => string }) => {
        const { pathname, search } = new URL(request.url())
        if (request.method() === 'GET' && !pathname.endsWith('/live')) asked.push(`${pathname}${search}`)
      }
      page.on('request', note)
      await page.goto(`${world.url}${path}`)
      await (path === '/sites' ? page.getByRole('link', { name: 'Example' }) : rowOf('Posts')).first().waitFor()
      page.off('request', note)
      // how the sync is going is asked again while the page is open
      const once = asked.filter((address) => !address.endsWith('/sync-status'))
      expect(once.filter((address, index) => once.indexOf(address) !== index)).toEqual([])
      // what nobody takes was asked for in vain: the addresses of web/first.js and of the app differ. The content types may
      // have come by the live connection
      const isUntaken = `[...window.igny8Answers.keys()].filter((address) => !address.endsWith('/content-types'))`
      await expect.poll(() => page.evaluate(isUntaken)).toEqual([])
    }
  })

  test('chooses what is synced, and is told at once when a value can’t be', async () => {
    const limit = rowOf('Posts').getByLabel('Limit of Posts')
    await limit.fill('0')
    await limit.press('Enter')
    await rowOf('Posts').getByText('A whole number from 1 to').waitFor()
    await limit.fill('200')
    await limit.press('Enter')
    await page.reload()
    expect(await rowOf('Posts').getByLabel('Limit of Posts').inputValue()).toBe('200')
    await rowOf('Pages').getByRole('switch').press('Space')
    await rowOf('Pages').getByText('Disabled').waitFor()
    await rowOf('Pages').getByRole('switch').press('Space')
    await rowOf('Pages').getByText('Enabled').waitFor()
  })

  test('starts a sync, sees its progress by type, and everything synced in the end', async () => {
    // each request of the API takes a while, so that progress can be seen
    disturb(wordpress, SLOWLY)
    await page.getByRole('button', { name: 'Sync now', exact: true }).click()
    const run = page.locator('[data-run=running]')
    for (const [label, total] of Object.entries({ Posts: 123, Pages: 45, Products: 67 })) {
      // while it stands at zero a bar has no width
      await run.getByRole('progressbar', { name: `Progress: ${label}` }).waitFor({ state: 'attached' })
      await run.getByText(`0 of ${total}`).waitFor()
    }
    disturb(wordpress, null)
    await page.getByText('Sync finished').first().waitFor({ timeout: RUN_MS })
    for (const counts of ['123 total · 123 synced', '45 total · 45 synced', '67 total · 67 synced'])
      await page.getByText(counts).first().waitFor()
  })

  test('sees a post that is published in wp-admin without touching the page', async () => {
    await publishPost(wpAdmin, wordpress.url, 'Tulips & roses')
    await rowOf('Posts').getByText('124 total · 124 synced').waitFor()
    await open('items?q=Tulips')
    await page.getByRole('link', { name: 'Tulips & roses', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Tulips & roses' }).waitFor()
  })

  test('settles a conflict, with both sides before her, and takes it back', async () => {
    await open('items?q=Post+9')
    await page.getByRole('link', { name: 'Post 9', exact: true }).click()
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    // the site's change is not known yet when this one is made
    await wordpress.php(`global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_title' => 'Nine tulips' ), array( 'post_title' => 'Post 9' ) );
      wp_cache_flush();`)
    await page.getByLabel('Title').fill('Nine roses')
    // going elsewhere loses nothing: what was typed is there again
    await page.getByRole('link', { name: 'Activity' }).click()
    await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
    await page.evaluate('history.back()')
    await page.getByTestId('restored').waitFor()
    expect(await page.getByLabel('Title').inputValue()).toBe('Nine roses')
    await page.getByRole('button', { name: 'Save' }).click()
    await open('content-types')
    await rowOf('Posts').getByRole('link', { name: '1 conflict' }).click()
    await page.getByRole('link', { name: 'Nine roses', exact: true }).click()
    await page.getByText('Nine tulips').first().waitFor()
    await page.getByRole('radio', { name: /^WordPress/ }).check()
    await page.getByRole('button', { name: 'Resolve', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Nine tulips' }).waitFor()
    await page.getByRole('button', { name: 'Undo resolution' }).click()
    await page.getByRole('heading', { level: 1, name: 'Nine roses' }).waitFor()
    await page.getByRole('radio', { name: /^IGNY8/ }).check()
    await page.getByRole('button', { name: 'Resolve', exact: true }).click()
    await expect.poll(() => titleInWordPress('Nine roses'), { timeout: RUN_MS }).toBe('1')
  })

  test('is told when the API is away, and is up to date again when it is back', async () => {
    await open('content-types')
    await page.getByText('Live', { exact: true }).waitFor()
    await world.stopApi()
    await page.getByText('Connection lost, trying again').waitFor()
    await wordpress.php(`wp_insert_post( array( 'post_title' => 'While away', 'post_status' => 'publish' ) );`)
    await world.startApi()
    await page.getByText('Live', { exact: true }).waitFor({ timeout: RUN_MS })
    await page.getByRole('button', { name: 'Sync now', exact: true }).click()
    await rowOf('Posts').getByText('125 total · 125 synced').waitFor({ timeout: RUN_MS })
  })

  test('revokes the key, and sees at once what that means and what to do', async () => {
    await open('connection')
    await page.getByRole('button', { name: 'Revoke' }).first().click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Revoke/ })
      .click()
    await open('content-types')
    await connection('key_revoked').waitFor()
    await page.getByText('Create a new key').first().waitFor()
  })

  test('nothing went wrong in the browser that the page did not tell', () => {
    expect(tab.faults).toEqual([])
  })
})
