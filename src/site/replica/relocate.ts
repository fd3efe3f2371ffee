import { addressForms } from '../../lib/site-address.ts'
import type { SiteStore } from './store.ts'

/** Until the plugin has taken in that it has moved, and its owner's browser has the page back. */
const DRIFT_CHECK_PAUSE_MS = 60_000

/** Where a site went into a folder of its own, a repeat must not take it further down. */
const doneBelow = (from: string, to: string) => (to.startsWith(`${from}/`) ? to : null)

/**
 * Follows a site to another address: the links and images of its items, in one transaction, and a drift check soon, since tools
 * that move a site write in its database what no hook tells. What was believed of keys and secrets is asked for again.
 */
export function relocate(store: SiteStore, from: readonly string[], to: string, now: number): void {
  const { items, media, database } = store.replica
  const before = [...new Set(from.map((url) => url.replace(/\/+$/, '')))].filter((url) => url !== to)
  database.transaction(() => {
    for (const form of new Set(before.flatMap(addressForms)))
      if (form !== to) items.relocateLinks(form, to, doneBelow(form, to))
    for (const url of before) {
      items.relocateImages(url, to, doneBelow(url, to))
      media.relocate(url, to, doneBelow(url, to))
    }
    if (store.driftChecks.dueAt() !== null) store.driftChecks.plan(now + DRIFT_CHECK_PAUSE_MS)
  })
  store.access.invalidate()
}
