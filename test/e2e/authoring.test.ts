import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Chromium, faultsOf, PHONE, pictureOf, startChromium, type Tab } from './support/browser.ts'
import { openRealSite, type RealItem, type RealSite } from './support/real-site.ts'
import { signInToWordPress } from './support/wp-admin.ts'
import { startWorld, type World } from './support/world.ts'

/** P9: what authors see of IGNY8 inside WordPress, each in a real browser, with a real WordPress and the real API. */
const WAIT_MS = 60_000
const paragraph = (text: string) => `<!-- wp:paragraph -->\n<p>${text}</p>\n<!-- /wp:paragraph -->`

/** The classic editor, for posts that say so: the plugin of that name does no more. */
const CLASSIC = `add_filter( 'use_block_editor_for_post', function ( $use, $post ) {
  return 0 === strpos( $post->post_title, 'Classic' ) ? false : $use; }, 100, 2 );`
const POSTS = ['Block', 'Block alone', 'Classic', 'List one', 'List two', 'List three'] as const

let world: World
let site: RealSite
let chromium: Chromium
let tab: Tab

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  const posts = POSTS.map((title) => ({
    post_title: title,
    post_status: 'publish',
    post_content: title.startsWith('Classic') ? 'Text.' : paragraph('Text.'),
  }))
  site = await openRealSite(world, {
    mu: CLASSIC,
    seed: `foreach ( json_decode( '${JSON.stringify(posts).replaceAll('\\', '\\\\')}', true ) as $post ) { wp_insert_post( wp_slash( $post ) ); }
      update_user_meta( 1, $wpdb->get_blog_prefix() . 'persisted_preferences', array( 'core/edit-post' => array( 'welcomeGuide' => false ),
        'core' => array( 'enableChoosePatternModal' => false ), '_modified' => gmdate( 'c' ) ) );`,
  })
  await site.sync()
}, 150_000)
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    console.error(`as it looked: ${await pictureOf(tab.page, task.name.slice(0, 60).replaceAll(/\W/g, '-'))}`)
  await tab.context.close()
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

/** What axe finds in what is ours. The roles of the admin bar are WordPress' own, the same for each of its entries. */
const ownFaults = async (page: Page) =>
  (await faultsOf(page)).filter((fault) => fault.includes('igny8') && !/ab-item|wp-admin-bar-igny8/.test(fault))
const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: WAIT_MS, interval: 250 })
const titleOnSite = ({ external_id: id }: RealItem) => site.php(`echo get_post( ${id} )->post_title;`)
type Standing = RealItem & { left_alone: boolean }
const standing = (id: string) => site.item(id) as Promise<Standing>

/** Opens a page of wp-admin, as a person who signs in. */
async function openAdmin(path: string, options: { viewport?: { width: number; height: number } } = {}): Promise<Page> {
  tab = await chromium.open({ origin: site.wordpress.url, ...options })
  tab.context.setDefaultTimeout(WAIT_MS)
  await signInToWordPress(tab.page, site.wordpress.url)
  await tab.page.goto(`${site.wordpress.url}/wp-admin/${path}`)
  return tab.page
}
const openEditor = (item: RealItem) => openAdmin(`post.php?post=${item.external_id}&action=edit`)

/** The panel of the block editor, opened. */
async function openPanel(page: Page): Promise<void> {
  const panel = page.getByRole('button', { name: 'IGNY8', exact: true })
  await panel.waitFor()
  if ((await panel.getAttribute('aria-expanded')) !== 'true') await panel.click()
}
const inState = (page: Page, state: string) => page.locator(`[data-igny8-post="${state}"]`).waitFor()

/** Both sides get another title; WordPress keeps ours back while somebody has the post open. */
async function quarrel(item: RealItem): Promise<void> {
  await site.patch(item.id, { title: `${item.title}, ours` })
  await site.php(`wp_update_post( array( 'ID' => ${item.external_id}, 'post_title' => '${item.title}, theirs' ) );`)
  await eventually(async () => {
    await site.sync('from_external')
    expect((await standing(item.id)).state).toBe('conflict')
  })
}

describe('the panel in the block editor', { timeout: 240_000 }, () => {
  test('says how the post stands; a conflict is resolved there: IGNY8’s version replaces what is open, and that stays; whoever has typed since is asked first', async () => {
    const item = await site.byTitle('Block')
    const page = await openEditor(item)
    await openPanel(page)
    await inState(page, 'synced')
    await quarrel(item)
    await page.getByRole('button', { name: 'Sync now' }).click()
    await inState(page, 'conflict')
    await page.locator('[data-igny8-post]').getByText('Changed both here and in IGNY8: Title').waitFor()
    expect(await ownFaults(page)).toEqual([])
    await pictureOf(page, 'authoring-panel-conflict')
    const asked = page.waitForEvent('dialog', { timeout: WAIT_MS })
    await page.getByRole('button', { name: 'Take IGNY8’s version' }).click()
    await page.evaluate(`wp.data.dispatch( 'core/editor' ).editPost( { title: 'Typed since' } )`)
    await eventually(async () => expect(await titleOnSite(item)).toBe('Block, ours'))
    const dialog = await asked
    expect(dialog.type()).toBe('beforeunload')
    await dialog.dismiss()
    expect(await page.evaluate(`wp.data.select( 'core/editor' ).getEditedPostAttribute( 'title' )`)).toBe('Typed since')
    page.once('dialog', (again) => void again.accept())
    await page.reload()
    await openPanel(page)
    await inState(page, 'synced')
    expect(await standing(item.id)).toMatchObject({ state: 'synced', title: 'Block, ours' })
    const revisions = await site.php(
      `echo implode( "\\n", wp_list_pluck( wp_get_post_revisions( ${item.external_id} ), 'post_title' ) );`,
    )
    expect(revisions).toContain('Block, theirs')
  })

  test('has a post left alone, by nobody else read or written, until somebody has it synced again', async () => {
    const item = await site.byTitle('Block alone')
    const page = await openEditor(item)
    await openPanel(page)
    await inState(page, 'synced')
    await page.getByRole('button', { name: 'Leave this post alone' }).click()
    await inState(page, 'left_alone')
    await eventually(async () => expect(await standing(item.id)).toMatchObject({ left_alone: true }))
    await expect(site.patch(item.id, { title: 'Ours' })).rejects.toThrow()
    await site.php(`wp_update_post( array( 'ID' => ${item.external_id}, 'post_title' => 'Private matter' ) );`)
    await site.sync()
    expect(await standing(item.id)).toMatchObject({ title: 'Block alone', left_alone: true })
    await page.getByRole('button', { name: 'Sync this post again' }).click()
    await inState(page, 'synced')
    expect(await standing(item.id)).toMatchObject({ title: 'Private matter', left_alone: false, state: 'synced' })
  })
})

describe('the box in the classic editor', { timeout: 240_000 }, () => {
  test('says the same and does the same: WordPress’ version is kept', async () => {
    const item = await site.byTitle('Classic')
    const page = await openEditor(item)
    // a box that nobody sees asks nothing
    await page.locator('#igny8-panel').scrollIntoViewIfNeeded()
    await inState(page, 'synced')
    await quarrel(item)
    await page.getByRole('button', { name: 'Sync now' }).click()
    await inState(page, 'conflict')
    await pictureOf(page, 'authoring-box-conflict')
    await page.getByRole('button', { name: 'Keep WordPress’ version' }).click()
    await inState(page, 'synced')
    expect(await titleOnSite(item)).toBe('Classic, theirs')
    expect(await standing(item.id)).toMatchObject({ state: 'synced', title: 'Classic, theirs' })
  })
})

describe('the list of posts', { timeout: 240_000 }, () => {
  const cell = (page: Page, { external_id: id }: RealItem) => page.locator(`[data-igny8-id="${id}"]`)

  test('says how each post stands, has several left alone at once, filters, and syncs them again', async () => {
    const [one, two, three] = [
      await site.byTitle('List one'),
      await site.byTitle('List two'),
      await site.byTitle('List three'),
    ]
    const page = await openAdmin('edit.php')
    for (const item of [one, two, three]) await cell(page, item).getByText('In sync').waitFor()
    await page.getByLabel('Select List one').check()
    await page.getByLabel('Select List two').check()
    await page.locator('#bulk-action-selector-top').selectOption('igny8_leave_alone')
    await page.locator('#doaction').click()
    await page.getByText('Posts that IGNY8 leaves alone from now on: 2.').waitFor()
    await cell(page, one).getByText('Left alone').waitFor()
    await cell(page, three).getByText('In sync').waitFor()
    await pictureOf(page, 'authoring-list')
    expect(await ownFaults(page)).toEqual([])
    await eventually(async () => expect(await standing(two.id)).toMatchObject({ left_alone: true }))

    await page.getByLabel('Filter by IGNY8').selectOption('left_alone')
    await page.locator('#post-query-submit').click()
    await cell(page, two).waitFor()
    expect(await cell(page, three).count()).toBe(0)
    await page.getByLabel('Select List one').check()
    await page.getByLabel('Select List two').check()
    await page.locator('#bulk-action-selector-top').selectOption('igny8_sync_again')
    await page.locator('#doaction').click()
    await page.getByText('Posts that IGNY8 syncs again: 2.').waitFor()
    await eventually(async () => expect(await standing(one.id)).toMatchObject({ left_alone: false, state: 'synced' }))
  })

  test('is no wider than a phone', async () => {
    const page = await openAdmin('edit.php', { viewport: PHONE })
    await page.locator('.igny8-cell').first().waitFor({ state: 'attached' })
    expect((await faultsOf(page)).filter((fault) => fault.includes('wider'))).toEqual([])
  })
})

describe('wp-admin', { timeout: 240_000 }, () => {
  test('has the state on its dashboard, and says within a minute that the key was revoked', async () => {
    const page = await openAdmin('index.php')
    await page.locator('#igny8-dashboard').getByText('Connected & ready').waitFor()
    await page.locator('#igny8-dashboard dd').first().getByText('ago').waitFor()
    expect(await page.locator('#wp-admin-bar-igny8 .igny8-bar-good').count()).toBe(1)
    await pictureOf(page, 'authoring-dashboard')
    expect(await ownFaults(page)).toEqual([])

    const { results } = await world.owner.get<{ results: { id: string }[] }>(`/sites/${site.siteId}/api-keys/`)
    for (const { id } of results) await world.owner.delete(`/sites/${site.siteId}/api-keys/${id}/`)
    const revokedAt = Date.now()
    await page.locator('[data-igny8-link]').getByText('no longer accepts the API key').waitFor({ timeout: 90_000 })
    expect(Date.now() - revokedAt).toBeLessThan(90_000)
    expect(await page.locator('#wp-admin-bar-igny8 .igny8-bar-bad').count()).toBe(1)
    await page.reload()
    await page.locator('[data-igny8-link]').getByText('no longer accepts the API key').waitFor()
  })
})

describe('Network Admin', { timeout: 240_000 }, () => {
  test('lists the sites of a network with the state of each', async () => {
    const network = await openRealSite(world, {
      multisite: true,
      seed: `wpmu_create_blog( wp_parse_url( home_url(), PHP_URL_HOST ) . ':' . wp_parse_url( home_url(), PHP_URL_PORT ), '/second/', 'Second', 1 );`,
    })
    tab = await chromium.open({ origin: network.wordpress.url })
    tab.context.setDefaultTimeout(WAIT_MS)
    await signInToWordPress(tab.page, network.wordpress.url)
    await tab.page.goto(`${network.wordpress.url}/wp-admin/network/settings.php?page=igny8`)
    await tab.page.locator('[data-igny8-site="1"] [data-igny8-state="ready"]').waitFor()
    await tab.page.locator('[data-igny8-site="2"] [data-igny8-state="inactive"]').waitFor()
    await pictureOf(tab.page, 'authoring-network')
    await network.stop()
  })
})
