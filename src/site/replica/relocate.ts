import { addressForms, trimSlashes } from '../../lib/site-address.ts'
import type { SiteStore } from './store.ts'

/** Delay of the drift check, so that the plugin can store its new address first. */
const DRIFT_CHECK_PAUSE_MS = 60_000

/** If a site moved into a subfolder of its own address, URLs already below it must not be moved again. */
const alreadyMoved = (from: string, to: string) => (to.startsWith(`${from}/`) ? to : null)

/**
 * Moves a site's items to its new address: changes the URLs of items and images in one transaction. Schedules a drift
 * check, because tools that move a site change its database without calling hooks. Also drops cached keys and
 * credentials.
 */
export function relocate(store: SiteStore, from: readonly string[], to: string, now: number): void {
  const { items, history, media, database } = store.replica
  const before = [...new Set(from.map(trimSlashes))].filter((url) => url !== to)
  database.transaction(() => {
    for (const form of new Set(before.flatMap(addressForms)))
      if (form !== to) items.relocateLinks(form, to, alreadyMoved(form, to))
    for (const url of before) {
      items.relocateImages(url, to, alreadyMoved(url, to))
      history.relocateImages(url, to, alreadyMoved(url, to))
      media.relocate(url, to, alreadyMoved(url, to))
    }
    if (store.driftChecks.dueAt() !== null) store.driftChecks.plan(now + DRIFT_CHECK_PAUSE_MS)
  })
  store.access.invalidate()
}
