import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { DoctorReport } from '../../src/contract/doctor.ts'
import { openRealSite, type RealSite, type RealSiteOptions } from './support/real-site.ts'
import { startWorld, type World } from './support/world.ts'

/** T56 Status and date mean what an editor means, on a real WordPress in its own time zone. */
let world: World
let site: RealSite | undefined
beforeAll(async () => {
  world = await startWorld()
})
afterEach(async () => {
  await site?.stop()
  site = undefined
})
afterAll(() => world.stop())

/** Notes every post that goes live, with its old status. */
const NOTE_TRANSITIONS = `add_action( 'transition_post_status', function ( $after, $before, $post ) {
  if ( 'publish' === $after && 'publish' !== $before ) { add_post_meta( $post->ID, 'went_live', $before ); }
}, 10, 3 );`

async function open({ zone, mu = '', ...options }: RealSiteOptions & { zone: string }): Promise<RealSite> {
  const option = /^[-\d.]+$/.test(zone) ? 'gmt_offset' : 'timezone_string'
  const seed = `update_option( 'timezone_string', '' ); update_option( '${option}', '${zone}' ); ${options.seed ?? ''}`
  site = await openRealSite(world, { ...options, mu: NOTE_TRANSITIONS + mu, seed })
  await site.sync()
  return site
}

const at = (aheadMs: number) => new Date(Math.floor((Date.now() + aheadMs) / 1000) * 1000).toISOString()
const HOUR_MS = 3_600_000

/** Status and both dates as the site stores them, and how often the post went live. */
async function stored({ php }: RealSite, postId: string | null): Promise<string[]> {
  const text = await php(`global $wpdb; $row = $wpdb->get_row( "SELECT * FROM $wpdb->posts WHERE ID = ${postId}" );
    echo $row->post_status, '|', $row->post_date_gmt, '|', $row->post_date, '|', count( get_post_meta( $row->ID, 'went_live' ) );`)
  return text.split('|')
}

/** The item once both sides agree. */
const synced = ({ item }: RealSite, id: string) =>
  vi.waitFor(
    async () => {
      const one = await item(id)
      expect(one).toMatchObject({ state: 'synced', error: null })
      return one
    },
    { timeout: 40_000, interval: 250 },
  )

describe('T56 an item on a site with a time zone', { timeout: 150_000 }, () => {
  test('is scheduled in the doubled hour, unscheduled with its date, and published now', async () => {
    const real = await open({ zone: 'Europe/Berlin' })
    const [first, second] = ['2038-10-31T00:30:00.000Z', '2038-10-31T01:30:00.000Z']
    const made = await real.create({ title: 'Planned', status: 'future', date: first })
    await real.sync()
    const { external_id: id } = await synced(real, made.id)
    expect(await stored(real, id)).toEqual(['future', '2038-10-31 00:30:00', '2038-10-31 02:30:00', '0'])
    await real.patch(made.id, { date: second })
    await real.sync()
    expect(await synced(real, made.id)).toMatchObject({ status: 'future', date: second })
    expect(await stored(real, id)).toEqual(['future', '2038-10-31 01:30:00', '2038-10-31 02:30:00', '0'])
    await real.patch(made.id, { status: 'draft' })
    await real.sync()
    expect(await synced(real, made.id)).toMatchObject({ status: 'draft', date: second })
    expect(await stored(real, id)).toEqual(['draft', '2038-10-31 01:30:00', '2038-10-31 02:30:00', '0'])
    await real.patch(made.id, { status: 'publish' })
    await real.sync()
    const live = await synced(real, made.id)
    const [status, gmt, , times] = await stored(real, id)
    expect([status, times, live.status]).toEqual(['publish', '1', 'publish'])
    expect(Math.abs(Date.parse(`${gmt?.replace(' ', 'T')}Z`) - Date.now())).toBeLessThan(60_000)
  })

  test('is not scheduled without a date to come: it is refused, and nothing is live', async () => {
    const real = await open({ zone: '5.75' })
    const draft = await real.create({ title: 'Draft', status: 'draft' })
    await real.sync()
    const { external_id: id } = await synced(real, draft.id)
    for (const body of [{ status: 'future' }, { status: 'future', date: at(-HOUR_MS) }]) {
      const refused = { status: 400, code: 'future_date_required' }
      await expect(real.patch(draft.id, body)).rejects.toMatchObject(refused)
      await expect(real.create({ title: 'New', ...body })).rejects.toMatchObject(refused)
    }
    await real.sync()
    expect((await stored(real, id))[0]).toBe('draft')
    await real.patch(draft.id, { status: 'private', date: '2025-06-01T18:15:00Z' })
    await real.sync()
    await synced(real, draft.id)
    expect(await stored(real, id)).toEqual(['private', '2025-06-01 18:15:00', '2025-06-02 00:00:00', '0'])
  })

  test('whose time passes while the post is open in WordPress is published with that date, and says so', async () => {
    const real = await open({ zone: 'Europe/Berlin' })
    const made = await real.create({ title: 'Locked', status: 'draft' })
    await real.sync()
    const { external_id: id } = await synced(real, made.id)
    await real.php(`update_post_meta( ${id}, '_edit_lock', time() . ':1' );`)
    const date = at(5_000)
    await real.patch(made.id, { status: 'future', date })
    await real.sync()
    expect((await stored(real, id))[0]).toBe('draft')
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Date.parse(date) + 1000), { timeout: 10_000 })
    await real.php(`delete_post_meta( ${id}, '_edit_lock' );`)
    const live = await synced(real, made.id)
    expect(live).toMatchObject({ status: 'publish', date, published_late_at: expect.any(String) })
    expect((await stored(real, id)).at(-1)).toBe('1')
  })
})

describe('T56 a scheduled post that WordPress misses', { timeout: 150_000 }, () => {
  /** Scheduled for the past, without the event that would publish it. */
  const miss = (lateS: number) => `$gmt = gmdate( 'Y-m-d H:i:s', time() - ${lateS} );
    $missed = wp_insert_post( array( 'post_title' => 'Missed', 'post_status' => 'draft' ) );
    $wpdb->update( $wpdb->posts, array( 'post_status' => 'future', 'post_date_gmt' => $gmt, 'post_date' => get_date_from_gmt( $gmt ) ), array( 'ID' => $missed ) );`

  test('is published by the plugin once, with its date, and both sides show it', async () => {
    const real = await open({ zone: 'Europe/Berlin', seed: `global $wpdb; ${miss(900)}` })
    const item = await vi.waitFor(
      async () => {
        await real.wordpress.cron()
        const one = await real.byTitle('Missed')
        expect(one).toMatchObject({ state: 'synced', status: 'publish' })
        return one
      },
      { timeout: 40_000, interval: 500 },
    )
    await real.sync()
    await real.wordpress.cron()
    const [status, gmt, , times] = await stored(real, item.external_id)
    expect([status, times]).toEqual(['publish', '1'])
    expect(Date.parse(item.date ?? '')).toBe(Date.parse(`${gmt?.replace(' ', 'T')}Z`))
    expect(Date.now() - Date.parse(item.date ?? '')).toBeGreaterThan(800_000)
  })

  test('is reported with evidence where the plugin may not publish it', async () => {
    const real = await open({
      zone: '-9.5',
      mu: `add_filter( 'igny8_publish_overdue', '__return_false' );`,
      seed: `global $wpdb; ${miss(3 * 3600)}`,
    })
    const missed = await real.byTitle('Missed')
    expect(missed).toMatchObject({ status: 'future', overdue_since: missed.date })
    const report = await world.owner.post<DoctorReport>(`${real.base}/doctor/`, {})
    const finding = report.findings.find(({ code }) => code === 'schedule_missed')
    expect(finding).toMatchObject({ severity: 'warning', layer: 'cron' })
    expect(finding?.evidence[0]).toContain(`post ${missed.external_id}: due `)
    expect(await stored(real, missed.external_id)).toMatchObject([
      'future',
      expect.any(String),
      expect.any(String),
      '0',
    ])
  })
})
