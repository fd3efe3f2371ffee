import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WordPressOptions } from '../../scripts/wordpress/types.ts'
import { openSettings, press, pressConnect, shownCount, shownState } from './support/admin.ts'
import { findIntegration, readContentTypes, startSite } from './support/site.ts'
import { type World, startWorld } from './support/world.ts'

const HOSTS: { name: string; options: WordPressOptions }[] = [
  { name: 'WordPress in a folder', options: { subdirectory: 'blog' } },
  { name: 'WordPress in a folder with plain permalinks', options: { subdirectory: 'blog', permalinks: 'plain' } },
  { name: 'a network', options: { multisite: true } },
  { name: 'a host that strips the Authorization header', options: { front: { stripAuthorization: true } } },
  { name: '64 MB of memory and 30 s', options: { phpIni: { memory_limit: '64M', max_execution_time: 30 } } },
]

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

describe('hosts of every kind (T36)', () => {
  test.each(HOSTS)('$name connects and syncs', async ({ options }) => {
    const site = await startSite(world, options)
    const page = await pressConnect(site.admin, { apiKey: site.apiKey })
    expect(page.notices).toMatch(/^Connected\./)
    expect((await press(site.admin, 'sync')).notices).toMatch(/^Synced\./)
    const { connection, post_types } = await readContentTypes(world, site)
    expect([connection, post_types['post']?.count]).toEqual([
      'ready',
      await shownCount(site.admin, 'post_type', 'post'),
    ])
    await site.wordpress.stop()
  })

  test('Basic authentication in front of the site leaves it to call by itself, and the cause is named', async () => {
    const headers = { authorization: `Basic ${Buffer.from('staging:secret').toString('base64')}` }
    const site = await startSite(world, { front: { basicAuth: 'staging:secret' } }, headers)
    const page = await pressConnect(site.admin, { apiKey: site.apiKey })
    expect(page.notices).toMatch(/^Connected\./)
    expect(shownState(await openSettings(site.admin))).toBe('ready')
    const integration = await findIntegration(world, site)
    expect(integration).toMatchObject({ connection: 'ready', carrier: 'exchange' })
    expect((await press(site.admin, 'sync')).notices).toMatch(/^Synced\./)
    const look = await world.owner.post(`/integration/integrations/${integration?.id}/test-connection/`, {})
    expect(JSON.stringify(look)).toContain('basic_auth_required')
    await site.wordpress.stop()
  })
})
