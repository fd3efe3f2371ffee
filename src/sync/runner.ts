import type { Config } from '../config.ts'
import type { CountsSnapshot } from '../contract/counts.ts'
import type { ErrorCode } from '../contract/errors.ts'
import { beginRun, project, readIntegration, type Projection, type RunIntegration } from '../db/project.ts'
import type { EventContext } from '../db/record-event.ts'
import { openSigningSecrets } from '../lib/link-credentials.ts'
import { log, withLogIds } from '../lib/log.ts'
import { createAssignment } from './assignment.ts'
import { concludeRun, planAfterSync, queueDueAudit } from './audit.ts'
import { noteDirectFailure, noteDirectSuccess } from './carrier.ts'
import { createEngineContext } from './engine-context.ts'
import { LostLease, type EngineContext } from './engine/context.ts'
import { nextStage, startCursor, type RunCursor } from './engine/cursor.ts'
import { playInbox, postponeInbox } from './engine/inbox.ts'
import { expectProgress } from './engine/read.ts'
import { playSlice } from './engine/slice.ts'
import { describeFailure, type SiteFailure } from './failure.ts'
import { fetchStructure } from './fetch-structure.ts'
import type { FetchFunction } from './link/http.ts'
import { idsOfRun, idsOfSubject } from './log-ids.ts'
import type { Structure } from '../contract/structure.ts'
import { Meter } from './meter.ts'
import type { PortSubject } from './port.ts'
import { readCommandData } from './link/command-data.ts'
import { backoffMs, MAX_ATTEMPTS, MAX_WAIT_MS } from './schedule.ts'
import { findSite, type LinkTarget } from './site-link.ts'
import type { LeasedRun, SiteStore } from './store.ts'
import { Suspended } from './suspended.ts'
import { INBOX } from './tables/journal.ts'

/** Longer than a slice may take: its own time, and two requests that time out. */
const LEASE_MS = 90_000
/** After this no further request of a slice is begun. */
const SLICE_MS = 20_000

/** After as many failures in a row the site was away for so long that it may have lost what it had to tell. */
const OUTAGE_FAILURES = 3

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
  meter: Meter
  integration: RunIntegration
  cursor: RunCursor
  startedAt: number
}

/** Does the next piece of work that is due: a look at what webhooks named, or one slice of the oldest run. */
export async function runNext(ctx: RunnerContext): Promise<void> {
  const run = await takeTurn(ctx)
  if (run) await withLogIds(idsOfRun(run), () => playTurn(ctx, run))
}

/** One slice of a run, and what became of it. */
async function playTurn(ctx: RunnerContext, run: LeasedRun): Promise<void> {
  const startedAt = ctx.now()
  const integration = run.cursor ? await readIntegration(ctx, run) : await beginRun(ctx, run)
  if (!integration?.isActive || !integration.syncEnabled) {
    ctx.store.cancelRuns(run.integrationId, ctx.now())
    ctx.store.postponeRetries(ctx.now() + RETRY_PAUSE_MS)
  }
  if (!integration) return
  const cursor = run.cursor ?? startCursor(run.direction, integration.syncEpoch)
  const meter = new Meter(ctx.now, cursor.progress.done)
  const session = { meter, integration, cursor, startedAt }
  try {
    if (run.failures > MAX_ATTEMPTS) throw new Error('every attempt broke off before its end')
    if (ctx.store.holdsRun(run, ctx.now())) await playRun(meter.watch(ctx), run, session)
  } catch (cause) {
    if (cause instanceof Suspended) ctx.store.suspendRun(run, cause.isBrief ? ctx.now() : ctx.now() + MAX_WAIT_MS)
    else if (!(cause instanceof LostLease)) await failAttempt(ctx, run, session, describeFailure(cause))
  }
  if (ctx.store.isCancelled(run)) await projectCancellation(ctx, run, session)
}

/**
 * Looks at the inbox, then leases the run that is next: the one whose answers have come, else the oldest that is due.
 * @returns null where nothing is due, or everything waits for the site's next call
 */
async function takeTurn(ctx: RunnerContext): Promise<LeasedRun | null> {
  const { store } = ctx
  queueDueAudit(ctx)
  if (store.waitsForSite()) return null
  const open = store.journal.owner()
  // what runs waited for has come
  if (open) store.releaseLeases(ctx.now())
  if (open && open.scope !== INBOX) {
    const run = store.leaseRun(ctx.now(), LEASE_MS, open.scope)
    if (!run) store.journal.forget(open.scope)
    return run
  }
  await lookAtInbox(ctx)
  if (store.waitsForSite()) return null
  return store.leaseRun(ctx.now(), LEASE_MS) ?? leaseRetry(ctx)
}

/** A run for items that failed on their way to the site and are to be tried again; nobody has to ask for it. */
function leaseRetry(ctx: RunnerContext): LeasedRun | null {
  const subject = ctx.store.access.subject()
  if (!subject || !ctx.store.hasRetryDue(ctx.now())) return null
  const call = { ...subject, keyId: null, requestId: ctx.newId('req') }
  ctx.store.enqueueRun(ctx.newId('run'), call, 'to_external', ctx.now())
  return ctx.store.leaseRun(ctx.now(), LEASE_MS)
}

async function linkTarget(
  ctx: RunnerContext,
  integration: RunIntegration,
  request: Pick<LinkTarget, 'requestId' | 'runId'>,
): Promise<LinkTarget> {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, integration, ctx.now())
  return { siteUrl: integration.siteUrl, integrationId: integration.id, signingSecrets, ...request }
}

/** The endpoint that worked last, or where it is found now. */
async function findEndpoint(ctx: RunnerContext, integration: RunIntegration, target: LinkTarget): Promise<string> {
  return integration.commandsUrl ?? (await findSite(ctx, target, null)).commandsUrl
}

async function playRun(ctx: RunnerContext, run: LeasedRun, session: Session): Promise<void> {
  const { cursor, meter } = session
  const target = await linkTarget(ctx, session.integration, { requestId: run.requestId, runId: run.id })
  const holds = () => ctx.store.holdsRun(run, ctx.now())
  let found: string | null = null
  const endpoint = async () => (found ??= await findEndpoint(ctx, session.integration, target))
  const engine = createEngineContext(ctx, { target, endpoint, holds, scope: run.id, meter })
  const save = (position: RunCursor) => {
    ctx.store.saveCursor(run, position)
    for (const step of meter.take(position.progress.done)) ctx.store.steps.add(run, step)
    engine.commit()
  }
  if (cursor.stage === 'structure') {
    const known = { ...target, commandsUrl: session.integration.commandsUrl }
    engine.enter('structure', null)
    const { structure, endpoint: at } = await readStructure(ctx, engine, known)
    found = at
    if (!holds()) throw new LostLease()
    if (!(await project(ctx, run, { epoch: cursor.epoch, structure }))) throw new LostLease()
    if (!holds()) throw new LostLease()
    session.integration = { ...session.integration, structure }
    cursor.stage = nextStage(cursor.stage, run.direction)
    if (cursor.stage === 'read' && run.direction !== 'metadata')
      expectProgress(engine, createAssignment(session.integration, run.direction), cursor)
    ctx.store.replica.database.transaction(() => save(cursor))
  }
  const assignment = createAssignment(session.integration, run.direction)
  const isDone = await playSlice(engine, assignment, cursor, {
    deadline: session.startedAt + SLICE_MS,
    pass: run.id,
    save,
  })
  if (ctx.store.link.read().carrier === 'direct') noteDirectSuccess(ctx.store)
  await endSlice(ctx, run, session, isDone)
}

/** The site's structure, by the carrier that is in use; and where the site answered, if it was called. */
async function readStructure(
  ctx: RunnerContext,
  engine: EngineContext,
  target: LinkTarget & { commandsUrl: string | null },
): Promise<{ structure: Structure; endpoint: string | null }> {
  if (ctx.store.link.read().carrier === 'direct') return fetchStructure(ctx, target)
  const [result] = await engine.send([{ name: 'structure', args: {} }])
  return { structure: readCommandData('structure', result, []), endpoint: null }
}

/** What the tab shows of the replica. */
export const countsOf = ({ replica, audits }: Pick<SiteStore, 'replica' | 'audits'>): CountsSnapshot => {
  const counts = replica.items.counts(replica.terms.counts())
  for (const slug of replica.types.limited()) {
    const entry = (counts.post_types[slug] ??= { synced: 0, failed: 0, conflict: 0 })
    entry.limited = true
  }
  replica.totals.addTo(counts)
  const audit = audits.result()
  return audit ? { ...counts, audit } : counts
}

const eventOf = ({ id, direction, startedAt }: LeasedRun) => ({
  action: direction === 'audit' ? 'audit' : 'sync',
  runId: id,
  direction,
  startedAt,
})

/** Where a run goes round once more: at what was just changed here, or at the start. */
const againFrom = (cursor: RunCursor, direction: LeasedRun['direction']): RunCursor =>
  direction === 'to_external' || direction === 'both'
    ? { ...cursor, stage: 'push', streams: null, pushedAfter: 0 }
    : { ...startCursor(direction, cursor.epoch), counts: cursor.counts, progress: cursor.progress }

/** Tells D1 what the slice brought, in one write; the run ends after its row has. */
async function endSlice(ctx: RunnerContext, run: LeasedRun, { cursor }: Session, isDone: boolean): Promise<void> {
  // the site answers again: the state that says otherwise is looked at now
  if (ctx.store.schedule.failures('health') > 0) ctx.store.schedule.hasten('health', ctx.now())
  if (!isDone) {
    await project(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), isProven: true })
    ctx.store.yieldRun(run, ctx.now())
    return
  }
  const conclusion = ctx.store.replica.database.transaction(() => concludeRun(ctx, run, cursor))
  const event = { ...eventOf(run), ...conclusion }
  const projection: Projection = {
    epoch: cursor.epoch,
    counts: countsOf(ctx.store),
    status: 'success',
    isSynced: true,
    isProven: true,
  }
  await project(ctx, run, { ...projection, event })
  if (ctx.store.takeRepeat(run)) {
    ctx.store.saveCursor(run, againFrom(cursor, run.direction))
    ctx.store.yieldRun(run, ctx.now())
    return
  }
  ctx.store.finishRun(run, ctx.now(), null, cursor.counts)
  logEnd(ctx, run, 'succeeded', cursor)
}

/** What a run came to, in one line: from its request, by its commands, to here. */
function logEnd(ctx: RunnerContext, run: LeasedRun, status: string, { counts }: RunCursor, code?: ErrorCode): void {
  const { requests, bytes, duration_ms } = ctx.store.steps.describe(run.id)
  const spent = { requests, bytes, duration_ms, attempts: run.attempt }
  log.info('run ended', { direction: run.direction, status, counts, ...spent, ...(code !== undefined && { code }) })
}

/**
 * Puts a failed attempt back into the queue, or ends the run. The row in D1 goes first: if it can't be written the run
 * is still open, and is taken on again when its lease ends.
 */
async function failAttempt(
  ctx: RunnerContext,
  run: LeasedRun,
  { cursor, meter }: Session,
  failure: SiteFailure,
): Promise<void> {
  const { code, detail, fix } = failure
  if (!ctx.store.holdsRun(run, ctx.now())) return
  ctx.store.journal.forget(run.id)
  const isSwitched = noteDirectFailure(ctx.store, code, ctx.now())
  const failures = ctx.store.failuresOf(run)
  log.warn('run attempt failed', { failures, code, ...inPlugin(failure), cause: failure.cause })
  for (const step of meter.take(cursor.progress.done, { code, detail, fix })) ctx.store.steps.add(run, step)
  const again = isSwitched || (failure.retryable && failures < MAX_ATTEMPTS)
  if (!again || failures >= OUTAGE_FAILURES) ctx.store.audits.noteOutage()
  const event = { ...eventOf(run), failure: { code, detail } }
  const status = again ? 'pending' : 'failed'
  const brought = cursor.stage === 'structure' ? {} : { counts: countsOf(ctx.store) }
  await project(ctx, run, { epoch: cursor.epoch, ...brought, status, event })
  const reason = { code, detail, fix }
  const pauseMs = isSwitched ? 0 : backoffMs(failures, ctx.random(), failure.retryAfterS)
  const retryAt = ctx.now() + pauseMs
  // whether it is only this run that can't go on, or the site, is for the health check to say; a site that asks to be left alone is
  const lookAt = failure.retryAfterS > 0 ? retryAt : ctx.now()
  if (ctx.store.schedule.failures('health') === 0) ctx.store.schedule.hasten('health', lookAt)
  if (again) ctx.store.retryRun(run, retryAt, reason)
  else {
    ctx.store.finishRun(run, ctx.now(), reason, cursor.counts)
    logEnd(ctx, run, 'failed', cursor, code)
  }
}

/** The request as the site's answer names it: equal to ours where it got as far as the plugin. */
const inPlugin = ({ pluginRequestId }: SiteFailure) =>
  pluginRequestId === null ? {} : { plugin_request_id: pluginRequestId }

/** A run that was ended from outside leaves no integration that seems to be syncing for ever. */
async function projectCancellation(ctx: RunnerContext, run: LeasedRun, { cursor }: Session): Promise<void> {
  const failure = { code: 'cancelled', detail: 'The run was ended from outside.' }
  const event = { ...eventOf(run), failure }
  await project(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), status: 'pending', event })
  logEnd(ctx, run, 'cancelled', cursor)
}

/** An engine for one integration outside of runs. @returns null when the integration is gone or switched off */
export async function openEngine(
  ctx: RunnerContext,
  subject: PortSubject,
  requestId: string,
  scope: string | null = null,
) {
  const integration = await readIntegration(ctx, subject)
  if (!integration?.isActive || !integration.syncEnabled) return null
  const target = await linkTarget(ctx, integration, { requestId })
  let found: string | null = null
  const endpoint = async () => (found ??= await findEndpoint(ctx, integration, target))
  const connect = (): EngineContext => createEngineContext(ctx, { target, endpoint, holds: () => true, scope })
  return { integration, connect, assignment: createAssignment(integration, 'both') }
}

/** Looks at the posts that webhooks named; what the site can't answer now is put off, and stays visible as lag. */
async function lookAtInbox(ctx: RunnerContext): Promise<void> {
  const subject = ctx.store.access.subject()
  const startedAt = ctx.now()
  const isOpen = ctx.store.journal.owner()?.scope === INBOX
  if (!isOpen && ctx.store.replica.inbox.duePosts(startedAt, 1).length === 0) return
  if (!subject) return ctx.store.journal.forget(INBOX)
  // the look belongs to the webhook that has waited longest; where it was none, it is the object's own
  const origins = ctx.store.replica.inbox.origins(startedAt)
  const requestId = origins[0]?.request_id ?? ctx.newId('req')
  await withLogIds({ ...idsOfSubject(subject), request_id: requestId }, () =>
    look(ctx, subject, { requestId, origins, startedAt }),
  )
}

async function look(
  ctx: RunnerContext,
  subject: PortSubject,
  { requestId, origins, startedAt }: { requestId: string; origins: readonly object[]; startedAt: number },
): Promise<void> {
  try {
    const engine = await openEngine(ctx, subject, requestId, INBOX)
    if (!engine) {
      ctx.store.journal.forget(INBOX)
      return ctx.store.replica.inbox.clear()
    }
    const counts = await playInbox(engine.connect(), engine.assignment)
    if (counts) planAfterSync(ctx)
    const event = counts && { action: 'webhook', startedAt, counts, direction: 'from_external' as const }
    if (event) await project(ctx, subject, { epoch: null, counts: countsOf(ctx.store), event })
    if (counts) log.info('webhooks looked at', { counts, origins })
  } catch (cause) {
    if (cause instanceof Suspended) return
    ctx.store.journal.forget(INBOX)
    const failure = describeFailure(cause)
    if (noteDirectFailure(ctx.store, failure.code, ctx.now())) return
    log.warn('webhooks put off', { code: failure.code, origins, ...inPlugin(failure), cause })
    postponeInbox({ replica: ctx.store.replica, now: ctx.now, random: ctx.random }, failure.code)
  }
}
