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

/** Longer than a slice may take, shorter than an editor's patience. */
const LEASE_MS = 60_000

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
  if (!ctx.store.holdsRun(run, ctx.now())) return
  if (!integration?.isActive || !integration.syncEnabled) {
    ctx.store.cancelRuns(run.integrationId, ctx.now())
    return
  }
  try {
    await runStructure(ctx, run, integration, startedAt)
  } catch (cause) {
    await failAttempt(ctx, run, integration.syncEpoch, startedAt, describeFailure(cause))
  }
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

async function failAttempt(ctx: RunnerContext, run: LeasedRun, epoch: number, startedAt: number, failure: SiteFailure) {
  log.warn('run attempt failed', { run_id: run.id, attempt: run.attempt, code: failure.code, cause: failure.cause })
  const { code, detail, fix } = failure
  const again = failure.retryable && run.attempt < MAX_ATTEMPTS
  if (again) {
    ctx.store.retryRun(run, ctx.now() + backoffMs(run.attempt, ctx.random(), failure.retryAfterS), {
      code,
      detail,
      fix,
    })
  } else if (!ctx.store.finishRun(run, ctx.now(), { code, detail, fix })) return
  await projectFailure(ctx, run, epoch, again ? 'pending' : 'failed', {
    action: 'sync',
    runId: run.id,
    direction: run.direction,
    startedAt,
    failure: { code, detail },
  })
}
