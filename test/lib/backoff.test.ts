import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, MAX_ATTEMPTS } from '../../src/lib/backoff.ts'

const MINUTE_MS = 60_000
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('pauses double from two seconds up to a quarter of an hour, and at least half of each is kept', () => {
  const longest = Array.from({ length: 12 }, (_, index) => backoffMs(index + 1, 1))
  const seconds = [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
  expect(longest).toEqual(seconds.map((s) => s * 1000))
  expect(longest.map((_, index) => backoffMs(index + 1, 0))).toEqual(seconds.map((s) => s * 500))
  expect(MAX_ATTEMPTS).toBeGreaterThan(3)
})

test('T7 no pause is shorter than the site asked for, up to an hour, and none is longer than that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), random, fc.integer({ min: 0, max: 10 ** 6 }), (attempt, chance, s) => {
      const pause = backoffMs(attempt, chance, s)
      expect(pause).toBeGreaterThanOrEqual(Math.min(s * 1000, 60 * MINUTE_MS))
      expect(pause).toBeLessThanOrEqual(60 * MINUTE_MS)
      if (s === 0) expect(pause).toBeLessThanOrEqual(15 * MINUTE_MS)
    }),
  )
})
