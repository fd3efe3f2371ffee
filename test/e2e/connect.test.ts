import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WordPressOptions } from '../../scripts/wordpress/types.ts'
import { openSettings, press, pressConnect, shownCount, shownState } from './support/admin.ts'
import {
  type Site,
  addSite,
  dumpOptions,
  findIntegration,
  readContentTypes,
  runEvent,
  startSite,
} from './support/site.ts'
import { OWNER, type World, forgeKey, startWorld } from './support/world.ts'

const SITES = [
  { version: '6.5', database: 'sqlite', permalinks: 'pretty' },
  { version: '6.5', database: 'mariadb', permalinks: 'plain' },
  { version: '6.1', database: 'sqlite', permalinks: 'plain' },
  { version: '6.1', database: 'mariadb', permalinks: 'pretty' },
  { version: '6.7', database: 'mariadb', permalinks: 'pretty' },
] as const satisfies (Omit<WordPressOptions, 'database'> & { database: string })[]

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe.each(SITES)('connecting WordPress $version on $database with $permalinks permalinks', (options) => {
  let site: Site
  beforeAll(async () => {
    const database = options.database === 'mariadb' ? await world.mariaDb() : 'sqlite'
    site = await startSite(world, { ...options, database })
  })
  afterAll(() => site.wordpress.stop())

  test('begins as not connected', async () => {
    expect(shownState(await openSettings(site.admin))).toBe('not_connected')
  })

  test('refuses a mistyped key without asking the API', async () => {
    const page = await pressConnect(site.admin, {
      apiKey: `${site.apiKey.slice(0, -1)}${site.apiKey.endsWith('0') ? '1' : '0'}`,
    })
    expect(page.notices).toContain('Failed to connect.')
    expect(page.notices).toMatch(/typ|copy/i)
    expect(page.notices).not.toMatch(/req_/)
  })

  test('says why a wrong key fails and what to do, and changes nothing', async () => {
    const wrong = forgeKey()
    const page = await pressConnect(site.admin, { apiKey: wrong })
    expect(page.notices).toMatch(
      /^Failed to connect\. The API key is not valid\.? Create a new key .+\(reference: req_\w+\)/,
    )
    expect(shownState(page)).toBe('not_connected')
    expect(await dumpOptions(site)).not.toContain(wrong)
    expect(await findIntegration(world, site)).toBeUndefined()
  })

  test('says "Site not found" to a person whose account has no such site', async () => {
    const person = { name: 'Nora', email: `nora-${site.wordpress.port}@igny8.test`, password: 'another password' }
    const { token } = await world.signUp(person)
    expect(token).not.toBe('')
    const page = await pressConnect(site.admin, person)
    expect(page.notices).toContain('Site not found.')
    expect(page.notices).toContain(site.wordpress.url)
    expect(page.html).not.toContain(person.password)
  })

  test('says "Site not found" to the key of another site, which stays as it was', async () => {
    const other = await addSite(world.owner, `http://127.0.0.1:${site.wordpress.port}/another-folder`)
    const page = await pressConnect(site.admin, { apiKey: other.apiKey })
    expect(page.notices).toContain('Site not found.')
    expect(await findIntegration(world, other)).toBeUndefined()
  })

  test('connects with e-mail and password, making a key by itself, and disconnects', async () => {
    const page = await pressConnect(site.admin, OWNER)
    expect(page.notices).toMatch(/^Connected\./)
    expect((await findIntegration(world, site))?.connection).toBe('ready')
    expect(`${page.html}${await dumpOptions(site)}`).not.toContain(OWNER.password)

    const gone = await press(site.admin, 'disconnect')
    expect(gone.notices).toContain('Disconnected.')
    expect(await findIntegration(world, site)).toBeUndefined()
  })

  test('connects with a key and sends the structure at once', async () => {
    const page = await pressConnect(site.admin, { apiKey: site.apiKey })
    expect(page.notices).toMatch(/^Connected\./)
    expect(shownState(page)).toBe('ready')
    expect(await readContentTypes(world, site)).toMatchObject({
      connection: 'ready',
      post_types: { post: { label: 'Posts' } },
    })
  })

  test('shows the counts that WordPress itself shows', async () => {
    const types = await readContentTypes(world, site)
    for (const slug of ['post', 'page', 'product'])
      expect([slug, types.post_types[slug]?.count]).toEqual([slug, await shownCount(site.admin, 'post_type', slug)])
    for (const slug of ['category', 'post_tag', 'product_cat', 'product_tag'])
      expect([slug, types.taxonomies[slug]?.count]).toEqual([slug, await shownCount(site.admin, 'taxonomy', slug)])
  })

  test('changes them once a post is published and "Sync now" is pressed', async () => {
    const before = await readContentTypes(world, site)
    await site.admin.rest('POST', '/wp/v2/posts', { title: 'Fresh', content: 'News.', status: 'publish' })
    const page = await press(site.admin, 'sync')
    expect(page.notices).toMatch(/^Sync started\./)
    const after = await readContentTypes(world, site)
    expect(after.post_types['post']?.count).toBe((before.post_types['post']?.count ?? 0) + 1)
    expect(after.last_structure_fetch).not.toBe(before.last_structure_fetch)
  })

  test('changes them at the daily event', async () => {
    const before = await readContentTypes(world, site)
    await site.wordpress.php(`wp_insert_term( 'Fresh tag', 'post_tag' );`)
    await runEvent(site, 'igny8_sync_site_structure')
    const after = await readContentTypes(world, site)
    expect(after.taxonomies['post_tag']?.count).toBe((before.taxonomies['post_tag']?.count ?? 0) + 1)
  })

  test('gives the key back neither on the page nor from the options table (T41)', async () => {
    const page = await openSettings(site.admin)
    const dump = await dumpOptions(site)
    expect(dump).toContain('igny8_')
    const secret = site.apiKey.slice(16)
    for (const hidden of [site.apiKey, secret, Buffer.from(site.apiKey).toString('base64').slice(0, 60), 'whsec_']) {
      expect(page.html).not.toContain(hidden)
      expect(dump).not.toContain(hidden)
    }
  })
})
