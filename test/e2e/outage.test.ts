import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSettings, press, pressConnect, shownState } from './support/admin.ts'
import { type Site, dumpOptions, findIntegration, readContentTypes, runEvent, startSite } from './support/site.ts'
import { OWNER, type World, startWorld } from './support/world.ts'

let world: World
let site: Site
beforeAll(async () => {
  world = await startWorld()
  site = await startSite(world)
})
afterAll(() => world.stop())

const countPosts = async () => (await readContentTypes(world, site)).post_types['post']?.count
const secondsUntil = async (event: string) =>
  Number(await site.wordpress.php(`echo (int) wp_next_scheduled( '${event}' ) - time();`))

describe('while the API is down', () => {
  test('an attempt to connect is kept, without the key in the clear, and planned again', async () => {
    await world.stopApi()
    const page = await pressConnect(site.admin, { apiKey: site.apiKey })
    expect(page.notices).toContain('Failed to connect.')
    expect(page.notices).toMatch(/the plugin tries again automatically/i)
    expect(shownState(page)).toBe('waiting')
    expect(await secondsUntil('igny8_connect')).toSatisfy((seconds: number) => seconds > 0 && seconds <= 120)
    expect(`${page.html}${await dumpOptions(site)}`).not.toContain(site.apiKey.slice(16))
  })

  test('it is delivered once the API is back', async () => {
    await world.startApi()
    await runEvent(site, 'igny8_connect')
    expect(shownState(await openSettings(site.admin))).toBe('ready')
    expect(await countPosts()).toBe(11)
  })

  test('"Sync now" says why it failed, and the structure is sent once the API is back', async () => {
    await world.stopApi()
    await site.wordpress.php(`wp_insert_post( array( 'post_title' => 'Meanwhile', 'post_status' => 'publish' ) );`)
    const page = await press(site.admin, 'sync')
    expect(page.notices).toContain('Sync failed.')
    expect(shownState(page)).toBe('degraded')
    expect(await secondsUntil('igny8_push_structure')).toSatisfy((seconds: number) => seconds > 0 && seconds <= 120)

    await world.startApi()
    await runEvent(site, 'igny8_push_structure')
    expect(shownState(await openSettings(site.admin))).toBe('ready')
    expect(await countPosts()).toBe(12)
  })
})

describe('a revoked key', () => {
  test('is refused from the next request on, and the page says so', async () => {
    await world.owner.delete(`/sites/${site.siteId}/api-keys/${site.keyId}/`)
    const page = await press(site.admin, 'sync')
    expect(page.notices).toContain('Sync failed.')
    expect(shownState(page)).toBe('key_revoked')
    expect(await countPosts()).toBe(12)
  })

  test('is replaced by connecting with another one, and the integration stays the same', async () => {
    const before = await findIntegration(world, site)
    const { key } = await world.owner.post<{ key: string }>(`/sites/${site.siteId}/api-keys/`, { name: 'Second' })
    const page = await pressConnect(site.admin, { apiKey: key })
    expect(page.notices).toMatch(/^Connected\./)
    expect(shownState(page)).toBe('ready')
    expect((await findIntegration(world, site))?.id).toBe(before?.id)
    site.apiKey = key
  })
})

describe('unattended', () => {
  test('a site whose wp-config.php names the key connects at the next cron run', async () => {
    const host = await startSite(world)
    host.wordpress.define({ IGNY8_API_KEY: host.apiKey })
    await host.wordpress.cron()
    expect(shownState(await openSettings(host.admin))).toBe('ready')
    expect((await findIntegration(world, host))?.connection).toBe('ready')
    await host.wordpress.stop()
  })
})

describe('what the Worker keeps', () => {
  test('holds no key, no signing secret and no password, nor does its log (T41)', async () => {
    const secret = await site.wordpress.php(
      `echo Igny8\\Bridge\\Plugin::instance()->keys->signing_secrets()['current'];`,
    )
    expect(secret).toMatch(/^whsec_/)
    // an object at rest closes its database, and files vanish while they are listed
    await world.stopApi()
    const files = readdirSync(world.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThan(3)
    const hidden = [site.apiKey, site.apiKey.slice(16, 48), secret, secret.slice(6), OWNER.password]
    for (const file of files) {
      const bytes = readFileSync(join(file.parentPath, file.name))
      expect([file.name, hidden.filter((text) => bytes.includes(text))]).toEqual([file.name, []])
    }
  })
})
