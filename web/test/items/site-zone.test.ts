import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromZonedTime, toZonedTime } from '../../src/pages/items/site-zone.ts'

test('a time of the site is a moment, in summer, in winter and by an offset', () => {
  expect(fromZonedTime('2026-07-01T09:00', 'Europe/Berlin')).toBe('2026-07-01T07:00:00.000Z')
  expect(fromZonedTime('2026-12-01T09:00', 'Europe/Berlin')).toBe('2026-12-01T08:00:00.000Z')
  expect(fromZonedTime('2026-12-01T09:00', '+05:30')).toBe('2026-12-01T03:30:00.000Z')
  expect(toZonedTime('2026-12-01T03:30:00.000Z', '-03:00')).toBe('2026-12-01T00:30')
})

test('a time that clocks skip is an hour later, and of one that they show twice it is the first', () => {
  expect(fromZonedTime('2026-03-29T02:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
  expect(fromZonedTime('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z')
})

test('nothing is a time that is not complete', () => {
  expect([fromZonedTime('', 'UTC'), fromZonedTime('2026-13-01T00:00', 'UTC'), toZonedTime('', 'UTC')]).toEqual([
    '',
    '',
    '',
  ])
})

test('every shown time leads back to what shows it', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', '-09:30']
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 0, max: 4_000_000_000 }), (zone, seconds) => {
      const shown = toZonedTime(new Date(seconds * 1000).toISOString(), zone)
      expect(toZonedTime(fromZonedTime(shown, zone), zone)).toBe(shown)
    }),
  )
})
