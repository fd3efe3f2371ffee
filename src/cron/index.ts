import { readConfig } from '../config.ts'
import { openDatabases } from '../db/events/shards.ts'
import { openByName } from '../db/databases.ts'
import type { Measure } from '../db/measured.ts'
import { QueryBudget } from '../db/query-budget.ts'
import { createId } from '../lib/ids.ts'
import { log } from '../lib/log.ts'
import { collectMetrics, observe } from '../lib/metrics.ts'
import { siteObject } from '../lib/site-objects.ts'
import { type ApiKeyStore, createApiKeyStore } from '../services/api-keys/index.ts'
import { sealLeftovers } from '../services/audit/index.ts'
import { pruneConnectionChanges } from '../services/connections/index.ts'
import { resealEndpoints } from '../services/endpoints/index.ts'
import type { ServiceContext } from '../services/context.ts'
import { pruneEvents, trimEvents } from '../services/events/index.ts'
import { areFiguresDue, recordFigures } from '../services/figures/index.ts'
import { type JobOutcome, recordTick } from '../services/health/index.ts'
import { pruneIdempotencyKeys } from '../services/idempotency/index.ts'
import { pruneMail } from '../services/mail/index.ts'
import { pruneNotifications } from '../services/notifications/index.ts'
import { pruneEnded } from '../services/retention/index.ts'
import { pruneSignInAttempts } from '../services/people/index.ts'
import { recordSizes, SIZES_EVERY_MS, takeOver } from '../services/shards/index.ts'
import { measureWaiting } from '../services/waiting/index.ts'
import { playDeletions } from './deletions.ts'
import { exportMetrics } from './export-metrics.ts'
import { reconcileChecks } from './health-checks.ts'
import { notify } from './notifications.ts'
import { playSuspensions } from './suspensions.ts'

/** Most rows that a job deletes from one table per tick; more than are added in a minute, so the tables don't grow. */
const PRUNED_PER_TICK = 10_000

/** Accounts per tick whose audit logs get the hashes that a crash left out. */
const SEALED_PER_TICK = 100

/** Endpoints resealed per tick, after a rotation of the encryption key. */
const RESEALED_PER_TICK = 20

interface Tick {
  env: Env
  /** Of the whole tick, over all accounts. */
  budget: QueryBudget
}

/** Opens the databases; their queries count against the tick's budget. */
function openCounted({ env, budget }: Tick, accountId: string | null) {
  const measure: Measure = (work, queries) => {
    budget.spend(queries)
    return work()
  }
  return openDatabases(env, accountId, measure)
}

/** API keys in KV. KV allows 1,000 operations per invocation, so its writes count like queries. */
const countWrites = (store: ApiKeyStore, budget: QueryBudget): ApiKeyStore => ({
  ...store,
  put: (...args) => {
    budget.spend(1)
    return store.put(...args)
  },
  remove: (hash) => {
    budget.spend(1)
    return store.remove(hash)
  },
})

/** The context of work for an account without a caller. */
function createSystemContext(tick: Tick, accountId: string): ServiceContext {
  const { env, budget } = tick
  return {
    ...openCounted(tick, accountId),
    databases: openByName(env),
    queriesLeft: budget.left,
    actor: { kind: 'system', accountId },
    requestId: createId('req'),
    now: Date.now,
    newId: createId,
    config: readConfig(env),
    apiKeys: countWrites(createApiKeyStore(env.API_KEYS), budget),
    // each slice of a deletion or a suspension replaces this function, and awaits its work
    background: () => {
      throw new Error('a tick has no background work')
    },
    // there is no caller to charge, and neither job calls an unverified address
    chargeUnverified: () => Promise.resolve(),
    site: (siteId) => siteObject(env, siteId),
  }
}

const TICK_MS = 60_000
const areSizesDue = (now: number) => Math.floor(now / TICK_MS) % (SIZES_EVERY_MS / TICK_MS) === 0

/** Runs jobs one after another, measures each, and notes how it ended. One that fails is logged, and stops no other. */
function createJobs() {
  const outcomes: Record<string, unknown> = {}
  const jobs: Record<string, JobOutcome> = {}
  const failed: string[] = []
  return {
    outcomes,
    jobs,
    failed,
    run: async (job: string, work: () => Promise<unknown>): Promise<void> => {
      const startedAt = Date.now()
      const note = (ok: boolean) => {
        const ms = Date.now() - startedAt
        jobs[job] = { at: Date.now(), ms, ok }
        observe('job', { job, outcome: ok ? 'done' : 'failed' }, ms)
      }
      try {
        outcomes[job] = await work()
        note(true)
      } catch (cause) {
        failed.push(job)
        note(false)
        log.error('job failed', { job, cause })
      }
    },
  }
}

/**
 * Runs the jobs of a tick, which wrangler.toml schedules.
 * @throws Error if a job failed. The jobs of such a tick are recorded, but it doesn't count as the last tick, so
 *   `/healthz` is degraded if that goes on
 */
export async function runScheduled(controller: ScheduledController, env: Env): Promise<void> {
  const { result: failed, points } = await collectMetrics(() => runJobs(controller, env))
  await exportMetrics(readConfig(env), points, controller.scheduledTime)
  if (failed.length > 0) throw new Error(`jobs failed: ${failed.join(', ')}`)
}

/** @returns the names of the jobs that failed */
async function runJobs(controller: ScheduledController, env: Env): Promise<readonly string[]> {
  const config = readConfig(env)
  const now = controller.scheduledTime
  const tick: Tick = { env, budget: new QueryBudget() }
  const databases = openCounted(tick, null)
  const pruneInput = { db: databases.db, now, limit: PRUNED_PER_TICK }
  const shards = databases.events.all()
  const retentionInput = { shards, now, limit: PRUNED_PER_TICK, retentionMs: config.eventRetentionMs }
  const site = (siteId: string) => siteObject(env, siteId)
  const { outcomes, jobs, failed, run } = createJobs()
  await run('pruned_idempotency_keys', () => pruneIdempotencyKeys(pruneInput))
  await run('pruned_ended', () => pruneEnded(pruneInput))
  await run('pruned_events', () => pruneEvents(retentionInput))
  await run('trimmed_events', () => trimEvents({ shards, limit: PRUNED_PER_TICK }))
  await run('pruned_changes', () => pruneConnectionChanges(pruneInput))
  await run('pruned_notifications', () => pruneNotifications(retentionInput))
  await run('pruned_mail', () => pruneMail(pruneInput))
  await run('pruned_attempts', () => pruneSignInAttempts(pruneInput))
  await run('resealed', () => resealEndpoints({ db: pruneInput.db, config, now, limit: RESEALED_PER_TICK }))
  const sealing = { db: pruneInput.db, pepper: config.apiKeyPepper, now: Date.now }
  await run('audit', () => sealLeftovers(sealing, SEALED_PER_TICK))
  await run('checks', () => reconcileChecks({ db: pruneInput.db, site, now: Date.now }, now))
  await run('taken_over', () => takeOver(databases))
  await run('notifications', () => notify({ ...databases, config, now: Date.now, newId: createId }, now))
  await run('suspensions', () => playSuspensions((accountId) => createSystemContext(tick, accountId)))
  await run('deletions', () => playDeletions((accountId) => createSystemContext(tick, accountId)))
  if (areSizesDue(now)) {
    await run('sizes', () => recordSizes({ ...databases, now }))
    await run('waiting', () => measureWaiting({ ...databases, now }))
  }
  if (areFiguresDue(now)) await run('figures', () => recordFigures({ ...databases, now }))
  // last, because a tick with a failed job doesn't count for `/healthz`
  const isWhole = failed.length === 0
  await run('tick', () => recordTick({ db: pruneInput.db, cron: controller.cron, now, jobs, isWhole }))
  log.info('scheduled', { cron: controller.cron, failed, ...outcomes })
  return failed
}
