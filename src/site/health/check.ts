import { SYMPTOMS } from '../../contract/symptoms.ts'
import { readForCheck, storeCheck, type CheckedIntegration, type CheckOutcome } from '../../db/health.ts'
import type { EventInput } from '../../db/record-event.ts'
import {
  checkDelayMs,
  LONGEST_CHECK_DELAY_MS,
  connectionAfterFailure,
  connectionAfterSuccess,
  isResting,
} from '../../lib/connection.ts'
import { resealCredentials } from '../../lib/link-credentials.ts'
import { log, withLogIds } from '../../lib/log.ts'
import { observe } from '../../lib/metrics.ts'
import { findSymptoms, type Symptom } from './doctor/symptoms.ts'
import { describeTransport, directRetryMs } from '../transport/choice.ts'
import type { RpcCall, ProbeOutcome } from '../rpc.ts'
import { applyProbeResult, probeAgain, probeFully, probeKnownEndpoint } from './probe.ts'
import type { ObjectContext } from '../runs/context.ts'

const needsAttention = ({ code }: Symptom) => code === 'clone_detected' || SYMPTOMS[code].severity === 'warning'

/** The first symptom of a site that answers but needs attention; null if there is none. */
function firstSymptom(outcome: ProbeOutcome): Symptom | null {
  if (!outcome.ok || !outcome.plugin) return null
  return findSymptoms(outcome.plugin, outcome.clockSkewS ?? 0).find(needsAttention) ?? null
}

/** The connection's new state and the reason for it. */
function deriveState(row: CheckedIntegration, outcome: ProbeOutcome) {
  if (!outcome.ok) {
    const connection = connectionAfterFailure(row.connection, outcome.code)
    return { connection, reason: outcome.code, detail: outcome.detail }
  }
  const symptom = firstSymptom(outcome)
  const connection = connectionAfterSuccess(row.hasStructure === 1, symptom !== null)
  return { connection, reason: symptom?.code ?? null, detail: symptom?.detail ?? null }
}

/**
 * When the site last sent something with a valid signature: an answer, a webhook or a poll. Null if that is stored
 * already.
 */
function verifiedAt(ctx: ObjectContext, row: CheckedIntegration, outcome: ProbeOutcome): number | null {
  if (outcome.ok && outcome.transport === 'direct') return ctx.now()
  const receivedAt = Math.max(ctx.store.replica.inbox.lastHeardAt() ?? 0, ctx.store.transport.read().lastPollAt ?? 0)
  return receivedAt > (row.lastVerifiedAt?.getTime() ?? 0) ? receivedAt : null
}

function toEvent(action: string, startedAt: number, outcome: ProbeOutcome, reason: string | null): EventInput {
  if (!outcome.ok) return { action, startedAt, failure: { code: outcome.code, detail: outcome.detail } }
  return { action, startedAt, ...(reason !== null && { note: reason }) }
}

/**
 * Schedules the next check. Where all is as well as it was, that was done before this one started, and nothing is written.
 * @param failures checks in a row that failed, this one included
 * @returns when it is due, in milliseconds since 1970
 */
function planNext({ store, now, random }: ObjectContext, outcome: ProbeOutcome, failures: number): number {
  const { schedule } = store
  const isPolling = outcome.ok && outcome.transport === 'polling'
  const latestAt = now() + (isPolling ? directRetryMs(store) : Infinity)
  const plannedAt = schedule.dueAt('health') ?? 0
  const isPlanned = failures === 0 && schedule.failures('health') === 0 && plannedAt > now()
  if (isPlanned && plannedAt <= Math.min(latestAt, now() + LONGEST_CHECK_DELAY_MS)) return plannedAt
  const nextAt = Math.min(latestAt, now() + checkDelayMs(failures, random()))
  schedule.plan('health', nextAt, failures)
  return nextAt
}

async function storeOutcome(
  ctx: ObjectContext,
  call: RpcCall,
  row: CheckedIntegration,
  outcome: ProbeOutcome,
  { startedAt, isAsked }: { startedAt: number; isAsked: boolean },
): Promise<void> {
  const action = isAsked ? 'test_connection' : 'health_check'
  if (isResting(row.connection)) {
    const event = toEvent(action, startedAt, outcome, null)
    return storeCheck(ctx, call, row, null, event)
  }
  const state = deriveState(row, outcome)
  const failures = outcome.ok ? 0 : ctx.store.schedule.failures('health') + 1
  const nextCheckAt = planNext(ctx, outcome, failures)
  // a scheduled check is recorded only if it changed something; otherwise there would be 24 equal events a day
  const hasChanged = state.connection !== row.connection || state.reason !== row.connectionReason
  if (hasChanged) observe('connection', { from: row.connection, to: state.connection, reason: state.reason })
  const event = isAsked || hasChanged ? toEvent(action, startedAt, outcome, state.detail) : null
  const stored: CheckOutcome = {
    ...state,
    verifiedAt: verifiedAt(ctx, row, outcome),
    nextCheckAt,
    ...describeTransport(ctx.store),
    transport: outcome.ok ? outcome.transport : null,
    commandsUrl: outcome.ok ? outcome.commandsUrl : null,
    // health checks reach every connection, so they also carry the rotation of the encryption key
    credentials: await resealCredentials(ctx.config.keyRing, row),
  }
  await storeCheck(ctx, call, row, stored, event)
}

/**
 * Probes the site, updates the connection's state and schedules the next health check.
 * @param isAsked whether a person or the plugin waits for the outcome; then the site is probed fully, whatever its
 * state
 * @returns null if the integration is gone, or if a scheduled check has nothing to do
 */
export async function checkSite(ctx: ObjectContext, call: RpcCall, isAsked: boolean): Promise<ProbeOutcome | null> {
  const row = await readForCheck(ctx, call)
  const isSkipped = !row || (!isAsked && (!row.isActive || isResting(row.connection) || row.credentials === null))
  if (!row || isSkipped) {
    ctx.store.schedule.cancel('health')
    return null
  }
  const startedAt = ctx.now()
  const probe = isAsked ? probeFully : probeKnownEndpoint
  const probed = await probeAgain(ctx, () => probe(ctx, call, row))
  const outcome = applyProbeResult(ctx.store, probed, true, ctx.now())
  await storeOutcome(ctx, call, row, outcome, { startedAt, isAsked })
  return outcome
}

/**
 * Runs the health check if it is due, or if a site that polls has fallen silent. The next one is scheduled before this
 * one starts, so that a crash does not repeat it at once: a check that ends well is stored by that one write. After a crash
 * D1 still has this one as due, so the cron makes up for it. An error of ours is only logged, and the check repeated soon:
 * the runs in the queue continue.
 */
export async function checkIfDue(ctx: ObjectContext): Promise<void> {
  const { store, now } = ctx
  const isSilent = (store.transport.silentAt() ?? Infinity) <= now()
  if (!isSilent && !store.schedule.isDue('health', now())) return
  // noted first, so that a check that has nothing to do is not due again at once
  if (isSilent) store.transport.save({ triedAt: now() })
  const integrationRef = store.access.integration()
  if (!integrationRef) return store.schedule.cancel('health')
  const failures = store.schedule.failures('health')
  const soon = () => now() + checkDelayMs(failures + 1, ctx.random())
  store.schedule.plan('health', failures === 0 ? now() + checkDelayMs(0, ctx.random()) : soon(), failures)
  const call = { ...integrationRef, keyId: null, requestId: ctx.newId('req') }
  await withLogIds({ request_id: call.requestId }, async () => {
    try {
      await checkSite(ctx, call, false)
    } catch (cause) {
      log.error('health check failed', { cause })
      store.schedule.plan('health', soon(), failures)
    }
  })
}
