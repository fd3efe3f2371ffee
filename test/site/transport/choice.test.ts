import { expect, test } from 'vitest'
import {
  directRetryMs,
  isSilent,
  noteDirectFailure,
  noteDirectSuccess,
  switchIfDue,
  urgentDirectTryAt,
} from '../../../src/site/transport/choice.ts'
import { POLL_STORED_MS } from '../../../src/site/replica/tables/transport.ts'
import { SiteStore } from '../../../src/site/replica/store.ts'
import { createSiteDatabase } from '../../sim/sqlite.ts'

const NOW = 1_800_000_000_000

/** What the object keeps of the transport, for a site that called a minute ago. */
function linkOf(lastPollAt: number | null = NOW - 60_000) {
  const kept = {
    transport: 'direct',
    directFailures: 0,
    lastPollAt,
    intervalMs: 900_000,
    directTries: 0,
    triedAt: null,
  }
  const transport = { read: () => kept, save: (patch: object) => void Object.assign(kept, patch) }
  return { store: { transport } as unknown as Pick<SiteStore, 'transport'>, kept }
}

test('a site whose REST API stays blocked is served by polling at once if it polls', () => {
  const { store, kept } = linkOf()
  expect(noteDirectFailure(store, 'rest_blocked', NOW)).toBe(true)
  expect(kept.transport).toBe('polling')
})

test('T60 a failure that may pass chooses polling only the second time in a row', () => {
  const { store, kept } = linkOf()
  expect(noteDirectFailure(store, 'connection_lost', NOW)).toBe(false)
  noteDirectSuccess(store)
  expect(noteDirectFailure(store, 'wordpress_timeout', NOW)).toBe(false)
  expect(kept.transport).toBe('direct')
  expect(noteDirectFailure(store, 'wordpress_timeout', NOW)).toBe(true)
})

test('a site without the plugin is not served by polling for earlier polls, only after its next one', () => {
  const { store, kept } = linkOf()
  for (let look = 0; look < 5; look++) expect(noteDirectFailure(store, 'plugin_not_found', NOW + look)).toBe(false)
  expect(kept.transport).toBe('direct')
  kept.lastPollAt = NOW + 10
  expect(switchIfDue(store, NOW + 10)).toBe(true)
  expect(kept.transport).toBe('polling')
})

test('a site that never polled stays with direct calls', () => {
  const { store, kept } = linkOf(null)
  expect(noteDirectFailure(store, 'rest_blocked', NOW)).toBe(false)
  expect(kept.transport).toBe('direct')
})

test('T60 a site that polls is called again after 1, 5 and 15 minutes, then hourly', () => {
  const { store } = linkOf()
  noteDirectFailure(store, 'rest_blocked', NOW)
  const pauses = [0, 1, 2, 3, 4].map(() => {
    const pause = directRetryMs(store)
    noteDirectFailure(store, 'rest_blocked', NOW)
    return pause / 60_000
  })
  expect(pauses).toEqual([1, 5, 15, 60, 60])
})

test('T60 for a person who waits it is called at once, and five seconds after the last call at the earliest', () => {
  const { store } = linkOf()
  expect(urgentDirectTryAt(store, NOW)).toBeNull()
  noteDirectFailure(store, 'rest_blocked', NOW)
  expect(urgentDirectTryAt(store, NOW + 1_000)).toBe(NOW + 5_000)
  expect(urgentDirectTryAt(store, NOW + 60_000)).toBe(NOW + 60_000)
})

test('the time at which a site will be silent is the same in an instance that has seen a further poll', () => {
  const store = new SiteStore(createSiteDatabase())
  store.transport.save({ transport: 'polling', lastPollAt: NOW, intervalMs: 60_000, triedAt: NOW })
  const silentAt = store.transport.silentAt()
  // too soon to be stored
  store.transport.notePoll(NOW + 4_000)
  expect(store.transport.read().lastPollAt).toBe(NOW + 4_000)
  expect(store.transport.silentAt()).toBe(silentAt)
})

test('T60 a site that stops polling is called at once when that shows, and once only', () => {
  const store = new SiteStore(createSiteDatabase())
  expect(store.nextDueAt()).toBeNull()
  store.transport.save({ transport: 'polling', lastPollAt: NOW, intervalMs: 60_000, triedAt: NOW + 60_000 })
  // a minute's interval, and a quarter of an hour
  const silentFrom = NOW + 16 * 60_000 + 1
  expect([isSilent(store, silentFrom - 1), isSilent(store, silentFrom)]).toEqual([false, true])
  // the alarm can't know what polls another instance has received
  const silentAt = store.transport.silentAt() ?? 0
  expect(silentAt).toBe(silentFrom + POLL_STORED_MS.polling)
  expect(store.nextDueAt()).toBe(silentAt)
  noteDirectFailure(store, 'rest_blocked', silentAt)
  expect(store.nextDueAt()).toBeNull()
  store.transport.notePoll(silentAt + 60_000)
  expect(store.nextDueAt()).toBeGreaterThan(silentAt + 60_000)
})
