import type { DoctorReport } from '../../contract/doctor.ts'
import type { TestResult } from '../../contract/integrations.ts'
import type { DebugStatus, SyncState } from '../../contract/sync.ts'
import { recordEvent } from '../../db/record-event.ts'
import { openSigningSecrets } from '../../lib/link-credentials.ts'
import { blankSecrets } from '../../lib/log.ts'
import { rootOfCommands } from '../../lib/site-address.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { listEvents } from '../events/index.ts'
import { describeTransport } from './present.ts'
import { toRpcCall, unwrap } from '../site-calls.ts'
import { type IntegrationRow, loadIntegration } from '../tenant.ts'
import { chargeUnverifiedCall } from '../unverified.ts'
import type { Examination, ProbeRequest } from '../../site/rpc.ts'

/** What the object needs to probe the site. */
const toProbeRequest = async (ctx: ServiceContext, row: IntegrationRow): Promise<ProbeRequest> => ({
  ...toRpcCall(ctx, row),
  siteUrl: row.siteUrl,
  signingSecrets: await openSigningSecrets(ctx.config.keyRing, row, ctx.now()),
  restRoot: rootOfCommands(row.commandsUrl),
  mayPoll: true,
})

/** Runs a probe and the doctor at the site's object. */
async function examineIntegration(ctx: ServiceContext, row: IntegrationRow): Promise<Examination> {
  if (row.lastVerifiedAt === null) await chargeUnverifiedCall(ctx, row)
  return unwrap(await ctx.site(row.siteId).examine(await toProbeRequest(ctx, row)))
}

/**
 * Calls the site now and updates the connection's state with the result.
 * @throws ServiceError `integration_not_found`. A fault of the site is a result, not an error
 */
export async function testIntegration({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<TestResult> {
  const row = await loadIntegration({ ctx, id: input.id })
  if (row.lastVerifiedAt === null) await chargeUnverifiedCall(ctx, row)
  const outcome = unwrap(await ctx.site(row.siteId).check(toRpcCall(ctx, row)))
  if (!outcome) throw new ServiceError('integration_not_found')
  const shown = outcome.ok
    ? { success: true, transport: outcome.transport, code: 'connected', detail: outcome.detail, fix: null }
    : { success: false, transport: row.transport, code: outcome.code, detail: outcome.detail, fix: outcome.fix }
  return { ...shown, integration_id: row.id, evidence: outcome.evidence }
}

/**
 * The doctor: finds the layer between the API and the site's content that is at fault. Leaves the connection's state
 * unchanged.
 * @throws ServiceError `integration_not_found`. A fault of the site is in the report, not an error
 */
export async function diagnoseIntegration({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<DoctorReport> {
  const row = await loadIntegration({ ctx, id: input.id })
  const startedAt = ctx.now()
  const { report } = await examineIntegration(ctx, row)
  const [worst] = report.findings
  const isBroken = report.verdict === 'broken' && worst !== undefined
  await recordEvent(ctx, row, {
    action: 'doctor',
    startedAt,
    ...(isBroken && { failure: { code: worst.code, detail: worst.detail } }),
    ...(report.verdict === 'degraded' && worst && { note: `${worst.title}: ${worst.detail}` }),
  })
  return report
}

/** The state of the sync, from the integration's row and the site's object. */
async function describeSync(ctx: ServiceContext, row: IntegrationRow): Promise<SyncState> {
  const { currentRun, lastRun, lagS, waitingForSiteSince } = await ctx.site(row.siteId).runs(row.id)
  return {
    sync_status: row.syncStatus,
    last_sync_at: toTimestamp(row.lastSyncAt),
    current_run: currentRun,
    last_run: lastRun,
    lag_s: lagS,
    waiting_for_site_since: toTimestamp(waitingForSiteSince),
  }
}

/** @throws ServiceError `integration_not_found` */
export async function getSyncStatus({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<SyncState> {
  return describeSync(ctx, await loadIntegration({ ctx, id: input.id }))
}

const RECENT_FAILURES = 10

/** Removes secrets that a site's own report may repeat, such as in the plugin's last error. */
const withoutSecrets = <T>(report: T): T => JSON.parse(blankSecrets(JSON.stringify(report))) as T

/**
 * What support needs first: state, recent failures, and a probe made now. Changes nothing.
 * @throws ServiceError `integration_not_found`
 */
export async function getDebugStatus({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<DebugStatus> {
  const row = await loadIntegration({ ctx, id: input.id })
  const [{ probe: outcome, report }, sync, failures] = await Promise.all([
    examineIntegration(ctx, row),
    describeSync(ctx, row),
    listEvents({ ctx, input: { id: row.id, success: false, limit: RECENT_FAILURES } }),
  ])
  const probe = outcome.ok
    ? { success: true, code: 'connected', detail: outcome.detail, fix: null }
    : { success: false, code: outcome.code, detail: outcome.detail, fix: outcome.fix }
  return {
    integration_id: row.id,
    connection: row.connection,
    connection_reason: row.connectionReason,
    connection_since: toTimestamp(row.connectionSince),
    site_url: row.siteUrl,
    ...describeTransport(row),
    sync,
    last_structure_fetch: toTimestamp(row.structureFetchedAt),
    next_check_at: toTimestamp(row.nextCheckAt),
    probe: withoutSecrets({
      ...probe,
      evidence: outcome.evidence,
      clock_skew_s: outcome.clockSkewS,
      plugin: outcome.plugin,
    }),
    doctor: report,
    recent_failures: failures.results,
  }
}
