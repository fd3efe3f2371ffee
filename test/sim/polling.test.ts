import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { RunDirection } from '../../src/contract/sync.ts'
import { createItem, getItem, listItems, updateItem } from '../../src/site/replica/content.ts'
import { noteDirectFailure } from '../../src/site/transport/choice.ts'
import { receivePoll } from '../../src/site/runs/receive-poll.ts'
import { fillPosts } from '../model/fill.ts'
import { callHome } from '../model/polling.ts'
import { playSeed } from './scenario.ts'
import { NO_FAULTS, World } from './world.ts'

vi.setConfig({ testTimeout: 60_000 })
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined))

const SEEDS = Math.ceil(Number(process.env['SIM_SEEDS'] ?? 40) / 4)

async function polling(count: number): Promise<World> {
  const world = new World(1, 'polling')
  fillPosts(world.wordpress, { count, bodyCharacters: 200 })
  await world.connect()
  return world
}

async function run(world: World, direction: RunDirection) {
  world.enqueue(direction)
  await world.settle(1_000)
  return world.store.runsState(world.nowMs).lastRun
}

const rows = (world: World, table: string) =>
  world.store.replica.database.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]?.n

const titled = (world: World, title: string) => {
  const found = listItems(world.content, {}, null, 1000).results.find((item) => item.title === title)
  if (!found) throw new Error(`no item ${title}`)
  return found
}

test(
  `T1 ${SEEDS} seeds by polling, with lost calls and answers and kills, converge`,
  { timeout: 60_000 + SEEDS * 2_000 },
  async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { problems } = await playSeed(seed, 'polling')
      expect(problems, `again: npm run sim -- --seeds 1 --from ${seed} --polling`).toEqual([])
    }
  },
)

describe('a site that only calls', () => {
  test('is imported whole in one visit of its heartbeat, and nothing is kept of the commands', async () => {
    const world = await polling(2_500)
    const startedAt = world.nowMs
    expect(await run(world, 'from_external')).toMatchObject({ status: 'succeeded', counts: { created: 2_500 } })
    expect(world.nowMs - startedAt).toBeLessThan(61_000)
    expect([rows(world, 'commands'), rows(world, 'command_texts')]).toEqual([0, 0])
  })

  test('that does not call leaves a run waiting, visibly and without a failure', async () => {
    const world = await polling(10)
    world.patience = 0
    world.enqueue('from_external')
    await world.settle(1_000)
    world.nowMs += 86_400_000
    await world.settle(1_000)
    const { currentRun, lagS, waitingForSiteSince } = world.store.runsState(world.nowMs)
    expect(currentRun).toMatchObject({ status: 'queued', error: null, waiting: { for: 'poll' } })
    expect(lagS).toBeGreaterThan(86_000)
    expect(waitingForSiteSince).toBeLessThan(world.nowMs - 86_000_000)
    expect(world.store.nextDueAt()).toBeNull()
    world.patience = Infinity
    await world.settle(1_000)
    expect(world.store.runsState(world.nowMs).lastRun).toMatchObject({ status: 'succeeded', counts: { created: 10 } })
  })

  test('an item edited here while an earlier edit of it is on its way is no conflict, and the last edit arrives', async () => {
    const world = await polling(3)
    await run(world, 'from_external')
    const { id } = titled(world, world.wordpress.post(1).title)
    updateItem(world.content, id, { title: 'First edit' })
    world.patience = 0
    world.enqueue('to_external')
    await world.settle(1_000)
    expect(rows(world, 'commands')).toBe(1)
    updateItem(world.content, id, { title: 'Second edit' })
    world.patience = Infinity
    await run(world, 'to_external')
    await run(world, 'both')
    expect(world.wordpress.post(1).title).toBe('Second edit')
    expect(getItem(world.content, id)).toMatchObject({
      value: { title: 'Second edit', state: 'synced', conflict: null },
    })
  })

  test('whose answers are lost again and again gets every item once', async () => {
    const world = await polling(0)
    for (let n = 0; n < 30; n++) createItem(world.content, { type: 'post', title: `Item ${n}`, status: 'publish' })
    world.rates = { ...NO_FAULTS, site: 0.9 }
    world.enqueue('to_external')
    await world.settle(1_000)
    const titles = world.wordpress.site.posts.byModified('post').map(({ title }) => title)
    expect(new Set(titles).size).toBe(30)
    expect(titles.length).toBe(30)
  })

  test('T9 edits of a day on which it could not call are all sent, and none twice', async () => {
    const world = await polling(0)
    for (let n = 0; n < 1_000; n++) createItem(world.content, { type: 'post', title: `Item ${n}`, status: 'draft' })
    world.patience = 0
    world.enqueue('to_external')
    await world.settle(1_000)
    world.nowMs += 86_400_000
    expect(world.store.runsState(world.nowMs).lagS).toBeGreaterThan(86_000)
    world.patience = Infinity
    await run(world, 'to_external')
    const titles = world.wordpress.site.posts.byModified('post').map(({ title }) => title)
    expect([titles.length, new Set(titles).size]).toEqual([1_000, 1_000])
  })

  test('T27 gets a drift check: posts changed, deleted and restored by SQL are found, repaired and verified', async () => {
    const world = await polling(300)
    await run(world, 'from_external')
    world.nowMs += 60_000
    world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
    world.wordpress.site.posts.remove(world.wordpress.post(8))
    world.wordpress.importPost({ title: 'From a backup', status: 'publish', dateS: 1_600_000_000 })
    world.loseWebhooks()
    const counts = { created: 1, updated: 1, deleted: 1, failed: 0 }
    expect(await run(world, 'drift_check')).toMatchObject({ status: 'succeeded', counts })
    expect(world.store.driftChecks.result()).toMatchObject({
      state: 'repaired',
      checked: 300,
      differing: 3,
      repaired: 3,
    })
    expect(world.store.replica.items.getByExternalId(7)?.local.title).toBe('Changed by SQL')
    expect(await run(world, 'drift_check')).toMatchObject({ status: 'succeeded', error: null })
    expect(world.store.driftChecks.result()).toMatchObject({ state: 'equal', differing: 0 })
    expect([rows(world, 'commands'), rows(world, 'command_texts')]).toEqual([0, 0])
  })

  test('T10 deletes nothing and waits, if the site stops polling during a drift check', async () => {
    const world = await polling(50)
    await run(world, 'from_external')
    world.wordpress.editBehindItsBack(7, { title: 'Changed by SQL' })
    world.loseWebhooks()
    world.patience = 0
    world.enqueue('drift_check')
    await world.settle(1_000)
    world.nowMs += 86_400_000
    await world.settle(1_000)
    expect(world.store.runsState(world.nowMs).currentRun).toMatchObject({ direction: 'drift_check', error: null })
    expect(world.store.driftChecks.result()).toBeNull()
    world.patience = Infinity
    await world.settle(1_000)
    expect(world.store.driftChecks.result()).toMatchObject({ state: 'repaired', differing: 1, repaired: 1 })
    expect(listItems(world.content, { state: 'deleted' }, null, 100).results).toEqual([])
  })

  test('is answered at once if a health check is due, and not asked to poll again for it', async () => {
    const world = await polling(3)
    await run(world, 'from_external')
    world.store.schedule.plan('health', world.nowMs - 1, 0)
    const context = { ...world.context(), now: () => (world.nowMs += 100) }
    const integration = world.store.access.integration()
    if (!integration) throw new Error('the site has no integration')
    const startedAt = world.nowMs
    const answer = await callHome(world.wordpress, async (message) => {
      const answered = await receivePoll(context, { ...integration, keyId: null }, message, async (work) => {
        await work()
        return true
      })
      return answered.ok ? answered.value : null
    })
    expect(answer).toMatchObject({ transport: 'polling', commands: [], more: false })
    expect(world.nowMs - startedAt).toBeLessThan(5_000)
    expect(world.store.nextDueAt()).toBeLessThan(startedAt)
  })

  test('gets commands in bounded batches, and an answer that comes twice counts once', async () => {
    const world = await polling(0)
    const { commandLog } = world.store
    const args = { text: 'x'.repeat(300_000) }
    world.enqueue('to_external')
    const [{ id: scope } = { id: '' }] = world.store.replica.database.rows<{ id: string }>('SELECT id FROM runs')
    const commands = Array.from({ length: 5 }, (_, n) => ({ key: `k${n}`, id: `c${n}`, name: 'apply', args }))
    commandLog.queue(scope, [...commands, ...commands], world.nowMs)
    expect(commandLog.batch(50, 1_000_000, world.nowMs).map(({ id }) => id)).toEqual(['c0', 'c1', 'c2'])
    expect(commandLog.batch(50, 10, world.nowMs).map(({ id }) => id)).toEqual(['c0'])
    expect(commandLog.batch(0, 1_000_000, world.nowMs)).toEqual([])
    const result = { id: 'c0', ok: true, data: { text: '👩‍👩‍👧'.repeat(200_000) }, took_ms: 1 } as const
    expect([commandLog.answer(result, 1), commandLog.answer(result, 2)]).toEqual([true, false])
    expect(commandLog.answer({ ...result, id: 'nobody' }, 2)).toBe(false)
    expect(commandLog.answers(scope, ['k0', 'k1']).get('k0')).toEqual(result)
    commandLog.forget(scope)
    expect(rows(world, 'command_texts')).toBe(0)
  })
})

describe('the transport', () => {
  test('changes to polling once calling fails again and again, and only where the site calls', async () => {
    const world = new World(1)
    await world.connect()
    const { store } = world
    for (let n = 0; n < 5; n++) noteDirectFailure(store, 'wordpress_timeout', world.nowMs)
    expect(store.transport.read()).toMatchObject({ transport: 'direct', directFailures: 5 })
    store.transport.notePoll(world.nowMs)
    expect(noteDirectFailure(store, 'wordpress_timeout', world.nowMs)).toBe(true)
    expect(store.transport.read().transport).toBe('polling')
  })

  test('stays where another would not help', async () => {
    const world = new World(1)
    world.store.transport.notePoll(world.nowMs)
    for (const code of ['signature_rejected', 'clock_skew', 'other_integration', 'command_failed'] as const)
      for (let n = 0; n < 3; n++) expect(noteDirectFailure(world.store, code, world.nowMs)).toBe(false)
    expect(noteDirectFailure(world.store, 'login_wall', world.nowMs)).toBe(true)
  })

  test('shows the time between calls as it was seen, conversations counted once', () => {
    const world = new World(1)
    const { transport } = world.store
    for (const at of [0, 100, 200, 60_200, 60_300, 120_300]) transport.notePoll(world.nowMs + at)
    expect(transport.read().intervalMs).toBe(60_000)
    transport.notePoll(world.nowMs + 120_300 + 3_600_000)
    expect(transport.read().intervalMs).toBe(Math.round(60_000 * 0.6 + 3_600_000 * 0.4))
  })

  test('follows a site at once that begins to poll much more often', () => {
    const world = new World(1)
    const { transport } = world.store
    for (const at of [0, 900_000, 960_000]) transport.notePoll(world.nowMs + at)
    expect(transport.read().intervalMs).toBe(60_000)
  })
})
