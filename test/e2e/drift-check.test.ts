import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { pressConnect } from './support/admin.ts'
import { type Site, findIntegration, startSite } from './support/site.ts'
import { type World, startWorld } from './support/world.ts'

type Run = { id: string; status: string; direction: string; counts: Record<string, number> }
type DriftCheck = { state: string; root: string | null; checked: number; differing: number; repaired: number }
type Item = { id: string; title: string; status: string; state: string; external_id: string | null }

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

/** A connected site, audited as its owner would have it done. */
async function openDriftChecks(site: Site) {
  const integration = await findIntegration(world, site)
  if (!integration) throw new Error('not connected')
  const base = `/integration/integrations/${integration.id}`
  const ended = async ({ id }: Run): Promise<Run> =>
    vi.waitFor(
      async () => {
        const { last_run: run } = await world.owner.get<{ last_run: Run | null }>(`${base}/sync-status/`)
        expect(run).toMatchObject({ id, status: 'succeeded' })
        return run as Run
      },
      { timeout: 60_000, interval: 100 },
    )
  const audit = async () => {
    const run = await ended(await world.owner.post<Run>(`${base}/check-drift/`, {}))
    const { drift_check: result } = await world.owner.get<{ drift_check: DriftCheck }>(`${base}/content-types/`)
    return { run, result }
  }
  const sync = async () => ended(await world.owner.post<Run>(`${base}/sync/`, { direction: 'both' }))
  const items = async () =>
    (await world.owner.get<{ results: Item[] }>(`/sites/${site.siteId}/content/?limit=200`)).results
  return { audit, sync, items }
}

describe.for(['sqlite', 'mariadb'] as const)('a real WordPress on %s', (kind) => {
  test('T27 rows changed in the database behind its back are found, repaired and proven equal', async () => {
    const site = await startSite(world, kind === 'mariadb' ? { database: await world.mariaDb() } : {})
    await pressConnect(site.admin, { apiKey: site.apiKey })
    const { audit, sync, items } = await openDriftChecks(site)
    await sync()
    const first = await audit()
    expect(first.result).toMatchObject({ differing: 0, state: 'equal' })
    // nothing of this runs a hook or moves a time
    const changed = await site.wordpress.php(`
      $ids = $wpdb->get_col( "SELECT ID FROM $wpdb->posts WHERE post_type = 'post' ORDER BY ID LIMIT 5" );
      $wpdb->query( "UPDATE $wpdb->posts SET post_title = 'Renamed by SQL' WHERE ID = {$ids[0]}" );
      $wpdb->query( "UPDATE $wpdb->posts SET post_status = 'private' WHERE ID = {$ids[1]}" );
      $wpdb->query( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES ({$ids[2]}, 'rank_math_title', 'By SQL')" );
      $wpdb->query( "DELETE FROM $wpdb->term_relationships WHERE object_id = {$ids[3]}" );
      $wpdb->query( "DELETE FROM $wpdb->posts WHERE ID = {$ids[4]}" );
      echo implode( ',', $ids );`)
    const ids = changed.trim().split(',')
    const { run, result } = await audit()
    expect(run).toMatchObject({ direction: 'drift_check', counts: { updated: 4, deleted: 1, created: 0, failed: 0 } })
    expect(result).toMatchObject({ state: 'repaired', differing: 5, repaired: 5 })
    const byPost = new Map((await items()).map((item) => [item.external_id, item]))
    expect(byPost.get(ids[0] ?? '')).toMatchObject({ title: 'Renamed by SQL', state: 'synced' })
    expect(byPost.get(ids[1] ?? '')).toMatchObject({ status: 'private', state: 'synced' })
    expect(byPost.has(ids[4] ?? '')).toBe(false)
    const again = await audit()
    expect(again.result).toMatchObject({ state: 'equal', root: result.root, checked: first.result.checked - 1 })
  }, 180_000)
})
