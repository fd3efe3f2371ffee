import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../scripts/lib/wait.ts'
import { editPost, expectEditsAtOnce, readDelivery } from './matrix/at-once.ts'
import { openDesk } from './matrix/desk.ts'
import { page } from './matrix/front.ts'
import { type Lab, startLab } from './matrix/lab.ts'
import { syncBothWays } from './matrix/run.ts'
import { openAdmin } from './support/admin.ts'
import { type World, startWorld } from './support/world.ts'

const EDITS = 10
const ARRIVAL_MS = 20_000
const THEIRS = 'Theirs: known'

let world: World
let lab: Lab
let posts: number[]
beforeAll(async () => {
  world = await startWorld()
  lab = await startLab(world)
  const made = await lab.run(`
    for ( $i = 0; $i < ${EDITS}; $i++ ) { $ids[] = wp_insert_post( array( 'post_title' => 'Old', 'post_status' => 'publish' ) ); }
    echo wp_json_encode( $ids );`)
  posts = JSON.parse(made) as number[]
  expect(await lab.connect(THEIRS)).toBeNull()
  await syncBothWays(lab, openDesk(world, lab), THEIRS, false)
})
afterAll(async () => {
  await lab.front.stop()
  await world.stop()
})

const titlesIn = async (of: Lab) => new Set((await openDesk(world, of).items()).map(({ title }) => title))
const arrival = (of: Lab, title: string) =>
  waitFor(`“${title}” in IGNY8`, ARRIVAL_MS, async () => ((await titlesIn(of)).has(title) ? true : undefined))

describe('T61 edits on PHP’s built-in server, where neither PHP ends a page early nor cron runs', () => {
  test('ten edits in wp-admin, one second apart, arrive by requests of the site to itself', async () => {
    const admin = await openAdmin(lab.url)
    const titles: string[] = []
    for (const id of posts) {
      titles.push(`Edit ${titles.length + 1}`)
      await admin.rest('POST', `/wp/v2/posts/${id}`, { title: titles.at(-1) })
      await pause(1000)
    }
    for (const title of titles) await arrival(lab, title)
    expect(await readDelivery(lab)).toEqual({ waiting: 0, failures: 0, has_cron_run: false })
  })

  test('with ALTERNATE_WP_CRON', async () => {
    lab.wordpress.define({ DISABLE_WP_CRON: false, ALTERNATE_WP_CRON: true })
    await editPost(lab, 'Alternate', THEIRS)
    await arrival(lab, 'Alternate')
    lab.wordpress.define({ DISABLE_WP_CRON: true, ALTERNATE_WP_CRON: false })
    expect(await readDelivery(lab)).toMatchObject({ waiting: 0, failures: 0 })
  })

  test('with a password in front, the save itself sends, and the next one knows that before', async () => {
    let calls = 0
    lab.front.guise = {
      onRequest: ({ url }) => {
        if (!url.includes('igny8_loopback')) return undefined
        calls++
        return page(401, '<title>401</title>', { 'www-authenticate': 'Basic realm="Staging"' })
      },
    }
    await editPost(lab, 'Behind a password', 'Alternate')
    expect(await readDelivery(lab)).toMatchObject({ waiting: 0, failures: 1 })
    await editPost(lab, 'Still behind it', 'Behind a password')
    expect(await readDelivery(lab)).toMatchObject({ waiting: 0, failures: 1 })
    expect(calls).toBe(1)
    lab.front.guise = {}
    await arrival(lab, 'Still behind it')
  })

  test('over HTTPS with a certificate that nobody trusts, at a site that polls', async () => {
    const secure = await startLab(world)
    await secure.moveTo(secure.front.tlsUrl)
    expect(await secure.connect(THEIRS)).toBeNull()
    const desk = openDesk(world, secure)
    expect((await desk.integration()).transport).toBe('polling')
    await syncBothWays(secure, desk, THEIRS, true)
    await expectEditsAtOnce(secure, desk, THEIRS)
    await Promise.all([secure.front.stop(), secure.wordpress.stop()])
  })
})
