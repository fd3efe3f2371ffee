import { and, eq } from 'drizzle-orm'
import type { TestResult } from '../../contract/integrations.ts'
import { resealCredentials } from '../../lib/link-credentials.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import type { ProbeOutcome } from '../../sync/port.ts'
import type { Context } from '../context.ts'
import { announceChange } from '../live/announce.ts'
import { connectionAfterFailure, connectionAfterSuccess, isResting, nextCheckAt } from './connection.ts'
import { loadIntegration, type IntegrationRow } from './internal.ts'
import { probeIntegration } from './probe.ts'

/**
 * The detail-level test: really calls the site, and moves the connection's state by what it finds.
 * @throws ServiceError `integration_not_found`; what is wrong with the site is the result
 */
export async function testIntegration({ ctx, input }: { ctx: Context; input: { id: string } }): Promise<TestResult> {
  const row = await loadIntegration({ ctx, id: input.id })
  const startedAt = ctx.now()
  const outcome = await probeIntegration(ctx, row)
  await storeOutcome(ctx, row, outcome, startedAt)
  announceChange(ctx, row.siteId)
  return outcome.ok
    ? {
        success: true,
        integration_id: row.id,
        carrier: outcome.carrier,
        code: 'connected',
        detail: outcome.detail,
        fix: null,
        evidence: outcome.evidence,
      }
    : {
        success: false,
        integration_id: row.id,
        carrier: row.carrier,
        code: outcome.code,
        detail: outcome.detail,
        fix: outcome.fix,
        evidence: outcome.evidence,
      }
}

/** Where the outcome leaves the connection, and why; nothing where no look at the site decides that. */
function stateAfter(row: IntegrationRow, outcome: ProbeOutcome, now: Date) {
  if (isResting(row.connection)) return {}
  const connection = outcome.ok
    ? connectionAfterSuccess(row.structure !== null)
    : connectionAfterFailure(row.connection, outcome.code)
  return {
    connection,
    connectionReason: outcome.ok ? null : outcome.code,
    connectionDetail: outcome.ok ? null : outcome.detail,
    ...(connection !== row.connection && { connectionSince: now }),
  }
}

/** What an answer proves; a site that calls by itself is proven by its calls. */
const proofOf = ({ carrier, commandsUrl }: ProbeOutcome & { ok: true }, now: Date) => ({
  carrier,
  ...(carrier === 'direct' && { commandsUrl, lastProofAt: now, expectedLatencyS: null }),
})

async function storeOutcome(
  ctx: Context,
  row: IntegrationRow,
  outcome: ProbeOutcome,
  startedAt: number,
): Promise<void> {
  const now = new Date(ctx.now())
  // every connection is looked at again and again: so a rotation of the encryption key reaches all of them
  const credentials = await resealCredentials(ctx.config.keyRing, row)
  await ctx.db.batch([
    ctx.db
      .update(integrations)
      .set({
        ...stateAfter(row, outcome, now),
        ...(outcome.ok && proofOf(outcome, now)),
        ...(credentials !== null && { credentials }),
        nextCheckAt: nextCheckAt(ctx.now(), outcome.ok),
        updatedAt: now,
      })
      // by the state that was read: a change made meanwhile is newer than this look
      .where(
        and(
          eq(integrations.id, row.id),
          eq(integrations.accountId, row.accountId),
          eq(integrations.connection, row.connection),
        ),
      ),
    recordEvent(ctx, row, {
      action: 'test_connection',
      startedAt,
      ...(!outcome.ok && { failure: { code: outcome.code, detail: outcome.detail } }),
    }),
  ])
}
