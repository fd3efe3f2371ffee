import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PLUGIN, temporaryFolder } from '../../scripts/lib/paths.ts'
import { PRODUCTS_MU_PLUGIN } from '../../scripts/wordpress/content.ts'
import { startWordPress } from '../../scripts/wordpress/native.ts'
import { openAdmin, openSettings, press, pressConnect, shownState } from './support/admin.ts'
import { findIntegration, readContentTypes, startSite, type Site } from './support/site.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
let site: Site
let oldUrl: string
const folder = temporaryFolder('moving-site')

beforeAll(async () => {
  world = await startWorld()
  site = await startSite(world, { folder })
  oldUrl = site.wordpress.url
  await pressConnect(site.admin, { apiKey: site.apiKey })
  await sync('both')
})
afterAll(() => world.stop())

interface ItemSummary {
  id: string
  title: string
  state: string
  external_id: string | null
  external_url: string | null
}
interface Run {
  id: string
  status: string
  counts: Record<string, number>
  error: { code: string } | null
}

const integrationPath = async () => `/integration/integrations/${(await findIntegration(world, site))?.id}`

async function sync(direction: string): Promise<Run> {
  const path = await integrationPath()
  const { id } = await world.owner.post<Run>(`${path}/sync/`, { direction })
  return vi.waitFor(
    async () => {
      const { last_run: last } = await world.owner.get<{ last_run: Run | null }>(`${path}/sync-status/`)
      if (last?.id !== id) throw new Error('still under way')
      return last
    },
    { timeout: 30_000, interval: 100 },
  )
}

async function items(): Promise<ItemSummary[]> {
  const { results } = await world.owner.get<{ results: ItemSummary[] }>(`/sites/${site.siteId}/content/?limit=200`)
  return Promise.all(results.map(({ id }) => world.owner.get<ItemSummary>(`/sites/${site.siteId}/content/${id}/`)))
}

const countPosts = () =>
  site.wordpress.php(
    `echo count( get_posts( array( 'numberposts' => -1, 'post_status' => 'any', 'post_type' => array( 'post', 'page', 'product' ) ) ) );`,
  )

/** Takes the site down, and puts the same files and database up again under another port. */
async function moveHost(): Promise<void> {
  await site.wordpress.stop()
  const options = { folder, plugins: [PLUGIN], pluginsAs: 'copy' as const, muPlugins: [PRODUCTS_MU_PLUGIN] }
  const wordpress = await startWordPress({ ...options, define: { IGNY8_API_URL: world.url } })
  expect([wordpress.isNew, wordpress.url === oldUrl]).toEqual([false, false])
  site = { ...site, wordpress, admin: await openAdmin(wordpress.url) }
}

test('T33 a site under another address sends nothing and writes nothing, until its owner says that it has moved', async () => {
  const before = await items()
  expect(before.every(({ external_url: url }) => url?.startsWith(`${oldUrl}/`))).toBe(true)
  await moveHost()

  expect(shownState(await openSettings(site.admin))).toBe('clone_detected')
  await site.wordpress.php(
    `wp_update_post( array( 'ID' => ${before[0]?.external_id}, 'post_title' => 'Edited after the move' ) );`,
  )
  await site.wordpress.cron()
  const page = await press(site.admin, 'diagnose')
  expect(page.root.querySelector('[data-igny8-finding=clone_detected]')).not.toBeNull()
  expect(await items()).toEqual(before)
  expect(await findIntegration(world, site)).toMatchObject({ site_url: oldUrl })
})

test('T33 moved: it is called at its new address, and site, integration and links follow', async () => {
  const page = await press(site.admin, 'clone_moved')
  expect(page.notices).toContain('The site has moved')
  expect(shownState(page)).toBe('ready')
  const now = site.wordpress.url
  expect(await findIntegration(world, site)).toMatchObject({ site_url: now, connection: 'ready' })
  expect(await world.owner.get(`/sites/${site.siteId}/`)).toMatchObject({ url: now })
  const { results } = await world.owner.get<{ results: { action: string; success: boolean; detail: string }[] }>(
    `${await integrationPath()}/events/`,
  )
  expect(results.find(({ action }) => action === 'move')).toMatchObject({
    success: true,
    detail: `Moved from ${oldUrl} to ${now}.`,
  })
  expect((await items()).every(({ external_url: url }) => url?.startsWith(`${now}/`))).toBe(true)
})

test('T33 then what waited arrives, both ways, and nothing is there twice', async () => {
  const [posts, before] = [await countPosts(), await items()]
  await site.wordpress.cron()
  await vi.waitFor(async () => expect((await items()).map(({ title }) => title)).toContain('Edited after the move'), {
    timeout: 30_000,
    interval: 200,
  })
  const [item] = before
  await world.owner.patch(`/sites/${site.siteId}/content/${item?.id}/`, { title: 'Edited in IGNY8' })
  expect(await sync('both')).toMatchObject({
    status: 'succeeded',
    error: null,
    counts: { created: 0, failed: 0, conflicts: 0 },
  })
  expect(await site.wordpress.php(`echo get_the_title( ${item?.external_id} );`)).toBe('Edited in IGNY8')
  expect(await countPosts()).toBe(posts)
  const after = await items()
  expect(after.map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted())
  expect(after.every(({ state }) => state === 'synced')).toBe(true)
  expect((await readContentTypes(world, site)).connection).toBe('ready')
})
