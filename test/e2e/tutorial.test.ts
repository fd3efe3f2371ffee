import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ROOT } from '../../scripts/lib/paths.ts'
import { pressConnect } from './support/admin.ts'
import { type Site, startSite } from './support/site.ts'
import { type World, startWorld } from './support/world.ts'

const TUTORIAL = readFileSync(join(ROOT, 'docs/tutorial.md'), 'utf8')
const MARK = '# → '

let world: World
let site: Site
beforeAll(async () => {
  world = await startWorld({ isDev: true })
  site = await startSite(world)
  await pressConnect(site.admin, { apiKey: site.apiKey })
})
afterAll(() => world.stop())

test('every command of the tutorial does what it says', async () => {
  const commands = [...TUTORIAL.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block).join('\n')
  const promised = [...commands.matchAll(new RegExp(`^${MARK}(.*)$`, 'gm'))].map(([, text]) => text)
  expect(promised.length).toBeGreaterThan(8)
  const env = { ...process.env, API: world.url, SITE: site.siteId, KEY: site.apiKey }
  const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', commands], { env, timeout: 120_000 })
  expect(stdout.trim().split('\n')).toEqual(promised)
})
