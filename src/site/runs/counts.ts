import type { CountsSnapshot } from '../../contract/counts.ts'
import { writeProjection } from '../../db/projection.ts'
import { log } from '../../lib/log.ts'
import type { SiteStore } from '../replica/store.ts'
import type { ObjectContext } from './context.ts'

/** The counts of the replica, as D1 stores them and the Content Types tab shows them. */
export const countsOf = ({ replica, driftChecks }: Pick<SiteStore, 'replica' | 'driftChecks'>): CountsSnapshot => {
  const counts = replica.counters.counts(replica.terms.counts())
  for (const slug of replica.types.limited()) {
    const entry = (counts.post_types[slug] ??= { synced: 0, failed: 0, conflict: 0 })
    entry.limited = true
  }
  replica.totals.addTo(counts)
  const driftCheck = driftChecks.result()
  return driftCheck ? { ...counts, drift_check: driftCheck } : counts
}

/** Writes the counts to D1 after a change made in IGNY8. If that fails, the next projection brings them. */
export async function writeCounts(ctx: ObjectContext): Promise<void> {
  const integration = ctx.store.access.integration()
  if (!integration) return
  try {
    await writeProjection(ctx, integration, { epoch: null, counts: countsOf(ctx.store) })
  } catch (cause) {
    log.warn('counts not projected', { cause })
  }
}
