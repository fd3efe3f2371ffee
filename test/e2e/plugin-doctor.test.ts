import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSettings, press, pressConnect, type Page } from './support/admin.ts'
import { startSite, type Site } from './support/site.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
let site: Site
beforeAll(async () => {
  world = await startWorld()
  site = await startSite(world)
})
afterAll(() => world.stop())

const verdict = ({ root }: Page) => root.querySelector('[data-igny8-verdict]')?.getAttribute('data-igny8-verdict')

/** Codes of what is shown, with the layer each is about. */
const findings = ({ root }: Page) =>
  Object.fromEntries(
    root
      .querySelectorAll('[data-igny8-finding]')
      .map((one) => [one.getAttribute('data-igny8-finding'), one.getAttribute('data-igny8-layer')]),
  )

test('before it is connected a site already sees whether the API can be reached', async () => {
  const page = await press(site.admin, 'diagnose')
  expect(findings(page)).toMatchObject({ api_reached: 'network', not_connected: 'connection', rest_open: 'rest_api' })
  expect(page.root.text).toContain('it is not connected')
})

test('a site in order is healthy, seen from itself and from outside', async () => {
  await pressConnect(site.admin, { apiKey: site.apiKey })
  await site.wordpress.cron()
  const page = await press(site.admin, 'diagnose')
  expect(findings(page)).toMatchObject({
    api_reached: 'network',
    clock_right: 'clock',
    keys_readable: 'keys',
    tables_there: 'database',
    php_sufficient: 'php',
    // these are what the API has seen
    answered: 'connection',
    headers_arrive: 'headers',
  })
  expect(verdict(page)).toBe('healthy')
  // kept for a look later
  expect(verdict(await openSettings(site.admin))).toBe('healthy')
})

test('a firewall that only the API runs into is named with its layer', async () => {
  const refusal = join(site.wordpress.state, 'refuse')
  writeFileSync(refusal, '/wp-json|rest_route')
  const page = await press(site.admin, 'diagnose')
  rmSync(refusal)
  expect(verdict(page)).toBe('broken')
  expect(findings(page)).toMatchObject({
    api_reached: 'network',
    rest_open: 'rest_api',
    blocked_by_firewall: 'firewall',
  })
  expect(page.root.text).toContain('What to do:')
})

test('with the API away the site says so, in the words of the network, and looks at itself all the same', async () => {
  await world.stopApi()
  const page = await press(site.admin, 'diagnose')
  expect(verdict(page)).toBe('broken')
  expect(findings(page)).toMatchObject({ api_connection_refused: 'network', tables_there: 'database' })
  expect(page.root.text).toMatch(/cURL error 7|Connection refused/)
  expect(page.root.text).toContain('this site cannot reach IGNY8')
})
