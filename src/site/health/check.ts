import { SYMPTOMS } from '../../contract/symptoms.ts'
import { readForCheck, storeCheck, type CheckedIntegration, type CheckOutcome } from '../../db/health.ts'
import type { EventInput } from '../../db/record-event.ts'
import { checkDelayMs, connectionAfterFailure, connectionAfterSuccess, isResting } from '../../lib/connection.ts'
import { resealCredentials } from '../../lib/link-credentials.ts'
import { log, withLogIds } from '../../lib/log.ts'
import { findSymptoms, type Symptom } from './doctor/symptoms.ts'
import { describeTransport } from '../transport/choice.ts'
import type { RpcCall, ProbeOutcome } from '../rpc.ts'
import { applyProbeResult, probeFully, probeKnownEndpoint } from './probe.ts'
import type { ObjectContext } from '../runs/context.ts'

const isWrong = ({ code }: Symptom) => code === 'clone_detected' || SYMPTOMS[code].severity === 'warning'

/** What is only half right with a site that answers; null when nothing is. */
function firstWrong(outcome: ProbeOutcome): Symptom | null {
  if (!outcome.ok || !outcome.plugin) return null
  return findSymptoms(outcome.plugin, outcome.clockSkewS ?? 0).find(isWrong) ?? null
}

/** Where the look leaves the connection, and why. */
function judge(row: CheckedIntegration, outcome: ProbeOutcome) {
  if (!outcome.ok) {
    const connection = connectionAfterFailure(row.connection, outcome.code)
    return { connection, reason: outcome.code, detail: outcome.detail }
  }
  const wrong = firstWrong(outcome)
  const connection = connectionAfterSuccess(row.hasStructure === 1, wrong !== null)
  return { connection, reason: wrong?.code ?? null, detail: wrong?.detail ?? null }
}

/** What the site said last, by itself or because it was asked. */
function verifiedAt(ctx: ObjectContext, row: CheckedIntegration, outcome: ProbeOutcome): number | null {
  if (outcome.ok && outcome.transport === 'direct') return ctx.now()
  const heard = Math.max(ctx.store.replica.inbox.lastHeardAt() ?? 0, ctx.store.transport.read().lastPollAt ?? 0)
  return heard > (row.lastVerifiedAt?.getTime() ?? 0) ? heard : null
}

function describeEvent(action: string, startedAt: number, outcome: ProbeOutcome, reason: string | null): EventInput {
  if (!outcome.ok) return { action, startedAt, failure: { code: outcome.code, detail: outcome.detail } }
  return { action, startedAt, ...(reason !== null && { note: reason }) }
}

async function store(
  ctx: ObjectContext,
  call: RpcCall,
  row: CheckedIntegration,
  outcome: ProbeOutcome,
  { startedAt, isAsked }: { startedAt: number; isAsked: boolean },
): Promise<void> {
  const action = isAsked ? 'test_connection' : 'health_check'
  if (isResting(row.connection)) {
    const event = describeEvent(action, startedAt, outcome, null)
    return storeCheck(ctx, call, row, null, event)
  }
  const judged = judge(row, outcome)
  const failures = outcome.ok ? 0 : ctx.store.schedule.failures('health') + 1
  const nextCheckAt = ctx.now() + checkDelayMs(failures, ctx.random())
  ctx.store.schedule.plan('health', nextCheckAt, failures)
  // a check that nobody asked for is told where it changed something: 24 a day that say "still well" help nobody
  const isNews = judged.connection !== row.connection || judged.reason !== row.connectionReason
  const event = isAsked || isNews ? describeEvent(action, startedAt, outcome, judged.detail) : null
  const stored: CheckOutcome = {
    ...judged,
    verifiedAt: verifiedAt(ctx, row, outcome),
    nextCheckAt,
    ...describeTransport(ctx.store),
    transport: outcome.ok ? outcome.transport : null,
    commandsUrl: outcome.ok ? outcome.commandsUrl : null,
    // every connection is looked at again and again: so a rotation of the encryption key reaches all of them
    credentials: await resealCredentials(ctx.config.keyRing, row),
  }
  await storeCheck(ctx, call, row, stored, event)
}

/**
 * Looks at the site, moves the connection's state by what it finds, and plans the next look.
 * @param isAsked a person or the plugin waits for the outcome: then the whole way is tried, whatever the state
 * @returns null when the integration is gone, or nobody asked and nothing is to be looked at
 */
export async function checkSite(ctx: ObjectContext, call: RpcCall, isAsked: boolean): Promise<ProbeOutcome | null> {
  const row = await readForCheck(ctx, call)
  const isIdle = !row || (!isAsked && (!row.isActive || isResting(row.connection) || row.credentials === null))
  if (!row || isIdle) {
    ctx.store.schedule.cancel('health')
    return null
  }
  const startedAt = ctx.now()
  const seen = isAsked ? await probeFully(ctx, call, row) : await probeKnownEndpoint(ctx, call, row)
  const outcome = applyProbeResult(ctx.store, seen, true, ctx.now())
  await store(ctx, call, row, outcome, { startedAt, isAsked })
  return outcome
}

/**
 * The health check, where it is due. It is put off before it begins, so that one that breaks off doesn't spin; by a fault
 * of ours, that is, which is only in the log: the queue goes on.
 */
export async function checkIfDue(ctx: ObjectContext): Promise<void> {
  const { store, now } = ctx
  if (!store.schedule.isDue('health', now())) return
  const integrationRef = store.access.integration()
  if (!integrationRef) return store.schedule.cancel('health')
  const failures = store.schedule.failures('health')
  store.schedule.plan('health', now() + checkDelayMs(failures + 1, ctx.random()), failures)
  const call = { ...integrationRef, keyId: null, requestId: ctx.newId('req') }
  await withLogIds({ request_id: call.requestId }, async () => {
    try {
      await checkSite(ctx, call, false)
    } catch (cause) {
      log.error('health check failed', { cause })
    }
  })
}
