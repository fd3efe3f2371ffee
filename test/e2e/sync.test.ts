import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ROOT } from '../../scripts/lib/paths.ts'
import { PRODUCTS_MU_PLUGIN } from '../../scripts/wordpress/content.ts'
import { pressConnect } from './support/admin.ts'
import { type Site, findIntegration, readContentTypes, runEvent, startSite } from './support/site.ts'
import { type World, startWorld } from './support/world.ts'

const LIBRARY_TYPES = join(ROOT, 'test/e2e/support/library-types.php')

type Item = {
  id: string
  type: string
  title: string
  body: string
  slug: string
  status: string
  state: string
  revision: number
  external_id: string | null
  terms: Record<string, string[]>
  conflict: { fields: string[]; wordpress: { title: string } | null } | null
}
type Run = { id: string; status: string; counts: Record<string, number>; error: { code: string } | null }
type SyncState = { current_run: Run | null; last_run: Run | null }

/** Everything one site of the real world needs to be asked and told. */
async function openSync(world: World, site: Site) {
  const integration = await findIntegration(world, site)
  if (!integration) throw new Error('not connected')
  const base = `/integration/integrations/${integration.id}`
  const content = `/sites/${site.siteId}/content/`
  const finished = (runId: string) =>
    vi.waitFor(
      async () => {
        const { last_run: run } = await world.owner.get<SyncState>(`${base}/sync-status/`)
        expect(run?.id).toBe(runId)
        return run as Run
      },
      { timeout: 60_000, interval: 100 },
    )
  const sync = async (direction: string): Promise<Run> => {
    const run = await world.owner.post<Run>(`${base}/sync/`, { direction })
    const ended = await finished(run.id)
    expect(ended).toMatchObject({ status: 'succeeded', error: null })
    return ended
  }
  const list = async (query = '') =>
    (await world.owner.get<{ results: Item[] }>(`${content}?limit=200${query}`)).results
  const get = (id: string) => world.owner.get<Item>(`${content}${id}/`)
  const byTitle = async (title: string) => {
    const found = (await list()).find((item) => item.title === title)
    if (!found) throw new Error(`no item ${title}`)
    return get(found.id)
  }
  const post = (code: string) => site.wordpress.php(code)
  const field = (id: string | null, name: string) => post(`echo get_post_field( '${name}', ${id}, 'raw' );`)
  return { base, content, sync, list, get, byTitle, post, field }
}

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.each(['sqlite', 'mariadb'] as const)('a WordPress on %s', (database) => {
  let site: Site
  let kit: Awaited<ReturnType<typeof openSync>>

  beforeAll(async () => {
    const muPlugins = [PRODUCTS_MU_PLUGIN, LIBRARY_TYPES]
    site = await startSite(world, { muPlugins, ...(database === 'mariadb' && { database: await world.mariaDb() }) })
    await site.wordpress.php(`foreach ( array( 'book', 'recipe' ) as $type ) { for ( $n = 1; $n <= 3; $n++ ) {
      wp_insert_post( array( 'post_type' => $type, 'post_title' => "$type $n", 'post_status' => 'publish' ) ); } }`)
    await pressConnect(site.admin, { apiKey: site.apiKey })
    kit = await openSync(world, site)
  })

  test('is imported with every type, byte for byte, and the tab counts it', async () => {
    const body = '<!-- wp:paragraph -->\n<p>Zoë’s “café” 😀 \\\\ &amp; <b>x</b></p>\n<!-- /wp:paragraph -->'
    await kit.post(
      `wp_insert_post( wp_slash( array( 'post_title' => 'Blocks', 'post_status' => 'publish', 'post_content' => base64_decode( '${Buffer.from(body).toString('base64')}' ) ) ) );`,
    )
    const run = await kit.sync('from_external')
    expect(run.counts).toMatchObject({ failed: 0, conflicts: 0 })
    const types = (await readContentTypes(world, site)) as unknown as {
      post_types: Record<string, { count: number; synced_count: number }>
    }
    for (const type of ['post', 'page', 'product', 'book', 'recipe']) {
      expect(types.post_types[type]?.synced_count, type).toBe(types.post_types[type]?.count)
    }
    expect((await kit.byTitle('Blocks')).body).toBe(body)
  })

  test('that has not changed is asked twice, and nothing is written', async () => {
    const run = await kit.sync('from_external')
    expect(run.counts).toMatchObject({ created: 0, updated: 0, deleted: 0, failed: 0 })
  })

  test('gets what is made and edited in IGNY8, and no second post for it', async () => {
    const made = await world.owner.post<Item>(kit.content, {
      title: 'From IGNY8',
      body: '<p>Hello</p>',
      status: 'publish',
      terms: { category: ['Fresh'], post_tag: ['one', 'two'] },
    })
    await kit.sync('both')
    const sent = await kit.get(made.id)
    expect(sent).toMatchObject({ state: 'synced', external_id: expect.stringMatching(/^\d+$/), slug: 'from-igny8' })
    expect(await kit.field(sent.external_id, 'post_title')).toBe('From IGNY8')
    expect(
      await kit.post(
        `echo implode( ',', wp_get_post_terms( ${sent.external_id}, 'post_tag', array( 'fields' => 'names' ) ) );`,
      ),
    ).toBe('one,two')
    await world.owner.patch(`${kit.content}${made.id}/`, { title: 'Retitled here', terms: { post_tag: ['two'] } })
    await kit.sync('both')
    expect(await kit.field(sent.external_id, 'post_title')).toBe('Retitled here')
    expect(await kit.post(`echo count( get_posts( array( 's' => 'Retitled here', 'post_status' => 'any' ) ) );`)).toBe(
      '1',
    )
    expect((await kit.get(made.id)).state).toBe('synced')
  })

  test('tells of an edit, a trash, an untrash and a deletion by webhook', async () => {
    const item = await kit.byTitle('Blocks')
    const id = item.external_id
    const deliver = () => runEvent(site, 'igny8_send_outbox')
    const becomes = (expected: object) =>
      vi.waitFor(async () => expect(await kit.get(item.id)).toMatchObject(expected), { timeout: 10_000, interval: 100 })
    await kit.post(`wp_update_post( array( 'ID' => ${id}, 'post_title' => 'Edited there' ) );`)
    await deliver()
    await becomes({ title: 'Edited there', state: 'synced' })
    await kit.post(`wp_trash_post( ${id} );`)
    await deliver()
    await becomes({ status: 'trash', state: 'synced' })
    await kit.post(`wp_untrash_post( ${id} );`)
    await deliver()
    await becomes({ status: 'draft', state: 'synced' })
    await kit.post(`wp_delete_post( ${id}, true );`)
    await deliver()
    await becomes({ state: 'deleted' })
  })

  test('is retagged and published on either side, in a type that REST does not know and in one with its own taxonomy', async () => {
    const [book, recipe] = [await kit.byTitle('book 1'), await kit.byTitle('recipe 1')]
    await world.owner.patch(`${kit.content}${recipe.id}/`, { terms: { cuisine: ['Thai', 'Swiss'] }, status: 'draft' })
    await world.owner.patch(`${kit.content}${book.id}/`, { excerpt: 'Short', title: 'Book one' })
    await kit.sync('both')
    const terms = `echo implode( ',', wp_get_post_terms( ${recipe.external_id}, 'cuisine', array( 'fields' => 'names' ) ) );`
    expect((await kit.post(terms)).split(',').toSorted()).toEqual(['Swiss', 'Thai'])
    expect(await kit.field(recipe.external_id, 'post_status')).toBe('draft')
    expect(await kit.field(book.external_id, 'post_title')).toBe('Book one')
    await kit.post(`wp_set_object_terms( ${recipe.external_id}, array( 'Thai' ), 'cuisine' );
      wp_publish_post( ${recipe.external_id} );`)
    await runEvent(site, 'igny8_send_outbox')
    const expected = { state: 'synced', status: 'publish', terms: { cuisine: ['Thai'] } }
    await vi.waitFor(async () => expect(await kit.get(recipe.id)).toMatchObject(expected), {
      timeout: 10_000,
      interval: 100,
    })
  })

  test('and IGNY8 change one field at once: both versions are kept, settled, undone, settled anew', async () => {
    const made = await world.owner.post<Item>(kit.content, { title: 'Contested', body: 'b', status: 'publish' })
    await kit.sync('both')
    const { external_id: id } = await kit.get(made.id)
    await kit.post(
      `global $wpdb; $wpdb->update( $wpdb->posts, array( 'post_title' => 'Theirs', 'post_modified_gmt' => gmdate( 'Y-m-d H:i:s' ) ), array( 'ID' => ${id} ) ); clean_post_cache( ${id} );`,
    )
    // the site's change is not known yet when this one is sent: it must not overwrite it
    await world.owner.patch(`${kit.content}${made.id}/`, { title: 'Ours', excerpt: 'ours too' })
    await kit.sync('both')
    const contested = await kit.get(made.id)
    expect(contested).toMatchObject({
      state: 'conflict',
      title: 'Ours',
      conflict: { fields: ['title'], wordpress: { title: 'Theirs' } },
    })
    expect(await kit.field(id, 'post_title')).toBe('Theirs')
    await world.owner.post(`${kit.content}${made.id}/resolve/`, { choice: 'wordpress' })
    expect(await kit.get(made.id)).toMatchObject({ title: 'Theirs', conflict: null })
    await world.owner.post(`${kit.content}${made.id}/undo/`, {})
    expect(await kit.get(made.id)).toMatchObject({ state: 'conflict', title: 'Ours' })
    await world.owner.post(`${kit.content}${made.id}/resolve/`, { choice: 'igny8' })
    await kit.sync('both')
    expect(await kit.get(made.id)).toMatchObject({ state: 'synced', title: 'Ours' })
    expect(await kit.field(id, 'post_title')).toBe('Ours')
    expect(await kit.field(id, 'post_excerpt')).toBe('ours too')
  })

  test('follows a trash, an untrash and a deletion in IGNY8', async () => {
    const made = await world.owner.post<Item>(kit.content, { title: 'Short-lived', body: 'b', status: 'publish' })
    await kit.sync('both')
    const { external_id: id } = await kit.get(made.id)
    await world.owner.patch(`${kit.content}${made.id}/`, { status: 'trash' })
    await kit.sync('both')
    expect(await kit.field(id, 'post_status')).toBe('trash')
    await world.owner.patch(`${kit.content}${made.id}/`, { status: 'publish' })
    await kit.sync('both')
    expect(await kit.field(id, 'post_status')).toBe('publish')
    await world.owner.delete(`${kit.content}${made.id}/`)
    await kit.sync('both')
    expect(await kit.field(id, 'post_status')).toBe('trash')
    await world.owner.delete(`${kit.content}${made.id}/?permanently=true`)
    await kit.sync('both')
    expect(await kit.post(`var_export( get_post( ${id} ) );`)).toBe('NULL')
    expect((await kit.get(made.id)).state).toBe('deleted')
    await world.owner.post(`${kit.content}${made.id}/restore/`, {})
    await kit.sync('both')
    const again = await kit.get(made.id)
    expect([again.state, await kit.field(again.external_id, 'post_status')]).toEqual(['synced', 'draft'])
  })
})
