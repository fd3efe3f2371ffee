import type { Config } from '../../config.ts'
import type { CountsSnapshot } from '../../contract/counts.ts'
import type { ErrorCode } from '../../contract/errors.ts'
import {
  beginRun,
  writeProjection,
  readIntegration,
  type Projection,
  type RunIntegration,
} from '../../db/projection.ts'
import type { EventContext } from '../../db/record-event.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { log, withLogIds } from '../../lib/log.ts'
import { createRunConfig } from './run-config.ts'
import { concludeRun, planAfterSync, queueDueDriftCheck } from '../drift/plan.ts'
import { noteDirectFailure, noteDirectSuccess } from '../transport/choice.ts'
import { createEngineContext } from './engine.ts'
import { LostLease, type EngineContext } from '../stages/context.ts'
import { nextStage, startCursor } from '../stages/cursor.ts'
import type { RunCursor } from '../replica/tables/run-cursor.ts'
import { playInbox, deferInbox } from '../stages/inbox.ts'
import { expectProgress } from '../stages/read.ts'
import { playSlice } from './slice.ts'
import { describeFailure, type SiteFailure } from '../transport/failure.ts'
import { fetchStructure } from '../stages/structure.ts'
import type { FetchFunction } from '../transport/direct/http.ts'
import { idsOfRun, idsOfIntegration } from './log-ids.ts'
import type { Structure } from '../../contract/structure.ts'
import { Meter } from './meter.ts'
import type { IntegrationRef } from '../rpc.ts'
import { readCommandData } from '../transport/direct/command-data.ts'
import { backoffMs, MAX_ATTEMPTS, MAX_WAIT_MS } from '../../lib/backoff.ts'
import { findSite, type LinkTarget } from '../transport/site-link.ts'
import type { LeasedRun } from '../replica/tables/runs.ts'
import type { SiteStore } from '../replica/store.ts'
import { Suspended } from '../transport/suspended.ts'
import { INBOX } from '../replica/tables/command-log.ts'

/** Longer than a slice may take: its own time, and two requests that time out. */
const LEASE_MS = 90_000
/** After this no further request of a slice is begun. */
const SLICE_MS = 20_000

/** After as many failures in a row the site was away for so long that it may have lost what it had to tell. */
const OUTAGE_FAILURES = 3

/** How long items wait that could not be sent because the integration is switched off. */
const RETRY_PAUSE_MS = 3_600_000

/** Everything a run touches, injected: the simulator drives the same code with its own. */
export interface ObjectContext extends EventContext {
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
export async function runNext(ctx: ObjectContext): Promise<void> {
  const run = await takeTurn(ctx)
  if (run) await withLogIds(idsOfRun(run), () => playTurn(ctx, run))
}

/** One slice of a run, and what became of it. */
async function playTurn(ctx: ObjectContext, run: LeasedRun): Promise<void> {
  const startedAt = ctx.now()
  const integration = run.cursor ? await readIntegration(ctx, run) : await beginRun(ctx, run)
  if (!integration?.isActive || !integration.syncEnabled) {
    ctx.store.runs.cancelAll(run.integrationId, ctx.now())
    ctx.store.replica.items.deferRetries(ctx.now() + RETRY_PAUSE_MS)
  }
  if (!integration) return
  const cursor = run.cursor ?? startCursor(run.direction, integration.syncEpoch)
  const meter = new Meter(ctx.now, cursor.progress.done)
  const session = { meter, integration, cursor, startedAt }
  try {
    if (run.failures > MAX_ATTEMPTS) throw new Error('every attempt broke off before its end')
    if (ctx.store.runs.holds(run, ctx.now())) await playRun(meter.watch(ctx), run, session)
  } catch (cause) {
    if (cause instanceof Suspended) ctx.store.runs.suspend(run, cause.isBrief ? ctx.now() : ctx.now() + MAX_WAIT_MS)
    else if (!(cause instanceof LostLease)) await failAttempt(ctx, run, session, describeFailure(cause))
  }
  if (ctx.store.runs.isCancelled(run)) await writeCancellation(ctx, run, session)
}

/**
 * Looks at the inbox, then leases the run that is next: the one whose answers have come, else the oldest that is due.
 * @returns null where nothing is due, or everything waits for the site's next call
 */
async function takeTurn(ctx: ObjectContext): Promise<LeasedRun | null> {
  const { store } = ctx
  queueDueDriftCheck(ctx)
  if (store.waitsForSite()) return null
  const open = store.commandLog.owner()
  // what runs waited for has come
  if (open) store.runs.releaseLeases(ctx.now())
  if (open && open.workId !== INBOX) {
    const run = store.runs.lease(ctx.now(), LEASE_MS, open.workId)
    if (!run) store.commandLog.forget(open.workId)
    return run
  }
  await processInbox(ctx)
  if (store.waitsForSite()) return null
  return store.runs.lease(ctx.now(), LEASE_MS) ?? leaseRetry(ctx)
}

/** A run for items that failed on their way to the site and are to be tried again; nobody has to ask for it. */
function leaseRetry(ctx: ObjectContext): LeasedRun | null {
  const integrationRef = ctx.store.access.integration()
  if (!integrationRef || !ctx.store.replica.items.hasRetryDue(ctx.now())) return null
  const call = { ...integrationRef, keyId: null, requestId: ctx.newId('req') }
  ctx.store.runs.enqueue(ctx.newId('run'), call, 'to_external', ctx.now())
  return ctx.store.runs.lease(ctx.now(), LEASE_MS)
}

async function linkTarget(
  ctx: ObjectContext,
  integration: RunIntegration,
  request: Pick<LinkTarget, 'requestId' | 'runId'>,
): Promise<LinkTarget> {
  const signingSecrets = await openSigningSecrets(ctx.config.keyRing, integration, ctx.now())
  return { siteUrl: integration.siteUrl, integrationId: integration.id, signingSecrets, ...request }
}

/** The endpoint that worked last, or where it is found now. */
async function findEndpoint(ctx: ObjectContext, integration: RunIntegration, target: LinkTarget): Promise<string> {
  return integration.commandsUrl ?? (await findSite(ctx, target, null)).commandsUrl
}

async function playRun(ctx: ObjectContext, run: LeasedRun, session: Session): Promise<void> {
  const { cursor, meter } = session
  const target = await linkTarget(ctx, session.integration, { requestId: run.requestId, runId: run.id })
  const holds = () => ctx.store.runs.holds(run, ctx.now())
  let found: string | null = null
  const endpoint = async () => (found ??= await findEndpoint(ctx, session.integration, target))
  const engine = createEngineContext(ctx, { target, endpoint, holds, workId: run.id, meter })
  const save = (position: RunCursor) => {
    ctx.store.runs.saveCursor(run, position)
    for (const step of meter.take(position.progress.done)) ctx.store.steps.add(run, step)
    engine.commit()
  }
  if (cursor.stage === 'structure') {
    const known = { ...target, commandsUrl: session.integration.commandsUrl }
    engine.enter('structure', null)
    const { structure, endpoint: at } = await readStructure(ctx, engine, known)
    found = at
    if (!holds()) throw new LostLease()
    if (!(await writeProjection(ctx, run, { epoch: cursor.epoch, structure }))) throw new LostLease()
    if (!holds()) throw new LostLease()
    session.integration = { ...session.integration, structure }
    cursor.stage = nextStage(cursor.stage, run.direction)
    if (cursor.stage === 'read' && run.direction !== 'metadata')
      expectProgress(engine, createRunConfig(session.integration, run.direction), cursor)
    ctx.store.replica.database.transaction(() => save(cursor))
  }
  const runConfig = createRunConfig(session.integration, run.direction)
  const isDone = await playSlice(engine, runConfig, cursor, {
    deadline: session.startedAt + SLICE_MS,
    pass: run.id,
    save,
  })
  if (ctx.store.transport.read().transport === 'direct') noteDirectSuccess(ctx.store)
  await endSlice(ctx, run, session, isDone)
}

/** The site's structure, by the transport that is in use; and where the site answered, if it was called. */
async function readStructure(
  ctx: ObjectContext,
  engine: EngineContext,
  target: LinkTarget & { commandsUrl: string | null },
): Promise<{ structure: Structure; endpoint: string | null }> {
  if (ctx.store.transport.read().transport === 'direct') return fetchStructure(ctx, target)
  const [result] = await engine.send([{ name: 'structure', args: {} }])
  return { structure: readCommandData('structure', result, []), endpoint: null }
}

/** What the tab shows of the replica. */
export const countsOf = ({ replica, driftChecks }: Pick<SiteStore, 'replica' | 'driftChecks'>): CountsSnapshot => {
  const counts = replica.items.counts(replica.terms.counts())
  for (const slug of replica.types.limited()) {
    const entry = (counts.post_types[slug] ??= { synced: 0, failed: 0, conflict: 0 })
    entry.limited = true
  }
  replica.totals.addTo(counts)
  const driftCheck = driftChecks.result()
  return driftCheck ? { ...counts, drift_check: driftCheck } : counts
}

const eventOf = ({ id, direction, startedAt }: LeasedRun) => ({
  action: direction === 'drift_check' ? 'drift_check' : 'sync',
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
async function endSlice(ctx: ObjectContext, run: LeasedRun, { cursor }: Session, isDone: boolean): Promise<void> {
  // the site answers again: the state that says otherwise is looked at now
  if (ctx.store.schedule.failures('health') > 0) ctx.store.schedule.makeDue('health', ctx.now())
  if (!isDone) {
    await writeProjection(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), isVerified: true })
    ctx.store.runs.yield(run, ctx.now())
    return
  }
  const conclusion = ctx.store.replica.database.transaction(() => concludeRun(ctx, run, cursor))
  const event = { ...eventOf(run), ...conclusion }
  const projection: Projection = {
    epoch: cursor.epoch,
    counts: countsOf(ctx.store),
    status: 'success',
    isSynced: true,
    isVerified: true,
  }
  await writeProjection(ctx, run, { ...projection, event })
  if (ctx.store.runs.takeRepeat(run)) {
    ctx.store.runs.saveCursor(run, againFrom(cursor, run.direction))
    ctx.store.runs.yield(run, ctx.now())
    return
  }
  ctx.store.runs.finish(run, ctx.now(), null, cursor.counts)
  logEnd(ctx, run, 'succeeded', cursor)
}

/** What a run came to, in one line: from its request, by its commands, to here. */
function logEnd(ctx: ObjectContext, run: LeasedRun, status: string, { counts }: RunCursor, code?: ErrorCode): void {
  const { requests, bytes, duration_ms } = ctx.store.steps.describe(run.id)
  const spent = { requests, bytes, duration_ms, attempts: run.attempt }
  log.info('run ended', { direction: run.direction, status, counts, ...spent, ...(code !== undefined && { code }) })
}

/**
 * Puts a failed attempt back into the queue, or ends the run. The row in D1 goes first: if it can't be written the run
 * is still open, and is taken on again when its lease ends.
 */
async function failAttempt(
  ctx: ObjectContext,
  run: LeasedRun,
  { cursor, meter }: Session,
  failure: SiteFailure,
): Promise<void> {
  const { code, detail, fix } = failure
  if (!ctx.store.runs.holds(run, ctx.now())) return
  ctx.store.commandLog.forget(run.id)
  const isSwitched = noteDirectFailure(ctx.store, code, ctx.now())
  const failures = ctx.store.runs.failuresOf(run)
  log.warn('run attempt failed', { failures, code, ...inPlugin(failure), cause: failure.cause })
  for (const step of meter.take(cursor.progress.done, { code, detail, fix })) ctx.store.steps.add(run, step)
  const again = isSwitched || (failure.retryable && failures < MAX_ATTEMPTS)
  if (!again || failures >= OUTAGE_FAILURES) ctx.store.driftChecks.noteOutage()
  const event = { ...eventOf(run), failure: { code, detail } }
  const status = again ? 'pending' : 'failed'
  const brought = cursor.stage === 'structure' ? {} : { counts: countsOf(ctx.store) }
  await writeProjection(ctx, run, { epoch: cursor.epoch, ...brought, status, event })
  const reason = { code, detail, fix }
  const pauseMs = isSwitched ? 0 : backoffMs(failures, ctx.random(), failure.retryAfterS)
  const retryAt = ctx.now() + pauseMs
  // whether it is only this run that can't go on, or the site, is for the health check to say; a site that asks to be left alone is
  const lookAt = failure.retryAfterS > 0 ? retryAt : ctx.now()
  if (ctx.store.schedule.failures('health') === 0) ctx.store.schedule.makeDue('health', lookAt)
  if (again) ctx.store.runs.retry(run, retryAt, reason)
  else {
    ctx.store.runs.finish(run, ctx.now(), reason, cursor.counts)
    logEnd(ctx, run, 'failed', cursor, code)
  }
}

/** The request as the site's answer names it: equal to ours where it got as far as the plugin. */
const inPlugin = ({ pluginRequestId }: SiteFailure) =>
  pluginRequestId === null ? {} : { plugin_request_id: pluginRequestId }

/** A run that was ended from outside leaves no integration that seems to be syncing for ever. */
async function writeCancellation(ctx: ObjectContext, run: LeasedRun, { cursor }: Session): Promise<void> {
  const failure = { code: 'cancelled', detail: 'The run was ended from outside.' }
  const event = { ...eventOf(run), failure }
  await writeProjection(ctx, run, { epoch: cursor.epoch, counts: countsOf(ctx.store), status: 'pending', event })
  logEnd(ctx, run, 'cancelled', cursor)
}

/** An engine for one integration outside of runs. @returns null when the integration is gone or switched off */
export async function openEngine(
  ctx: ObjectContext,
  integrationRef: IntegrationRef,
  requestId: string,
  workId: string | null = null,
) {
  const integration = await readIntegration(ctx, integrationRef)
  if (!integration?.isActive || !integration.syncEnabled) return null
  const target = await linkTarget(ctx, integration, { requestId })
  let found: string | null = null
  const endpoint = async () => (found ??= await findEndpoint(ctx, integration, target))
  const connect = (): EngineContext => createEngineContext(ctx, { target, endpoint, holds: () => true, workId })
  return { integration, connect, runConfig: createRunConfig(integration, 'both') }
}

/** Looks at the posts that webhooks named; what the site can't answer now is put off, and stays visible as lag. */
async function processInbox(ctx: ObjectContext): Promise<void> {
  const integrationRef = ctx.store.access.integration()
  const startedAt = ctx.now()
  const isOpen = ctx.store.commandLog.owner()?.workId === INBOX
  if (!isOpen && ctx.store.replica.inbox.duePosts(startedAt, 1).length === 0) return
  if (!integrationRef) return ctx.store.commandLog.forget(INBOX)
  // the look belongs to the webhook that has waited longest; where it was none, it is the object's own
  const origins = ctx.store.replica.inbox.origins(startedAt)
  const requestId = origins[0]?.request_id ?? ctx.newId('req')
  await withLogIds({ ...idsOfIntegration(integrationRef), request_id: requestId }, () =>
    look(ctx, integrationRef, { requestId, origins, startedAt }),
  )
}

async function look(
  ctx: ObjectContext,
  integrationRef: IntegrationRef,
  { requestId, origins, startedAt }: { requestId: string; origins: readonly object[]; startedAt: number },
): Promise<void> {
  try {
    const engine = await openEngine(ctx, integrationRef, requestId, INBOX)
    if (!engine) {
      ctx.store.commandLog.forget(INBOX)
      return ctx.store.replica.inbox.clear()
    }
    const counts = await playInbox(engine.connect(), engine.runConfig)
    if (counts) planAfterSync(ctx)
    const event = counts && { action: 'webhook', startedAt, counts, direction: 'from_external' as const }
    if (event) await writeProjection(ctx, integrationRef, { epoch: null, counts: countsOf(ctx.store), event })
    if (counts) log.info('webhooks looked at', { counts, origins })
  } catch (cause) {
    if (cause instanceof Suspended) return
    ctx.store.commandLog.forget(INBOX)
    const failure = describeFailure(cause)
    if (noteDirectFailure(ctx.store, failure.code, ctx.now())) return
    log.warn('webhooks put off', { code: failure.code, origins, ...inPlugin(failure), cause })
    deferInbox({ replica: ctx.store.replica, now: ctx.now, random: ctx.random }, failure.code)
  }
}
