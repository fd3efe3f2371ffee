import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/lib/wait.ts'
import { pressConnect } from './support/admin.ts'
import { type Chromium, DESKTOP, PHONE, faultsOf, startChromium } from './support/browser.ts'
import { signIn } from './support/sign-in.ts'
import { type Site, findIntegration, startSite } from './support/site.ts'
import { OWNER, type World, startWorld } from './support/world.ts'

const MARKUP = '<script>globalThis.ran=1</script><img src=x onerror="globalThis.ran=1">'

let world: World
let site: Site
let chromium: Chromium
/** Every screen by its address. */
let screens: string[]

/** What the page shows when nothing is being read any more. */
async function settle(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
}

const QUIET_MS = 400

/** Resolves when the page has asked for nothing for a while, and nothing is on its way. */
async function untilQuiet(page: Page, work: () => Promise<unknown>): Promise<void> {
  let pending = 0
  let lastAt = Date.now()
  const count = (change: number) => () => {
    pending += change
    lastAt = Date.now()
  }
  const [begin, end] = [count(1), count(-1)]
  page.on('request', begin).on('requestfinished', end).on('requestfailed', end)
  await work()
  await waitFor('a quiet page', 30_000, async () => (pending <= 0 && Date.now() - lastAt > QUIET_MS ? true : undefined))
  page.off('request', begin).off('requestfinished', end).off('requestfailed', end)
}

/** Goes to a page as a link of the app does, without loading the app anew. */
async function visit(page: Page, path: string): Promise<void> {
  const go = `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new PopStateEvent('popstate'))`
  await untilQuiet(page, () => page.evaluate(go))
  await page.getByRole('heading', { level: 1 }).waitFor()
}

beforeAll(async () => {
  ;[world, chromium] = await Promise.all([startWorld(), startChromium()])
  site = await startSite(world)
  // as it lies in the database of a site that lets its authors write anything
  await site.wordpress
    .php(`global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_title' => '${MARKUP}', 'post_content' => '${MARKUP}' ),
    array( 'ID' => get_posts()[0]->ID ) );`)
  await pressConnect(site.admin, { apiKey: site.apiKey })
  const integration = await findIntegration(world, site)
  const base = `/integration/integrations/${integration?.id}`
  const run = await world.owner.post<{ id: string }>(`${base}/sync/`, { direction: 'from_external' })
  await waitFor('the end of the run', 60_000, async () => {
    const state = await world.owner.get<{ last_run: { id: string } | null }>(`${base}/sync-status/`)
    return state.last_run?.id === run.id ? true : undefined
  })
  const { results } = await world.owner.get<{ results: { id: string; title: string }[] }>(
    `/sites/${site.siteId}/content/?limit=200`,
  )
  const marked = results.find(({ title }) => title.includes('script'))
  if (!marked) throw new Error('the post with markup was not imported')
  const empty = await world.owner.post<{ id: string }>('/sites/', {
    name: MARKUP.slice(0, 60),
    url: 'https://empty.example',
  })
  const pages = [
    'content-types',
    'items',
    `items/${marked.id}`,
    'activity',
    `activity/runs/${run.id}`,
    'connection',
    'settings',
  ]
  screens = [
    '/sites',
    '/sites/new',
    '/members',
    '/usage',
    '/notifications',
    '/audit',
    '/nothing',
    `/sites/${site.siteId}/connect`,
    ...pages.map((page) => `/sites/${site.siteId}/${page}`),
    ...['connect', 'content-types', 'items', 'activity', 'connection', 'settings'].map(
      (page) => `/sites/${empty.id}/${page}`,
    ),
  ]
})
afterAll(async () => {
  await chromium.close()
  await world.stop()
})

const LOOKS: [string, BrowserContextOptions][] = [
  ['light on a desktop', { colorScheme: 'light', viewport: DESKTOP }],
  ['dark on a phone, in German', { colorScheme: 'dark', viewport: PHONE, hasTouch: true, locale: 'de-DE' }],
]

describe.each(LOOKS)('every screen, %s', (_name, look) => {
  test('is accessible, fits, runs no markup of the site (T46), and asks nobody else for anything', async () => {
    const { page, context, faults } = await chromium.open({ origin: world.url, ...look })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const found: string[] = []
    for (const path of ['/sign-in', '/sign-up']) {
      await page.goto(path)
      await settle(page)
      found.push(...(await faultsOf(page)))
    }
    await context.request.post('/api/v1/auth/sign-in/email', { data: { email: OWNER.email, password: OWNER.password } })
    await page.goto('/sites')
    await settle(page)
    const titles = new Set<string>()
    for (const path of screens) {
      await visit(page, path)
      titles.add(await page.title())
      expect(await page.evaluate('globalThis.ran'), `${path} ran markup`).toBeUndefined()
      found.push(...(await faultsOf(page)))
    }
    expect([...found, ...faults]).toEqual([])
    expect(titles.size, 'pages that were shown').toBeGreaterThan(screens.length * 0.75)
    await context.close()
  }, 400_000)
})

test('dialogs are accessible as well', async () => {
  const { page, context } = await chromium.open({ origin: world.url })
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await signIn(page, OWNER)
  const found: string[] = []
  for (const [path, button] of [
    ['/notifications', 'Add a webhook'],
    [`/sites/${site.siteId}/connection`, 'Create a key'],
    [`/sites/${site.siteId}/items`, 'New item'],
    [`/sites/${site.siteId}/settings`, 'Delete site'],
  ] as const) {
    await page.goto(path)
    await page.getByRole('button', { name: button }).first().click()
    await page.getByRole('dialog').waitFor()
    found.push(...(await faultsOf(page)))
  }
  expect(found).toEqual([])
  await context.close()
}, 120_000)

test('the keyboard alone gets everywhere', async () => {
  const { page, context } = await chromium.open({ origin: world.url })
  await signIn(page, OWNER)
  await settle(page)
  /** Presses Tab until the element that has the focus is called so. */
  const reach = async (name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab') => {
    for (let presses = 0; presses < 60; presses++) {
      await page.keyboard.press(key)
      const label = await page.evaluate(
        'document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent',
      )
      if (name.test(String(label))) return
    }
    throw new Error(`the keyboard does not reach ${name} at ${page.url()}`)
  }
  const follow = async (name: RegExp, path: RegExp, key?: 'Shift+Tab') => {
    await reach(name, key)
    await page.keyboard.press('Enter')
    await page.waitForURL(path)
    await settle(page)
  }
  await follow(/A shop/, /content-types/)
  await follow(/^Items$/, /items/)
  // forwards the whole list comes first
  await follow(/^Activity$/, /activity/, 'Shift+Tab')
  await follow(/^Connection$/, /connection/)
  await follow(/^Settings$/, /settings/)
  await follow(/^Members$/, /members/)
  await follow(/^Notifications$/, /notifications/)
  await reach(/^[A-Z]*Account of/)
  await page.keyboard.press('Enter')
  await page.getByRole('menu').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'hidden' })
  await context.close()
})
