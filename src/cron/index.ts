import { readConfig } from '../config.ts'
import { db } from '../db/client.ts'
import { log } from '../lib/log.ts'
import { createApiKeyStore } from '../services/api-keys/store.ts'
import { pruneEvents } from '../services/events/prune.ts'
import { pruneIdempotencyKeys } from '../services/idempotency/prune.ts'
import { createSystemContext } from '../services/system-context.ts'
import { checkHealth } from './health-checks.ts'

/** Deleted per tick; more than ticks bring, so that the table doesn't grow. */
const PRUNED_PER_TICK = 10_000

/** One job per cron expression of wrangler.toml. */
export async function runScheduled(
  controller: ScheduledController,
  env: Env,
  execution: Pick<ExecutionContext, 'waitUntil'>,
): Promise<void> {
  const config = readConfig(env)
  const surroundings = {
    config,
    apiKeys: createApiKeyStore(env.API_KEYS),
    background: (work: Promise<unknown>) => execution.waitUntil(work),
    site: (siteId: string) => env.SITE_SYNC.getByName(siteId),
  }
  const systemContext = (accountId: string) =>
    createSystemContext({ ...surroundings, db: db(env, accountId).db }, accountId)
  const now = controller.scheduledTime
  const prune = { db: db(env, null).db, now, limit: PRUNED_PER_TICK }
  const pruned = await pruneIdempotencyKeys(prune)
  const prunedEvents = await pruneEvents({ ...prune, retentionMs: config.eventRetentionMs })
  const checked = await checkHealth(systemContext, now)
  log.info('scheduled', { cron: controller.cron, checked, pruned, pruned_events: prunedEvents })
}
