import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, MAX_ATTEMPTS, runBackoffMs } from '../../src/lib/backoff.ts'

const MINUTE_MS = 60_000
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('pauses double from two seconds up to a quarter of an hour, and at least half of each is kept', () => {
  const longest = Array.from({ length: 12 }, (_, index) => runBackoffMs(index + 1, 1))
  const seconds = [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
  expect(longest).toEqual(seconds.map((s) => s * 1000))
  expect(longest.map((_, index) => runBackoffMs(index + 1, 0))).toEqual(seconds.map((s) => s * 500))
  expect(MAX_ATTEMPTS).toBeGreaterThan(3)
})

test('T7 no pause is shorter than the site asked for, up to an hour, and none is longer than that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), random, fc.integer({ min: 0, max: 10 ** 6 }), (attempt, chance, s) => {
      const pause = runBackoffMs(attempt, chance, s)
      expect(pause).toBeGreaterThanOrEqual(Math.min(s * 1000, 60 * MINUTE_MS))
      expect(pause).toBeLessThanOrEqual(60 * MINUTE_MS)
      if (s === 0) expect(pause).toBeLessThanOrEqual(15 * MINUTE_MS)
    }),
  )
})

test('the jitter is the random share of a delay, and no attempt is beyond the longest', () => {
  const backoff = { firstMs: 1_000, longestMs: 10_000, jitter: 0.25 }
  expect([1, 2, 5, Infinity].map((attempt) => backoffMs(backoff, attempt, 0))).toEqual([750, 1_500, 7_500, 7_500])
  expect([0, 1, 2, 5].map((attempt) => backoffMs(backoff, attempt, 1))).toEqual([1_000, 1_000, 2_000, 10_000])
})
