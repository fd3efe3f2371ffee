import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { MIN_PLUGIN_VERSION } from '../../src/contract/link.ts'
import { openSettings, pressConnect, shownState } from './support/admin.ts'
import { lastRelease, type Release } from './support/release.ts'
import { findIntegration, readContentTypes, runEvent, startSite, type Site } from './support/site.ts'
import { startWorld, type World } from './support/world.ts'

interface Run {
  id: string
  status: string
}

interface Item {
  id: string
  title: string
  state: string
  external_id: string | null
}

let world: World
let site: Site
let release: Release
beforeAll(async () => {
  release = lastRelease()
  world = await startWorld()
  site = await startSite(world, { plugins: [release.plugin] })
})
afterAll(() => world.stop())

let base = ''
const content = () => `/sites/${site.siteId}/content/`
const items = async () => (await world.owner.get<{ results: Item[] }>(`${content()}?limit=200`)).results
const titled = (title: string) =>
  vi.waitFor(
    async () => {
      const found = (await items()).find((item) => item.title === title)
      expect(found, title).toBeDefined()
      return found as Item
    },
    { timeout: 20_000, interval: 200 },
  )

const runEnd = (id: string, nudge: () => Promise<unknown> = async () => undefined) =>
  vi.waitFor(
    async () => {
      await nudge()
      const { last_run: last } = await world.owner.get<{ last_run: Run | null }>(`${base}/sync-status/`)
      expect(last).toMatchObject({ id, status: 'succeeded' })
    },
    { timeout: 60_000, interval: 200 },
  )

/** The site calls for its commands, as its cron has it. */
const callHome = () => runEvent(site, 'igny8_call_for_commands')

describe('T50 the plugin of the release before, in a real WordPress,', () => {
  test('is that release, and one that is still served', async () => {
    const version = await site.wordpress.php('echo IGNY8_BRIDGE_VERSION;')
    expect(version).toBe(release.version)
    expect(release.version.localeCompare(MIN_PLUGIN_VERSION, 'en', { numeric: true })).toBeGreaterThanOrEqual(0)
  })

  test('connects, and sends its structure', async () => {
    const page = await pressConnect(site.admin, { apiKey: site.apiKey })
    expect(page.notices).toMatch(/^Connected\./)
    expect(shownState(await openSettings(site.admin))).toBe('ready')
    const integration = await findIntegration(world, site)
    expect(integration).toMatchObject({ connection: 'ready', connection_reason: null })
    base = `/integration/integrations/${integration?.id}`
    expect((await readContentTypes(world, site)).post_types['post']).toMatchObject({ count: expect.any(Number) })
  })

  test('is imported, and takes what is made here', async () => {
    const made = await world.owner.post<Item>(content(), { title: 'From today', body: '<p>x</p>', status: 'publish' })
    const run = await world.owner.post<{ id: string }>(`${base}/sync/`, { direction: 'both' })
    await runEnd(run.id)
    expect(await world.owner.get<Item>(`${content()}${made.id}/`)).toMatchObject({ state: 'synced' })
    expect((await items()).length).toBeGreaterThan(10)
  })

  test('tells its changes by webhooks', async () => {
    await site.wordpress.php(
      `wp_insert_post( array( 'post_title' => 'Told by the older', 'post_status' => 'publish' ) );`,
    )
    await runEvent(site, 'igny8_send_outbox')
    expect((await titled('Told by the older')).external_id).not.toBeNull()
  })

  test('is compared: both sides are equal', async () => {
    await world.owner.post(`${base}/check-drift/`, {})
    await vi.waitFor(
      async () => {
        const types = await world.owner.get<{ drift_check: { state: string } }>(`${base}/content-types/`)
        expect(types.drift_check.state).toMatch(/equal|repaired/)
      },
      { timeout: 60_000, interval: 200 },
    )
  })

  test('goes on by polling where it can’t be called, though today’s answers say more than it knows', async () => {
    writeFileSync(join(site.wordpress.state, 'refuse'), '/wp-json|rest_route')
    await callHome()
    const look = () => world.owner.post<{ transport: string }>(`${base}/test-connection/`, {})
    await look()
    expect((await look()).transport).toBe('polling')
    await site.wordpress.php(`wp_insert_post( array( 'post_title' => 'Behind a wall', 'post_status' => 'publish' ) );`)
    const run = await world.owner.post<{ id: string }>(`${base}/sync/`, { direction: 'both' })
    await runEnd(run.id, callHome)
    expect(await titled('Behind a wall')).toMatchObject({ state: 'synced' })
  })
})
