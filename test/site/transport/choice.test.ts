import { expect, test } from 'vitest'
import { noteDirectFailure, switchIfDue } from '../../../src/site/transport/choice.ts'
import type { SiteStore } from '../../../src/site/replica/store.ts'

const NOW = 1_800_000_000_000

/** What the object keeps of the transport, for a site that called a minute ago. */
function linkOf(lastPollAt: number | null = NOW - 60_000) {
  const kept = { transport: 'direct', directFailures: 0, lastPollAt, intervalMs: 900_000 }
  const transport = { read: () => kept, save: (patch: object) => void Object.assign(kept, patch) }
  return { store: { transport } as unknown as Pick<SiteStore, 'transport'>, kept }
}

test('a site whose REST API stays blocked is served by polling at once if it polls', () => {
  const { store, kept } = linkOf()
  expect(noteDirectFailure(store, 'rest_blocked', NOW)).toBe(true)
  expect(kept.transport).toBe('polling')
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
