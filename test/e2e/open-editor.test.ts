import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Chromium, faultsOf, PHONE, pictureOf, startChromium, type Tab } from './support/browser.ts'
import { openRealSite, type RealItem, type RealSite } from './support/real-site.ts'
import { signInToWordPress } from './support/wp-admin.ts'
import { OWNER, startWorld, type World } from './support/world.ts'

/**
 * T57: a post is open in WordPress, in a tab on a laptop that sleeps. IGNY8 writes once the lock has run out, and then
 * the old tab saves. Both editors, each in a real browser, with a real WordPress.
 */
const paragraph = (text: string) => `<!-- wp:paragraph -->\n<p>${text}</p>\n<!-- /wp:paragraph -->`
const OLD = 'We open on Monday at nine.'
const OURS = 'We open every day at seven.'
const TYPED = ' Closed on holidays.'
const WAIT_MS = 60_000

/** The classic editor, for posts that say so: the plugin of that name does no more. */
const CLASSIC = `add_filter( 'use_block_editor_for_post', function ( $use, $post ) {
  return 0 === strpos( $post->post_title, 'Classic' ) ? false : $use; }, 100, 2 );`
const POSTS = ['Block', 'Block later', 'Block open', 'Classic', 'Classic before'] as const

let world: World
let site: RealSite
let chromium: Chromium
let tab: Tab

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  const posts = POSTS.map((title) => ({
    post_title: title,
    post_status: 'publish',
    post_content: title.startsWith('Classic') ? OLD : paragraph(OLD),
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

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: WAIT_MS, interval: 250 })
const bodyOnSite = ({ external_id: id }: RealItem) => site.php(`echo get_post( ${id} )->post_content;`)
const revisionsOf = async ({ external_id: id }: RealItem): Promise<string> =>
  site.php(`echo implode( "\\n", wp_list_pluck( wp_get_post_revisions( ${id} ), 'post_content' ) );`)

/** Opens the post in wp-admin, as a person who signs in. */
async function openEditor(
  item: RealItem,
  options: { viewport?: { width: number; height: number } } = {},
): Promise<Page> {
  tab = await chromium.open({ origin: site.wordpress.url, ...options })
  tab.context.setDefaultTimeout(WAIT_MS)
  await signInToWordPress(tab.page, site.wordpress.url)
  await tab.page.goto(`${site.wordpress.url}/wp-admin/post.php?post=${item.external_id}&action=edit`)
  return tab.page
}

/** The tab sleeps, WordPress takes its lock for abandoned, and IGNY8 writes. */
async function writeWhileAsleep(item: RealItem, body: string): Promise<void> {
  await tab.context.setOffline(true)
  await site.php(`update_post_meta( ${item.external_id}, '_edit_lock', ( time() - 200 ) . ':1' );`)
  await site.patch(item.id, { body })
  await eventually(async () => expect(await site.item(item.id)).toMatchObject({ state: 'synced', body }))
  expect(await bodyOnSite(item)).toBe(body)
  await tab.context.setOffline(false)
}

async function expectConflict({ id }: RealItem, texts: { ours: string; theirs: string; base: string }): Promise<void> {
  // the webhook brings it; a run does so as well
  await eventually(async () => {
    await site.sync('from_external')
    const item = (await site.item(id)) as RealItem & {
      conflict: { base: { body: string }; stale_save: { by: string } | null } | null
    }
    expect(item.state).toBe('conflict')
    expect(item.body).toBe(texts.ours)
    expect(item.conflict?.wordpress?.body).toBe(texts.theirs)
    expect(item.conflict?.base.body).toBe(texts.base)
    expect(item.conflict?.stale_save?.by).toBe('admin')
  })
}

/** The text of the block editor, in its frame or not. */
async function blockText(page: Page): Promise<Locator> {
  const inFrame = page.frameLocator('iframe[name=editor-canvas]').locator('p.wp-block-paragraph')
  const inPage = page.locator('.editor-styles-wrapper p.wp-block-paragraph')
  await page.locator('iframe[name=editor-canvas]').or(inPage).first().waitFor()
  return (await page.locator('iframe[name=editor-canvas]').count()) > 0 ? inFrame : inPage
}

async function typeInBlock(page: Page): Promise<void> {
  await (await blockText(page)).first().click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(TYPED)
}

const update = (page: Page) => page.getByRole('button', { name: /^(Update|Save)$/ }).press('Enter')

describe('T57 the block editor', { timeout: 240_000 }, () => {
  test('that slept is told when it wakes; its save is a conflict with both texts, which the app shows; taking ours ends it', async () => {
    const item = await site.byTitle('Block')
    const page = await openEditor(item)
    await blockText(page)
    await writeWhileAsleep(item, paragraph(OURS))
    await page.getByText('IGNY8 has a newer version of this post').first().waitFor()

    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('every').first().waitFor()
    expect(await dialog.textContent()).toContain('Monday')
    expect((await faultsOf(page)).filter((fault) => fault.includes('igny8'))).toEqual([])
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })

    await typeInBlock(page)
    await update(page)
    await expectConflict(item, {
      ours: paragraph(OURS),
      theirs: paragraph(OLD + TYPED),
      base: paragraph(OLD),
    })
    await page.getByText('You saved this post').first().waitFor()

    const app = await chromium.open({ origin: world.url })
    await app.context.request.post('/api/v1/auth/sign-in/email', {
      data: { email: OWNER.email, password: OWNER.password },
    })
    await app.page.goto(`/sites/${site.siteId}/items/${item.id}`)
    await app.page.getByText('admin saved this post in WordPress').waitFor()
    await app.context.close()

    await page.getByRole('button', { name: 'Take IGNY8’s version' }).click()
    await eventually(async () => expect(await bodyOnSite(item)).toBe(paragraph(OURS)))
    await (await blockText(page)).getByText(OURS).waitFor()
    expect(await page.getByText('You saved this post').count()).toBe(0)
    expect(await revisionsOf(item)).toContain(OLD + TYPED)
    await eventually(async () => {
      await site.wordpress.cron()
      expect(await site.item(item.id)).toMatchObject({ state: 'synced', body: paragraph(OURS), conflict: null })
    })
  })

  test('in which the person keeps their version before saving: the item has it, and the choice can be undone', async () => {
    const item = await site.byTitle('Block later')
    const page = await openEditor(item, { viewport: PHONE })
    await blockText(page)
    await writeWhileAsleep(item, paragraph(OURS))
    await page.getByText('IGNY8 has a newer version of this post').first().waitFor()
    await page.getByRole('button', { name: 'Keep my version' }).click()
    await page.getByText('Your next save keeps your version').first().waitFor()
    await typeInBlock(page)
    await update(page)
    await page
      .getByText(/Post updated|Updating failed/)
      .first()
      .waitFor()
    await eventually(async () => {
      await site.sync('from_external')
      const after = await site.item(item.id)
      expect(after).toMatchObject({ state: 'synced', body: paragraph(OLD + TYPED), can_undo: true })
    })
    expect(await revisionsOf(item)).toContain(OURS)
  })

  test('that is open holds our write back: the item says who and since when, and goes out once the tab is closed', async () => {
    const item = await site.byTitle('Block open')
    const before = Date.now()
    const page = await openEditor(item)
    await blockText(page)
    await site.patch(item.id, { body: paragraph(OURS) })
    await eventually(async () => {
      const { state, error } = (await site.item(item.id)) as RealItem & { error: { since: string } }
      expect([state, error?.code]).toEqual(['local_ahead', 'post_locked'])
      expect(error.detail).toMatch(/^admin /)
      expect(Math.abs(Date.parse(error.since) - before)).toBeLessThan(30_000)
    })
    expect(await bodyOnSite(item)).toBe(paragraph(OLD))
    const app = await chromium.open({ origin: world.url })
    await app.context.request.post('/api/v1/auth/sign-in/email', {
      data: { email: OWNER.email, password: OWNER.password },
    })
    await app.page.goto(`/sites/${site.siteId}/items/${item.id}`)
    await app.page.getByTestId('item-open').waitFor()
    await app.context.close()
    await page.goto(`${site.wordpress.url}/wp-admin/profile.php`)
    await eventually(async () => expect(await bodyOnSite(item)).toBe(paragraph(OURS)))
    // the site has it a moment before its answer is stored
    await eventually(async () => expect(await site.item(item.id)).toMatchObject({ state: 'synced', error: null }))
  })
})

describe('T57 the classic editor', { timeout: 240_000 }, () => {
  const text = (page: Page) => page.frameLocator('#content_ifr').locator('body')

  test('that slept saves: a conflict with both texts, which the page says; keeping the saved one ends it, and can be undone', async () => {
    const item = await site.byTitle('Classic')
    const page = await openEditor(item, { viewport: PHONE })
    await text(page).waitFor()
    await writeWhileAsleep(item, OURS)
    await page.getByRole('region', { name: 'IGNY8' }).getByText('IGNY8 has a newer version').waitFor()
    await text(page).click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(TYPED)
    await page.getByRole('button', { name: 'Update', exact: true }).click()
    await page.getByRole('region', { name: 'IGNY8' }).getByText('You saved this post').waitFor()
    const saved = await bodyOnSite(item)
    expect(saved).toBe(OLD + TYPED)
    await expectConflict(item, { ours: OURS, theirs: saved, base: OLD })

    await page.getByRole('button', { name: 'Keep the saved version' }).click()
    await page.getByText('The saved version is kept').first().waitFor()
    await eventually(async () => {
      await site.sync('from_external')
      expect(await site.item(item.id)).toMatchObject({ state: 'synced', body: saved, can_undo: true })
    })
    expect(await revisionsOf(item)).toContain(OURS)
  })

  test('takes our version before a save: its own text stays as a revision', async () => {
    const item = await site.byTitle('Classic before')
    const page = await openEditor(item)
    await text(page).waitFor()
    await writeWhileAsleep(item, OURS)
    const notice = page.getByRole('region', { name: 'IGNY8' })
    await notice.getByText('IGNY8 has a newer version').waitFor()
    await text(page).click()
    await page.keyboard.press('Control+End')
    await page.keyboard.type(TYPED)
    await notice.getByRole('button', { name: 'Compare' }).press('Enter')
    await page.getByRole('dialog').getByText('Closed on holidays').first().waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Take IGNY8’s version' }).click()
    await text(page).getByText(OURS).waitFor()
    expect(await notice.count()).toBe(0)
    expect(await revisionsOf(item)).toContain(OLD + TYPED)
    expect(await site.item(item.id)).toMatchObject({ state: 'synced', body: OURS })
  })
})
