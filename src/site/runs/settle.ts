import { writeProjection } from '../../db/projection.ts'
import { log } from '../../lib/log.ts'
import type { IntegrationRef } from '../rpc.ts'
import type { ObjectContext } from './context.ts'
import { countsOf } from './counts.ts'
import { fenceRuns } from './play-changes.ts'

/** All sites of a deployment may come back at once: their checks are spread over this time. */
const SPREAD_MS = 600_000

/**
 * Brings an object in order whose tables are those of an earlier moment: it was wound back, or loaded from a backup. What
 * it remembered of keys and credentials may be out of date, and so may every run; what the site did since is found by the
 * watermarks of then and by a drift check.
 * @param integration the site's integration in D1; null if there is none
 * @param rewind the moment that the platform wound the object back to, if it did
 */
export async function settleRestored(
  ctx: ObjectContext,
  integration: IntegrationRef | null,
  rewind: { id: string; to: number } | null,
): Promise<void> {
  const { store, now, random } = ctx
  store.replica.database.transaction(() => {
    store.access.invalidate()
    if (integration) store.access.setIntegration(integration)
    if (rewind !== null && store.replica.restores.find(rewind.id) === null)
      store.replica.restores.add({
        id: rewind.id,
        kind: 'rewind',
        to_at: rewind.to,
        at: now(),
        state: 'done',
        newer: 'keep',
        undoes: null,
      })
  })
  if (!integration) return
  await fenceRuns(ctx)
  store.schedule.ensure('health', now() + Math.round(SPREAD_MS * random()))
  store.driftChecks.plan(now() + Math.round(SPREAD_MS * random()))
  await writeProjection(ctx, integration, { epoch: null, counts: countsOf(store) })
  log.info('object settled', { ...(rewind !== null && { rewound_to: rewind.to }) })
}
