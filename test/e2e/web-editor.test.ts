import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Chromium, faultsOf, PHONE, pictureOf, startChromium, type Tab } from './support/browser.ts'
import { openRealSite, type RealSite } from './support/real-site.ts'
import { signIn } from './support/sign-in.ts'
import { OWNER, startWorld, type World } from './support/world.ts'

/** Where people write: an article made in the app, as WordPress has it; and what is in no body of the app's own. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
/** An image in the library, which a post shows; the time zone of the site; and what Yoast SEO would announce. */
const SEED = `update_option( 'timezone_string', 'Europe/Berlin' );
  require_once ABSPATH . 'wp-admin/includes/image.php';
  $file = wp_upload_bits( 'shop.png', null, base64_decode( '${PNG}' ) );
  $image = wp_insert_attachment( array( 'post_title' => 'Shop', 'post_mime_type' => 'image/png' ), $file['file'] );
  update_post_meta( $image, '_wp_attachment_image_alt', 'Our shop' );
  set_post_thumbnail( wp_insert_post( array( 'post_title' => 'With image', 'post_status' => 'publish', 'post_content' => 'x' ) ), $image );
  wp_insert_term( 'Travel', 'category' );`
const CUSTOM = '<!-- wp:acme/price {"a":1} -->\n<div class="price">1</div>\n<!-- /wp:acme/price -->'
const EVIL = `<script>top.ran=1</script><img src=x onerror="globalThis.ran=1;top.ran=1"><a href="javascript:globalThis.ran=1">link</a>
<svg onload="globalThis.ran=1"><script>globalThis.ran=1</script></svg><iframe srcdoc="<script>top.ran=1</script>"></iframe>`
const WAIT_MS = 60_000

let world: World
let site: RealSite
let chromium: Chromium
let tab: Tab
let page: Page

const eventually = <T>(check: () => Promise<T>) => vi.waitFor(check, { timeout: WAIT_MS, interval: 300 })
/** Opens an item to write in it. */
async function edit(id: string): Promise<void> {
  await page.goto(`/sites/${site.siteId}/items/${id}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await body().waitFor({ timeout: WAIT_MS })
}
const body = () => page.getByRole('textbox', { name: 'Body' })
const tool = (name: string) =>
  page.getByRole('toolbar', { name: 'Format the text' }).getByRole('button', { name, exact: true })

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  site = await openRealSite(world, { mu: `define( 'WPSEO_VERSION', '26.0' );`, seed: SEED })
  await site.sync()
  tab = await chromium.open({ origin: world.url })
  page = tab.page
  await signIn(page, OWNER)
}, 150_000)
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    console.error(`as it looked: ${await pictureOf(page, `editor ${task.name.slice(0, 40)}`)}`)
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

/** Writes the text of the article, by keyboard alone where the toolbar isn't needed. */
async function writeText(): Promise<void> {
  await body().click()
  await page.keyboard.type('## Where to go\n')
  await page.keyboard.type('Lisbon is bright and ')
  await page.keyboard.press('Control+b')
  await page.keyboard.type('steep')
  await page.keyboard.press('Control+b')
  await page.keyboard.type('. \n')
  await page.keyboard.type('- First\nSecond\n\n')
  await page.keyboard.type('> Bring good shoes.\n\n')
  await tool('Link').click()
  await page.getByLabel('Address, or title of an item').fill('With')
  await page.getByRole('button', { name: /With image/ }).click()
  await page.keyboard.press('Enter')
  await tool('Image').click()
  const form = page.getByRole('group', { name: 'Image', exact: true })
  await form.getByRole('button', { name: 'Choose from the site’s images' }).click()
  await form.getByRole('button', { name: 'Our shop' }).click()
  await form.getByRole('button', { name: 'Insert image' }).click()
  await page.keyboard.press('Control+End')
  await page.keyboard.press('Enter')
  await tool('Table').click()
  await page.keyboard.type('City')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Days')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Note')
}

async function fillSettings(): Promise<void> {
  await page.getByRole('button', { name: 'Schedule for tomorrow at 9:00' }).click()
  const settings = page.getByRole('complementary', { name: 'Settings of the item' })
  await settings.getByLabel('Categories').fill('Tra')
  await page.getByRole('option', { name: 'Travel' }).click()
  await settings.getByLabel('Tags').fill('lisbon')
  await page.keyboard.press('Enter')
  const featured = settings.getByRole('group', { name: 'Featured image' })
  await featured.getByRole('button', { name: 'Choose from the site’s images' }).click()
  await featured.getByRole('button', { name: 'Our shop' }).click()
  await settings.getByLabel('SEO title').fill('Lisbon in three days')
  await settings.getByLabel('Meta description').fill('Where to go, and what to bring.')
}

/** The post as WordPress has it, read by WordPress' own parser. */
const POST = (title: string) => `$post = get_posts( array( 'title' => '${title}', 'post_status' => 'any' ) )[0];
  $blocks = array_values( array_filter( parse_blocks( $post->post_content ), fn( $b ) => $b['blockName'] || trim( $b['innerHTML'] ) ) );
  echo wp_json_encode( array( 'id' => $post->ID, 'status' => $post->post_status, 'date' => $post->post_date, 'content' => $post->post_content,
    'blocks' => array_column( $blocks, 'blockName' ),
    'categories' => wp_get_post_terms( $post->ID, 'category', array( 'fields' => 'names' ) ),
    'tags' => wp_get_post_terms( $post->ID, 'post_tag', array( 'fields' => 'names' ) ),
    'image' => get_post_meta( get_post_thumbnail_id( $post ), '_wp_attachment_image_alt', true ),
    'images' => (int) wp_count_posts( 'attachment' )->inherit,
    'seo' => get_post_meta( $post->ID, '_yoast_wpseo_title', true ) ) );`

interface Post {
  id: number
  status: string
  date: string
  content: string
  blocks: (string | null)[]
  categories: string[]
  tags: string[]
  image: string
  images: number
  seo: string
}

describe('a person writes', { timeout: 150_000 }, () => {
  let id: string

  test('an article with everything that belongs to it, and WordPress has it block for block', async () => {
    id = (await site.create({ title: 'Lisbon', body: '', status: 'draft' })).id
    await site.sync()
    await edit(id)
    await writeText()
    await fillSettings()
    expect(await faultsOf(page)).toEqual([])
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('textbox', { name: 'Body' }).waitFor({ state: 'detached' })
    const post = await eventually(async () => {
      await site.sync()
      const found = JSON.parse(await site.php(POST('Lisbon'))) as Post
      expect(found.status).toBe('future')
      return found
    })
    const tomorrow = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(Date.now() + 86_400_000)
    expect(post).toMatchObject({
      date: `${tomorrow} 09:00:00`,
      categories: expect.arrayContaining(['Travel']),
      tags: ['lisbon'],
      image: 'Our shop',
      images: 1,
      seo: 'Lisbon in three days',
    })
    const names = ['heading', 'paragraph', 'list', 'quote', 'paragraph', 'image', 'table']
    expect(post.blocks).toEqual(names.map((name) => `core/${name}`))
    expect(post.content).toContain('<strong>steep</strong>')
    expect(post.content).toMatch(/<a href="http[^"]+">With image<\/a>/)
  })

  test('and sees what is edited in WordPress; a block that the editor doesn’t know stays byte for byte', async () => {
    const { id: post } = JSON.parse(await site.php(POST('Lisbon'))) as Post
    await site.php(`$post = get_post( ${post} ); wp_update_post( wp_slash( array( 'ID' => $post->ID,
      'post_content' => str_replace( 'bright', 'sunny', $post->post_content ) . "\\n\\n" . '${CUSTOM.replaceAll('\n', `' . "\\n" . '`)}' ) ) );`)
    await site.sync()
    await edit(id)
    await body().getByText('Lisbon is sunny').click()
    await page.keyboard.press('End')
    await page.keyboard.type('Really.')
    await page.keyboard.press('Control+s')
    await eventually(async () => {
      const { body: saved } = await site.item(id)
      expect(saved).toContain('Really.</p>')
      expect(saved.endsWith(CUSTOM)).toBe(true)
    })
  })
})

test('what is typed is still there after a crash', async () => {
  const { id } = await site.create({ title: 'Draft', body: '<p>Begin</p>' })
  await edit(id)
  await body().getByText('Begin').click()
  await page.keyboard.press('End')
  await page.keyboard.type(' and go on')
  await page.getByText('It is kept on this device').waitFor()
  await page.reload()
  await page.getByTestId('restored').waitFor()
  expect(await body().innerText()).toContain('Begin and go on')
  await page.getByRole('button', { name: 'Discard it' }).click()
  await body().getByText('Begin', { exact: true }).waitFor()
}, 60_000)

test('T46 hostile bodies run nothing, in the editor, in the preview and when they are pasted', async () => {
  const { id } = await site.create({ title: 'Evil', body: `${EVIL}\n\n<p>${EVIL}</p>` })
  await edit(id)
  await page.evaluate(`(() => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/html', ${JSON.stringify(EVIL)})
    const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })
    document.querySelector('[aria-label=Body]').dispatchEvent(paste)
  })()`)
  await page.getByText('Preview', { exact: true }).click()
  await page.getByTitle('Preview of the text').waitFor()
  await page.getByText('HTML', { exact: true }).click()
  expect(await page.evaluate('globalThis.ran')).toBeUndefined()
}, 60_000)

test('on a phone, in the dark: axe finds nothing', async () => {
  await page.setViewportSize(PHONE)
  await page.emulateMedia({ colorScheme: 'dark' })
  const { id } = await site.create({
    title: 'Small',
    body: `<!-- wp:paragraph -->\n<p>Begin</p>\n<!-- /wp:paragraph -->\n\n${CUSTOM}`,
  })
  await edit(id)
  expect(await faultsOf(page)).toEqual([])
}, 60_000)
