import { readConfig } from '../config.ts'
import { db } from '../db/client.ts'
import { createId } from '../lib/ids.ts'
import { log } from '../lib/log.ts'
import { siteObject } from '../lib/site-objects.ts'
import { createApiKeyStore } from '../services/api-keys/index.ts'
import { sealLeftovers } from '../services/audit/index.ts'
import { pruneConnectionChanges } from '../services/connections/index.ts'
import { resealEndpoints } from '../services/endpoints/index.ts'
import type { ServiceContext } from '../services/context.ts'
import { pruneEvents } from '../services/events/index.ts'
import { recordTick } from '../services/health/index.ts'
import { pruneIdempotencyKeys } from '../services/idempotency/index.ts'
import { pruneMail } from '../services/mail/index.ts'
import { pruneNotifications } from '../services/notifications/index.ts'
import { pruneEnded } from '../services/retention/index.ts'
import { pruneAttempts } from '../services/people/index.ts'
import { playDeletions } from './deletions.ts'
import { reconcileChecks } from './health-checks.ts'
import { notify } from './notifications.ts'

/** Rows pruned per tick; more than are added in a minute, so the tables don't grow. */
const PRUNED_PER_TICK = 10_000

/** Accounts per tick whose audit log gets the hashes that a crash left out. */
const SEALED_PER_TICK = 100

/** Endpoints resealed per tick, after a rotation of the encryption key. */
const RESEALED_PER_TICK = 20

/** The context of work for an account without a caller. @param background gets work that the tick waits for at its end */
function createSystemContext(env: Env, accountId: string, background: Promise<unknown>[]): ServiceContext {
  return {
    db: db(env, accountId).db,
    actor: { kind: 'system', accountId },
    requestId: createId('req'),
    now: Date.now,
    newId: createId,
    config: readConfig(env),
    apiKeys: createApiKeyStore(env.API_KEYS),
    background: (work) => void background.push(work),
    // nobody asked for these calls, and a deletion makes none
    chargeUnverified: () => Promise.resolve(),
    site: (siteId) => siteObject(env, siteId),
  }
}

/** Runs the jobs of a tick, which wrangler.toml schedules. */
export async function runScheduled(controller: ScheduledController, env: Env): Promise<void> {
  const config = readConfig(env)
  const now = controller.scheduledTime
  const prune = { db: db(env, null).db, now, limit: PRUNED_PER_TICK }
  const pruned = await pruneIdempotencyKeys(prune)
  const prunedEnded = await pruneEnded(prune)
  const prunedEvents = await pruneEvents({ ...prune, retentionMs: config.eventRetentionMs })
  const prunedChanges = await pruneConnectionChanges(prune)
  const prunedNotifications = await pruneNotifications({ ...prune, retentionMs: config.eventRetentionMs })
  const prunedMail = await pruneMail(prune)
  const prunedAttempts = await pruneAttempts(prune)
  const resealed = await resealEndpoints({ db: prune.db, config, now, limit: RESEALED_PER_TICK })
  const audit = await sealLeftovers({ db: prune.db, pepper: config.apiKeyPepper, now: Date.now }, SEALED_PER_TICK)
  const site = (siteId: string) => siteObject(env, siteId)
  const checks = await reconcileChecks({ db: prune.db, site, now: Date.now }, now)
  const notifications = await notify({ db: prune.db, config, now: Date.now, newId: createId }, now)
  const background: Promise<unknown>[] = []
  const deletions = await playDeletions((accountId) => createSystemContext(env, accountId, background))
  await Promise.allSettled(background)
  // last, so that a tick that fails is not recorded
  await recordTick({ db: prune.db, cron: controller.cron, now })
  log.info('scheduled', {
    cron: controller.cron,
    checks,
    deletions,
    notifications,
    pruned,
    pruned_ended: prunedEnded,
    pruned_events: prunedEvents,
    pruned_changes: prunedChanges,
    pruned_notifications: prunedNotifications,
    pruned_mail: prunedMail,
    pruned_attempts: prunedAttempts,
    resealed,
    audit,
  })
}
