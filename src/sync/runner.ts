import type { Config } from '../config.ts'
import type { EventContext } from '../db/record-event.ts'
import { log } from '../lib/log.ts'
import { openSigningSecrets } from '../lib/link-credentials.ts'
import type { FetchFunction } from './link/http.ts'
import { describeFailure, type SiteFailure } from './failure.ts'
import { fetchStructure } from './fetch-structure.ts'
import { beginRun, projectFailure, projectStructure } from '../db/project.ts'
import { backoffMs, MAX_ATTEMPTS } from './schedule.ts'
import type { LeasedRun, SiteStore } from './store.ts'

/** Longer than a slice may take (the known endpoint, a new search and another call), shorter than an editor's patience. */
const LEASE_MS = 90_000

/** Everything a run touches, injected: the simulator drives the same code with its own. */
export interface RunnerContext extends EventContext {
  store: SiteStore
  config: Config
  /** In [0, 1), for jitter. */
  random: () => number
  fetch: FetchFunction
}

/** Takes on the oldest run that is due and does one slice of it. */
export async function runNext(ctx: RunnerContext): Promise<void> {
  const run = ctx.store.leaseRun(ctx.now(), LEASE_MS)
  if (!run) return
  const startedAt = ctx.now()
  const integration = await beginRun(ctx, run)
  if (!integration?.isActive || !integration.syncEnabled) ctx.store.cancelRuns(run.integrationId, ctx.now())
  if (!integration) return
  try {
    if (run.attempt > MAX_ATTEMPTS) throw new Error('every attempt broke off before its end')
    if (ctx.store.holdsRun(run, ctx.now())) await runStructure(ctx, run, integration, startedAt)
  } catch (cause) {
    await failAttempt(ctx, run, integration.syncEpoch, startedAt, describeFailure(cause))
  }
  if (ctx.store.isCancelled(run)) await projectCancellation(ctx, run, integration.syncEpoch, startedAt)
}

type BegunIntegration = NonNullable<Awaited<ReturnType<typeof beginRun>>>

async function runStructure(ctx: RunnerContext, run: LeasedRun, integration: BegunIntegration, startedAt: number) {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, integration)
  const structure = await fetchStructure(ctx, {
    siteUrl: integration.siteUrl,
    commandsUrl: integration.commandsUrl,
    integrationId: integration.id,
    signingSecrets,
    requestId: run.id,
  })
  if (!ctx.store.holdsRun(run, ctx.now())) return
  const event = { action: 'sync', runId: run.id, direction: run.direction, startedAt }
  const stored = await projectStructure(ctx, run, structure, integration.syncEpoch, event)
  if (!stored) return
  const total = stored.post_types + stored.taxonomies
  ctx.store.setProgress(run, { done: total, total, by_type: {} })
  ctx.store.finishRun(run, ctx.now(), null)
}

/**
 * Puts a failed attempt back into the queue, or ends the run. The row in D1 goes first: if it can't be written the run
 * is still open, and is taken on again when its lease ends.
 */
async function failAttempt(ctx: RunnerContext, run: LeasedRun, epoch: number, startedAt: number, failure: SiteFailure) {
  log.warn('run attempt failed', { run_id: run.id, attempt: run.attempt, code: failure.code, cause: failure.cause })
  if (!ctx.store.holdsRun(run, ctx.now())) return
  const { code, detail, fix } = failure
  const again = failure.retryable && run.attempt < MAX_ATTEMPTS
  const event = { action: 'sync', runId: run.id, direction: run.direction, startedAt, failure: { code, detail } }
  await projectFailure(ctx, run, epoch, again ? 'pending' : 'failed', event)
  const reason = { code, detail, fix }
  const retryAt = ctx.now() + backoffMs(run.attempt, ctx.random(), failure.retryAfterS)
  if (again) ctx.store.retryRun(run, retryAt, reason)
  else ctx.store.finishRun(run, ctx.now(), reason)
}

/** A run that was ended from outside leaves no integration that seems to be syncing for ever. */
async function projectCancellation(ctx: RunnerContext, run: LeasedRun, epoch: number, startedAt: number) {
  const failure = { code: 'cancelled', detail: 'The integration was deleted or switched off.' }
  const event = { action: 'sync', runId: run.id, direction: run.direction, startedAt, failure }
  await projectFailure(ctx, run, epoch, 'pending', event)
}
