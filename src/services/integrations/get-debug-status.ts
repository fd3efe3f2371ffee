import type { DebugStatus } from '../../contract/sync.ts'
import { blankSecrets } from '../../lib/log.ts'
import type { Context } from '../context.ts'
import { listEvents } from '../events/list.ts'
import { describeSync } from './get-sync-status.ts'
import { describeTransport, loadIntegration, toTimestamp } from './internal.ts'
import { examineIntegration } from './probe.ts'

const RECENT_FAILURES = 10

/** What a site says of itself may repeat a secret, as the last error of a plugin does; none is shown. */
const withoutSecrets = <T>(told: T): T => JSON.parse(blankSecrets(JSON.stringify(told))) as T

/**
 * Everything that support asks for first, with a fresh look at the site. Changes nothing.
 * @throws ServiceError `integration_not_found`
 */
export async function getDebugStatus({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<DebugStatus> {
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
