import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Chromium, faultsOf, PHONE, pictureOf, startChromium } from './support/browser.ts'
import { openRealSite, type RealSite } from './support/real-site.ts'
import { signIn } from './support/sign-in.ts'
import { signInToWordPress } from './support/wp-admin.ts'
import { OWNER, startWorld, type World } from './support/world.ts'

/** The history of an item: edits in wp-admin and in the app, both in it, and one of them restored. */
const SEED = `update_option( 'timezone_string', 'Europe/Berlin' );
  wp_update_user( array( 'ID' => 1, 'display_name' => 'Grace Admin' ) );
  wp_insert_post( array( 'post_title' => 'Opening hours', 'post_status' => 'publish',
    'post_content' => "<!-- wp:paragraph -->\\n<p>We open at nine.</p>\\n<!-- /wp:paragraph -->" ) );`
const WAIT_MS = 60_000

let world: World
let site: RealSite
let chromium: Chromium
let page: Page
let wpAdmin: Page
let id: string
let postId: string

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: WAIT_MS, interval: 300 })
const titleThere = () => site.php(`echo get_post_field( 'post_title', ${postId}, 'raw' );`)

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  site = await openRealSite(world, { seed: SEED })
  await site.sync()
  const found = (await site.list()).find(({ title }) => title === 'Opening hours')
  if (!found?.external_id) throw new Error('not imported')
  ;[id, postId] = [found.id, found.external_id]
  page = (await chromium.open({ origin: world.url })).page
  wpAdmin = (await chromium.open({ origin: site.wordpress.url })).page
  await signIn(page, OWNER)
}, 150_000)
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    console.error(`as it looked: ${await pictureOf(page, `history ${task.name.slice(0, 40)}`)}`)
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

const rows = () => page.getByRole('list', { name: 'Versions' }).getByRole('listitem')
async function openHistory(): Promise<void> {
  await page.goto(`/sites/${site.siteId}/items/${id}`)
  await page.getByRole('button', { name: 'Show history' }).click()
  await rows().first().waitFor()
}

describe('the history of an item', { timeout: 150_000 }, () => {
  test('has an edit in wp-admin and one in the app, with who made each', async () => {
    await signInToWordPress(wpAdmin, site.wordpress.url)
    await wpAdmin.goto(`${site.wordpress.url}/wp-admin/edit.php`)
    const row = wpAdmin.locator(`#post-${postId}`)
    await row.hover()
    await row.getByRole('button', { name: /Quick edit/i }).click()
    await wpAdmin.locator(`#edit-${postId} input[name=post_title]`).fill('Opening hours in winter')
    await wpAdmin.locator(`#edit-${postId}`).getByRole('button', { name: 'Update' }).click()
    await wpAdmin
      .getByRole('link', { name: /Opening hours in winter/ })
      .first()
      .waitFor()
    // quick edit leaves a lock for 150 s, for which our write would wait
    await site.php(`delete_post_meta( ${postId}, '_edit_lock' );`)
    // the webhook names who saved it
    await eventually(async () => expect((await site.item(id)).title).toBe('Opening hours in winter'))

    await page.goto(`/sites/${site.siteId}/items/${id}`)
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
    await page.getByLabel('Title', { exact: true }).fill('When we open')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('textbox', { name: 'Body' }).waitFor({ state: 'detached' })
    await eventually(async () => {
      await site.sync()
      expect(await titleThere()).toBe('When we open')
    })

    await openHistory()
    const told = await rows().allInnerTexts()
    expect(told[0]).toContain(`${OWNER.name} changed it`)
    expect(told[1]).toContain('Grace Admin changed it in WordPress')
    expect(told[1]).toContain('Changed: Title')
    await page.getByText('Times: Europe/Berlin').waitFor()
    expect(await faultsOf(page)).toEqual([])
  })

  test('shows what differs, and a restored version arrives in WordPress', async () => {
    await openHistory()
    await rows().nth(1).getByRole('button').first().click()
    await rows().nth(1).locator('[data-field=title] del').first().waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Restore this version' }).click()
    const dialog = page.getByRole('dialog', { name: 'Restore this version?' })
    await dialog.getByRole('checkbox', { name: 'Title' }).waitFor()
    expect(await faultsOf(page)).toEqual([])
    await dialog.getByRole('button', { name: 'Restore', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Opening hours in winter' }).waitFor()
    await eventually(async () => {
      await site.sync()
      expect(await titleThere()).toBe('Opening hours in winter')
    })
    await rows().first().getByText('restored a version').waitFor()
  })

  test('is read on a phone, in the dark, by keyboard', async () => {
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await openHistory()
    await rows().nth(1).getByRole('button').first().focus()
    await page.keyboard.press('Enter')
    await rows().nth(1).locator('[data-field=title]').first().waitFor()
    expect(await faultsOf(page)).toEqual([])
  })
})
