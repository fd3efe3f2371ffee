import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openSettings, press, pressConnect, shownState } from './support/admin.ts'
import { findIntegration, readContentTypes, startSite, type Site } from './support/site.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
let site: Site
beforeAll(async () => {
  world = await startWorld()
  site = await startSite(world)
  // every request to the REST API, whoever sends it, is refused in front of WordPress
  writeFileSync(refusal(), '/wp-json|rest_route')
})
afterAll(() => world.stop())

const refusal = () => join(site.wordpress.state, 'refuse')

interface Shown {
  id: string
  connection: string
  transport: string
  last_poll_at: string | null
  expected_latency_s: number | null
}
interface Run {
  id: string
  status: string
  counts: Record<string, number>
  error: unknown
}
interface ItemSummary {
  id: string
  title: string
  state: string
  external_id: string | null
}

const integration = async () => (await findIntegration(world, site)) as unknown as Shown
const path = async () => `/integration/integrations/${(await integration()).id}`
const items = async () =>
  (await world.owner.get<{ results: ItemSummary[] }>(`/sites/${site.siteId}/content/?limit=100`)).results
const titleOf = async (title: string) => (await items()).find((item) => item.title === title)

async function pollUrl(): Promise<string> {
  const { root } = await openSettings(site.admin)
  const url = /https?:\S+igny8_poll=[0-9a-f]{40}/.exec(root.text)?.[0]
  if (!url) throw new Error('the settings page shows no address for an external cron')
  return url
}

/** What an external cron does; the site takes one every twenty seconds. */
async function callPollUrl(): Promise<number> {
  await site.wordpress.php(`delete_option( 'igny8_public_poll_at' );`)
  const answer = await fetch(await pollUrl())
  expect(await answer.text()).toBe('')
  return answer.status
}

const runEnd = async (id: string) =>
  vi.waitFor(
    async () => {
      await callPollUrl()
      const { last_run: last } = await world.owner.get<{ last_run: Run | null }>(`${await path()}/sync-status/`)
      expect(last?.id).toBe(id)
      return last
    },
    { timeout: 40_000, interval: 200 },
  )

const sync = async (direction: string) =>
  runEnd((await world.owner.post<Run>(`${await path()}/sync/`, { direction })).id)

describe('a site on which every inbound request is refused (T36)', () => {
  test('connects all the same, by polling, and sends its structure', async () => {
    const page = await pressConnect(site.admin, { apiKey: site.apiKey })
    expect(page.notices).toMatch(/^Connected\./)
    expect(shownState(await openSettings(site.admin))).toBe('ready')
    expect(await integration()).toMatchObject({ connection: 'ready', transport: 'polling' })
    expect((await readContentTypes(world, site)).post_types['post']?.count).toBe(11)
  })

  test('says so, with the last polling and the delay, in wp-admin', async () => {
    const { root } = await openSettings(site.admin)
    expect(root.text).toContain('fetched by this site')
    expect(root.text).toContain('Last poll')
    expect(root.text).toContain('Expected delay')
  })

  test('is imported, with DISABLE_WP_CRON and nobody but an external cron', async () => {
    expect(await sync('from_external')).toMatchObject({ status: 'succeeded', error: null, counts: { created: 18 } })
    expect((await items()).every(({ state }) => state === 'synced')).toBe(true)
  })

  test('gets an item of IGNY8, once', async () => {
    await world.owner.post(`/sites/${site.siteId}/content/`, { type: 'post', title: 'From IGNY8', body: '<p>Hi</p>' })
    expect(await sync('to_external')).toMatchObject({ status: 'succeeded' })
    expect(await titleOf('From IGNY8')).toMatchObject({ state: 'synced' })
    const found = await site.wordpress.php(
      `echo count( get_posts( array( 'title' => 'From IGNY8', 'post_status' => 'any' ) ) );`,
    )
    expect(found).toBe('1')
  })

  test('tells of an edit by webhook, and is asked for the post with its next call', async () => {
    const id = await site.wordpress.php(
      `echo wp_insert_post( array( 'post_title' => 'Before', 'post_status' => 'publish' ) );`,
    )
    await vi.waitFor(
      async () => {
        await site.wordpress.cron()
        await callPollUrl()
        expect(await titleOf('Before')).toMatchObject({ external_id: id, state: 'synced' })
      },
      { timeout: 30_000, interval: 200 },
    )
  })

  test('shows when it called last, and how long work waits', async () => {
    await vi.waitFor(async () => {
      const { last_poll_at: last, expected_latency_s: latency } = await integration()
      expect(Date.now() - Date.parse(last ?? '')).toBeLessThan(600_000)
      expect(latency).toBeGreaterThan(0)
    })
    const test = await world.owner.post<{ success: boolean; transport: string }>(`${await path()}/test-connection/`, {})
    expect(test).toMatchObject({ success: true, transport: 'polling' })
  })

  test('T60 a run that waits for its poll says so in the API and in wp-admin, and never that it runs', async () => {
    const { id } = await world.owner.post<Run>(`${await path()}/sync/`, { direction: 'from_external' })
    const waiting = { for: 'poll', since: expect.any(String), next_at: expect.any(String) }
    await vi.waitFor(
      async () =>
        expect(await world.owner.get(`${await path()}/sync-status/`)).toMatchObject({
          sync_status: 'pending',
          current_run: { id, status: 'queued', waiting },
        }),
      { timeout: 10_000, interval: 50 },
    )
    await site.wordpress.php(`Igny8\\Bridge\\Plugin::instance()->remote_state->forget();`)
    const { root } = await openSettings(site.admin)
    expect(root.text).toMatch(/Sync under way\s*waiting since .* for this site to poll IGNY8/)
    expect(await runEnd(id)).toMatchObject({ status: 'succeeded' })
    await site.wordpress.php(`Igny8\\Bridge\\Plugin::instance()->remote_state->forget();`)
    const after = (await openSettings(site.admin)).root.text
    expect(after).not.toContain('Sync under way')
    expect(after).toMatch(/Last sync[^a-z]*[^\n]* ago/)
  })

  test('“Sync now” in wp-admin does its work while it is pressed', async () => {
    expect((await press(site.admin, 'sync')).notices).toMatch(/^Sync started\./)
    await vi.waitFor(async () => {
      const { last_run: last } = await world.owner.get<{ last_run: { direction: string; status: string } }>(
        `${await path()}/sync-status/`,
      )
      expect(last).toMatchObject({ direction: 'both', status: 'succeeded' })
    })
  })

  test('its public poll URL does nothing without the token, and says nothing with it', async () => {
    const url = await pollUrl()
    const wrong = await fetch(url.replace(/[0-9a-f]{40}/, '0'.repeat(40)))
    expect([wrong.status, await wrong.text()]).toEqual([403, ''])
    expect(await callPollUrl()).toBe(204)
  })
})

describe('a lost answer', () => {
  test('of the API, or of the plugin: the same commands ride again, and nothing is done twice', async () => {
    await world.owner.post(`/sites/${site.siteId}/content/`, { type: 'post', title: 'Only once', body: '<p>1</p>' })
    const run = await world.owner.post<Run>(`${await path()}/sync/`, { direction: 'to_external' })
    // carries out what it fetches, and dies before it can tell
    await site.wordpress.php(`
      add_action( 'igny8_commands_executed', function () { throw new RuntimeException( 'dies' ); } );
      try { Igny8\\Bridge\\Plugin::instance()->polling->poller->run( 'cron', 10000 ); } catch ( RuntimeException $e ) {}`)
    // the API's answer gets lost on its way
    await site.wordpress.php(`
      add_filter( 'http_response', function () { return new WP_Error( 'http_request_failed', 'cut' ); } );
      Igny8\\Bridge\\Plugin::instance()->polling->poller->run( 'cron', 10000 );
      $state = get_option( 'igny8_poll' );
      $state['paused_until'] = 0;
      update_option( 'igny8_poll', $state );`)
    expect(await runEnd(run.id)).toMatchObject({ status: 'succeeded', counts: { failed: 0 } })
    const found = await site.wordpress.php(
      `echo count( get_posts( array( 'title' => 'Only once', 'post_status' => 'any' ) ) );`,
    )
    expect(found).toBe('1')
  })
})

describe('once the site can be called again', () => {
  test('a look at it goes back to calling, and the plugin is told', async () => {
    rmSync(refusal())
    const result = await world.owner.post<{ success: boolean; transport: string }>(
      `${await path()}/test-connection/`,
      {},
    )
    expect(result).toMatchObject({ success: true, transport: 'direct' })
    expect((await integration()).transport).toBe('direct')
    await site.wordpress.php(`Igny8\\Bridge\\Plugin::instance()->polling->poller->run( 'cron', 10000 );`)
    expect((await openSettings(site.admin)).root.text).toContain('IGNY8 calls this site')
  })
})
