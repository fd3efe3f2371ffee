import { describe, expect, test } from 'vitest'
import { SiteAlarm } from '../../../src/site/runs/alarm.ts'
import { movableClock } from '../../support/integration.ts'

const HOUR_MS = 3_600_000
const LOOK_PAUSE_MS = 250
const FAULT_PAUSE_MS = 30_000

/** An alarm with a storage that records what was set; the test controls when the inbox and runs are due. */
function createAlarm() {
  const set: number[] = []
  const due: { look: number | null; run: number | null } = { look: null, run: null }
  let isBroken = false
  const storage = {
    getAlarm: () => Promise.resolve(set.at(-1) ?? null),
    setAlarm: (at: number) => (isBroken ? Promise.reject(new Error('disk full')) : Promise.resolve(void set.push(at))),
    deleteAlarm: () => Promise.resolve(),
  } as unknown as DurableObjectStorage
  const nextDueAt = (looksFrom: number) => {
    const look = due.look === null ? Infinity : Math.max(due.look, looksFrom)
    const next = Math.min(look, due.run ?? Infinity)
    return next === Infinity ? null : next
  }
  const faults: unknown[] = []
  const alarm = new SiteAlarm(storage, nextDueAt)
  const ring = (work: () => Promise<void> = async () => undefined) => alarm.onAlarm(work, (cause) => faults.push(cause))
  return { alarm, set, due, faults, ring, breakStorage: (is: boolean) => (isBroken = is) }
}

describe('the alarm of an object', () => {
  test('is set once for a burst of webhooks', async () => {
    const { alarm, set, due } = createAlarm()
    const now = Date.now()
    due.look = now
    for (let n = 0; n < 100; n++) await alarm.armForWebhook()
    expect(set).toHaveLength(1)
    expect(set[0]).toBeGreaterThanOrEqual(now)
  })

  test('moves to an earlier time for earlier work, and never to a later one', async () => {
    const { alarm, set, due } = createAlarm()
    const now = Date.now()
    due.run = now + 2 * HOUR_MS
    await alarm.arm()
    expect(set.at(-1)).toBeLessThanOrEqual(Date.now() + HOUR_MS)
    due.run = now + 60_000
    await alarm.arm()
    due.run = now + 120_000
    await alarm.arm()
    expect(set.slice(1)).toEqual([now + 60_000])
  })

  test('fires again for work that came while it fired', async () => {
    const { alarm, set, due, ring } = createAlarm()
    await ring(async () => {
      due.look = Date.now()
      await alarm.armForWebhook()
      expect(set).toEqual([])
    })
    expect(set).toHaveLength(1)
    due.look = null
    await ring()
    due.look = Date.now()
    await alarm.armForWebhook()
    expect(set).toHaveLength(2)
  })

  test('processes the inbox after a pause, but the first webhook and the next slice of a run at once', async () => {
    const { alarm, set, due, ring } = createAlarm()
    const clock = movableClock()
    await ring(async () => void (due.look = Date.now()))
    expect(set.at(-1)).toBeGreaterThan(Date.now() + LOOK_PAUSE_MS / 2)
    await ring(async () => void ([due.look, due.run] = [null, Date.now()]))
    expect(set.at(-1)).toBeLessThanOrEqual(Date.now())
    clock.advance(LOOK_PAUSE_MS)
    await ring(async () => void ([due.look, due.run] = [null, null]))
    clock.advance(LOOK_PAUSE_MS)
    due.look = Date.now()
    await alarm.armForWebhook()
    expect(set.at(-1)).toBeLessThanOrEqual(Date.now())
  })

  test('T3 pauses after an error, reports it, and is set again after storage refused it', async () => {
    const { set, due, faults, ring } = createAlarm()
    due.run = Date.now()
    await ring(() => Promise.reject(new Error('D1 is away')))
    expect(faults).toEqual([new Error('D1 is away')])
    expect(set.at(-1)).toBeGreaterThan(Date.now() + FAULT_PAUSE_MS - 1000)
    const other = createAlarm()
    other.due.run = Date.now()
    other.breakStorage(true)
    await expect(other.alarm.arm()).rejects.toThrow('disk full')
    other.breakStorage(false)
    await other.alarm.arm()
    expect(other.set).toHaveLength(1)
  })
})
