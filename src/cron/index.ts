import { readConfig } from '../config.ts'
import { db } from '../db/client.ts'
import { log } from '../lib/log.ts'
import { recordTick } from '../services/health/record-tick.ts'
import { pruneEvents } from '../services/events/prune.ts'
import { pruneIdempotencyKeys } from '../services/idempotency/prune.ts'
import { reconcileChecks } from './health-checks.ts'

/** Deleted per tick; more than ticks bring, so that the table doesn't grow. */
const PRUNED_PER_TICK = 10_000

/** One job per cron expression of wrangler.toml. */
export async function runScheduled(controller: ScheduledController, env: Env): Promise<void> {
  const config = readConfig(env)
  const now = controller.scheduledTime
  const prune = { db: db(env, null).db, now, limit: PRUNED_PER_TICK }
  const pruned = await pruneIdempotencyKeys(prune)
  const prunedEvents = await pruneEvents({ ...prune, retentionMs: config.eventRetentionMs })
  const site = (siteId: string) => env.SITE_SYNC.getByName(siteId)
  const checks = await reconcileChecks({ db: prune.db, site, now: Date.now }, now)
  // last: a tick that breaks off is none
  await recordTick({ db: prune.db, cron: controller.cron, now })
  log.info('scheduled', { cron: controller.cron, checks, pruned, pruned_events: prunedEvents })
}
