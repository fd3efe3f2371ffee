import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectEditsAtOnce } from './matrix/at-once.ts'
import { openDesk } from './matrix/desk.ts'
import { IN_FRONT } from './matrix/in-front.ts'
import { INSIDE } from './matrix/inside.ts'
import { type Lab, type LabOptions, startLab } from './matrix/lab.ts'
import { expectTraceless } from './matrix/network.ts'
import { PROXIES } from './matrix/proxies.ts'
import { befall, connectUnder } from './matrix/run.ts'
import type { SetUp } from './matrix/set-up.ts'
import { type Row, readTable, writeTable } from './matrix/table.ts'
import { type World, startWorld } from './support/world.ts'

/** As on cheap shared hosting; every set-up below is one of these too. */
const CHEAP = { memory_limit: '64M', max_execution_time: 30 }
const PLAIN: SetUp = { name: 'WordPress 6.5, SQLite, 64 MB of memory, 30 s, `DISABLE_WP_CRON`' }
/** Whether all of it is tried, as the nightly run does and whoever writes the table. */
const isWhole = Boolean(process.env['MATRIX'] || process.env['WRITE_MATRIX'])
const ALL = [PLAIN, ...INSIDE, ...IN_FRONT, ...PROXIES]
const SET_UPS = ALL.filter(({ isNightly }) => isWhole || !isNightly)
const LEFT_OUT = new Set(ALL.filter((setUp) => !SET_UPS.includes(setUp)).map(({ name }) => name))

/** What no switch turns one installation into. */
const INSTALLATIONS: { name: string; options: LabOptions & { isMariaDb?: true } }[] = [
  {
    name: 'WordPress 6.1, MariaDB, plain permalinks, in a folder',
    options: { version: '6.1', isMariaDb: true, permalinks: 'plain', subdirectory: 'blog' },
  },
  {
    name: 'WordPress 6.5, SQLite, Apache with mod_php, `DISABLE_WP_CRON`',
    options: { web: 'mod_php', phpIni: CHEAP },
  },
  {
    name: 'WordPress 6.5, SQLite, nginx with PHP-FPM',
    options: { web: 'nginx', phpIni: CHEAP },
  },
  {
    name: 'WordPress 6.7, a site of a network, in a folder',
    options: { version: '6.7', multisite: true, subdirectory: 'network', subsite: 'shop' },
  },
]

let world: World
/** Connected, and kept from calling by itself: what befalls it shows. */
let connected: Lab
/** Connects anew under each set-up. */
let fresh: Lab
const seen: Row[] = []

beforeAll(async () => {
  world = await startWorld()
  ;[connected, fresh] = (await Promise.all([1, 2].map(() => startLab(world, { phpIni: CHEAP })))) as [Lab, Lab]
  connected.silence()
  expect(await connected.connect()).toBeNull()
})
afterAll(async () => {
  await Promise.all([connected.front.stop(), fresh.front.stop()])
  await world.stop()
})

describe('every set-up connects and syncs both ways, or is named with its layer and its fix (T8, T33, T36)', () => {
  test.each(SET_UPS)('$name', async (setUp) => {
    const [{ becomes, doctor }, connects] = await Promise.all([
      befall(world, connected, setUp),
      connectUnder(world, fresh, setUp),
    ])
    seen.push({ name: setUp.name, connects, becomes, doctor })
  })

  test.each(INSTALLATIONS)('$name', async ({ name, options }) => {
    const lab = await startLab(world, { ...options, ...(options.isMariaDb && { database: await world.mariaDb() }) })
    const connects = await connectUnder(world, lab, { name })
    await expectEditsAtOnce(lab, openDesk(world, lab), `Theirs: ${name}`)
    seen.push({ name, connects, ...(await befall(world, lab, { name })) })
    if (options.subsite) await expectTraceless(lab)
    await Promise.all([lab.front.stop(), lab.wordpress.stop()])
  })

  test('docs/reliability.md says what was seen', () => {
    if (process.env['WRITE_MATRIX']) writeTable(seen)
    expect([...readTable().values()].filter(({ name }) => !LEFT_OUT.has(name))).toEqual(seen)
  })
})
