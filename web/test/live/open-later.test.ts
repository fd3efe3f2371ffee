import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openLater } from '../../src/live/open-later.ts'

const openLive = vi.fn<() => { retryNow: () => void; ask: () => Promise<void>; close: () => void }>()
let failures = 0
const load = async () => {
  if (failures-- > 0) throw new TypeError('Failed to fetch dynamically imported module')
  return { openLive }
}
const ids = { siteId: 'site_1', integrationId: 'int_1' }
const opened = { retryNow: vi.fn<() => void>(), ask: vi.fn<() => Promise<void>>(), close: vi.fn<() => void>() }
const statuses: string[] = []
const open = () => openLater(new QueryClient(), ids, ({ kind }) => void statuses.push(kind), load)

beforeEach(() => {
  vi.useFakeTimers()
  statuses.length = 0
  openLive.mockReset().mockReturnValue(opened)
  opened.close.mockReset()
})
afterEach(() => void vi.useRealTimers())

test('what cannot be loaded is loaded again after a pause, and until then the page reconnects', async () => {
  failures = 2
  const live = open()
  await vi.advanceTimersByTimeAsync(0)
  expect(statuses).toEqual(['connecting', 'reconnecting'])
  await expect(live.ask()).rejects.toThrow('not loaded')
  await vi.advanceTimersByTimeAsync(4_999)
  expect(statuses).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  expect([statuses.at(-1), openLive.mock.calls.length]).toEqual(['reconnecting', 0])
  live.retryNow()
  live.retryNow()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(openLive).toHaveBeenCalledOnce()
  live.close()
  expect(opened.close).toHaveBeenCalledOnce()
})

test('a page that is left while it loads opens nothing', async () => {
  failures = 0
  open().close()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(openLive).not.toHaveBeenCalled()
})
