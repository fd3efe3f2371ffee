import type { Config } from '../config.ts'
import { beginRun, project, readIntegration, type Projection, type RunIntegration } from '../db/project.ts'
import type { EventContext, EventInput } from '../db/record-event.ts'
import { openSigningSecrets } from '../lib/link-credentials.ts'
import { log } from '../lib/log.ts'
import { createAssignment } from './assignment.ts'
import { createEngineContext } from './engine-context.ts'
import { LostLease, type EngineContext } from './engine/context.ts'
import { nextStage, startCursor, type RunCursor } from './engine/cursor.ts'
import { playInbox, postponeInbox } from './engine/inbox.ts'
import { playSlice } from './engine/slice.ts'
import { describeFailure, type SiteFailure } from './failure.ts'
import { fetchStructure } from './fetch-structure.ts'
import type { FetchFunction } from './link/http.ts'
import type { PortSubject } from './port.ts'
import { backoffMs, MAX_ATTEMPTS } from './schedule.ts'
import { findSite, type LinkTarget } from './site-link.ts'
import type { LeasedRun, SiteStore } from './store.ts'

/** Longer than a slice may take: its own time, and two requests that time out. */
const LEASE_MS = 90_000
/** After this no further request of a slice is begun. */
const SLICE_MS = 20_000

/** How long items wait that could not be sent because the integration is switched off. */
const RETRY_PAUSE_MS = 3_600_000

/** Everything a run touches, injected: the simulator drives the same code with its own. */
export interface RunnerContext extends EventContext {
  store: SiteStore
  config: Config
  /** In [0, 1), for jitter. */
  random: () => number
  sleep: (ms: number) => Promise<void>
  fetch: FetchFunction
}

interface Session {
  integration: RunIntegration
  cursor: RunCursor
  startedAt: number
}

/** Does the next piece of work that is due: a look at what webhooks named, or one slice of the oldest run. */
export async function runNext(ctx: RunnerContext): Promise<void> {
  await lookAtInbox(ctx)
  const run = ctx.store.leaseRun(ctx.now(), LEASE_MS) ?? leaseRetry(ctx)
  if (!run) return
  const startedAt = ctx.now()
  const integration = run.cursor ? await readIntegration(ctx, run) : await beginRun(ctx, run)
  if (!integration?.isActive || !integration.syncEnabled) {
    ctx.store.cancelRuns(run.integrationId, ctx.now())
    ctx.store.postponeRetries(ctx.now() + RETRY_PAUSE_MS)
  }
  if (!integration) return
  const cursor = run.cursor ?? startCursor(run.direction, integration.syncEpoch)
  const session = { integration, cursor, startedAt }
  try {
    if (run.failures > MAX_ATTEMPTS) throw new Error('every attempt broke off before its end')
    if (ctx.store.holdsRun(run, ctx.now())) await playRun(ctx, run, session)
  } catch (cause) {
    if (!(cause instanceof LostLease)) await failAttempt(ctx, run, session, describeFailure(cause))
  }
  if (ctx.store.isCancelled(run)) await projectCancellation(ctx, run, session)
}

/** A run for items that failed on their way to the site and are to be tried again; nobody has to ask for it. */
function leaseRetry(ctx: RunnerContext): LeasedRun | null {
  const subject = ctx.store.access.subject()
  if (!subject || !ctx.store.hasRetryDue(ctx.now())) return null
  const call = { ...subject, keyId: null, requestId: ctx.newId('req') }
  ctx.store.enqueueRun(ctx.newId('run'), call, 'to_external', ctx.now())
  return ctx.store.leaseRun(ctx.now(), LEASE_MS)
}

async function linkTarget(ctx: RunnerContext, integration: RunIntegration, requestId: string): Promise<LinkTarget> {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, integration, ctx.now())
  return { siteUrl: integration.siteUrl, integrationId: integration.id, signingSecrets, requestId }
}

/** The endpoint that worked last, or where it is found now. */
async function findEndpoint(ctx: RunnerContext, integration: RunIntegration, target: LinkTarget): Promise<string> {
  return integration.commandsUrl ?? (await findSite(ctx, target, null)).commandsUrl
}

async function playRun(ctx: RunnerContext, run: LeasedRun, session: Session): Promise<void> {
  const { cursor } = session
  const target = await linkTarget(ctx, session.integration, run.id)
  const holds = () => ctx.store.holdsRun(run, ctx.now())
  const save = (position: RunCursor) => ctx.store.saveCursor(run, position)
  let endpoint: string
  if (cursor.stage === 'structure') {
    const found = await fetchStructure(ctx, { ...target, commandsUrl: session.integration.commandsUrl })
    if (!holds()) throw new LostLease()
    if (!(await project(ctx, run, { epoch: cursor.epoch, structure: found.structure }))) throw new LostLease()
    if (!holds()) throw new LostLease()
    endpoint = found.endpoint
    session.integration = { ...session.integration, structure: found.structure }
    cursor.stage = nextStage(cursor.stage, run.direction)
    save(cursor)
  } else endpoint = await findEndpoint(ctx, session.integration, target)
  const engine = createEngineContext(ctx, { ...target, endpoint }, holds)
  const assignment = createAssignment(session.integration, run.direction)
  const isDone = await playSlice(engine, assignment, cursor, {
    deadline: session.startedAt + SLICE_MS,
    pass: run.id,
    save,
  })
  await endSlice(ctx, run, session, isDone)
}

/** What the tab shows of the replica. */
export const countsOf = ({ replica }: Pick<SiteStore, 'replica'>) => {
  const counts = replica.items.counts(replica.terms.counts())
  for (const slug of replica.types.limited()) {
    const entry = (counts.post_types[slug] ??= { synced: 0, failed: 0, conflict: 0 })
    entry.limited = true
  }
  return counts
}

/** Where a run goes round once more: at what was just changed here, or at the start. */
const againFrom = (cursor: RunCursor, direction: LeasedRun['direction']): RunCursor =>
  direction === 'to_external' || direction === 'both'
    ? { ...cursor, stage: 'push', streams: null, pushedAfter: 0 }
    : { ...startCursor(direction, cursor.epoch), counts: cursor.counts, progress: cursor.progress }

/** Tells D1 what the slice brought, in one write; the run ends after its row has. */
async function endSlice(
  ctx: RunnerContext,
  run: LeasedRun,
  { cursor, startedAt }: Session,
  isDone: boolean,
): Promise<void> {
  const projection: Projection = { epoch: cursor.epoch, counts: countsOf(ctx.store) }
  if (!isDone) {
    await project(ctx, run, projection)
    ctx.store.yieldRun(run, ctx.now())
    return
  }
  const event: EventInput = {
    action: 'sync',
    runId: run.id,
    direction: run.direction,
    startedAt,
    counts: cursor.counts,
    ...(cursor.warnings.length > 0 && { note: cursor.warnings.join('; ') }),
  }
  await project(ctx, run, { ...projection, status: 'success', isSynced: true, event })
  if (ctx.store.takeRepeat(run)) {
    ctx.store.saveCursor(run, againFrom(cursor, run.direction))
    ctx.store.yieldRun(run, ctx.now())
    return
  }
  ctx.store.finishRun(run, ctx.now(), null, cursor.counts)
}

/**
 * Puts a failed attempt back into the queue, or ends the run. The row in D1 goes first: if it can't be written the run
 * is still open, and is taken on again when its lease ends.
 */
async function failAttempt(
  ctx: RunnerContext,
  run: LeasedRun,
  { cursor, startedAt }: Session,
  failure: SiteFailure,
): Promise<void> {
  const { code, detail, fix } = failure
  if (!ctx.store.holdsRun(run, ctx.now())) return
  const failures = ctx.store.failuresOf(run)
  log.warn('run attempt failed', { run_id: run.id, failures, code, cause: failure.cause })
  const again = failure.retryable && failures < MAX_ATTEMPTS
  const event = { action: 'sync', runId: run.id, direction: run.direction, startedAt, failure: { code, detail } }
  const status = again ? 'pending' : 'failed'
  const brought = cursor.stage === 'structure' ? {} : { counts: countsOf(ctx.store) }
  await project(ctx, run, { epoch: cursor.epoch, ...brought, status, event })
  const reason = { code, detail, fix }
  const retryAt = ctx.now() + backoffMs(failures, ctx.random(), failure.retryAfterS)
  if (again) ctx.store.retryRun(run, retryAt, reason)
  else ctx.store.finishRun(run, ctx.now(), reason, cursor.counts)
}

/** A run that was ended from outside leaves no integration that seems to be syncing for ever. */
async function projectCancellation(ctx: RunnerContext, run: LeasedRun, { cursor, startedAt }: Session): Promise<void> {
  const failure = { code: 'cancelled', detail: 'The run was ended from outside.' }
  const event = { action: 'sync', runId: run.id, direction: run.direction, startedAt, failure }
  await project(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), status: 'pending', event })
}

/** An engine for one integration outside of runs. @returns null when the integration is gone or switched off */
export async function openEngine(ctx: RunnerContext, subject: PortSubject, requestId: string) {
  const integration = await readIntegration(ctx, subject)
  if (!integration?.isActive || !integration.syncEnabled) return null
  const target = await linkTarget(ctx, integration, requestId)
  const connect = async (): Promise<EngineContext> => {
    const endpoint = await findEndpoint(ctx, integration, target)
    return createEngineContext(ctx, { ...target, endpoint }, () => true)
  }
  return { integration, connect, assignment: createAssignment(integration, 'both') }
}

/** Looks at the posts that webhooks named; what the site can't answer now is put off, and stays visible as lag. */
async function lookAtInbox(ctx: RunnerContext): Promise<void> {
  const subject = ctx.store.access.subject()
  const startedAt = ctx.now()
  if (!subject || ctx.store.replica.inbox.duePosts(startedAt, 1).length === 0) return
  try {
    const engine = await openEngine(ctx, subject, ctx.newId('req'))
    if (!engine) return ctx.store.replica.inbox.clear()
    const counts = await playInbox(await engine.connect(), engine.assignment)
    const event = counts && { action: 'webhook', startedAt, counts, direction: 'from_external' as const }
    if (event) await project(ctx, subject, { epoch: null, counts: countsOf(ctx.store), event })
  } catch (cause) {
    const failure = describeFailure(cause)
    log.warn('webhooks put off', { code: failure.code, cause })
    postponeInbox({ replica: ctx.store.replica, now: ctx.now, random: ctx.random }, failure.code)
  }
}
