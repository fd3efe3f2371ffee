import { and, eq, sql } from 'drizzle-orm'
import type { Transport } from '../contract/polling.ts'
import type { Connection } from '../contract/health.ts'
import { eventIntegration, isIntegration, type IntegrationRef, mayWork } from './projection.ts'
import { recordEvent, type EventContext, type EventInput } from './record-event.ts'
import { integrations } from './schema/index.ts'

/** The integration's columns for a health check; null if it was deleted. */
export async function readForCheck({ db }: EventContext, integrationRef: IntegrationRef) {
  const [row] = await db
    .select({
      id: integrations.id,
      siteUrl: integrations.siteUrl,
      isActive: mayWork,
      connection: integrations.connection,
      connectionReason: integrations.connectionReason,
      commandsUrl: integrations.commandsUrl,
      credentials: integrations.credentials,
      hasStructure: sql<number>`${integrations.structure} IS NOT NULL`,
      lastVerifiedAt: integrations.lastVerifiedAt,
    })
    .from(integrations)
    .where(isIntegration(integrationRef))
    .limit(1)
  return row ?? null
}
export type CheckedIntegration = NonNullable<Awaited<ReturnType<typeof readForCheck>>>

/** What a health check writes to the integration. */
export interface CheckOutcome {
  connection: Connection
  reason: string | null
  detail: string | null
  /** Milliseconds since 1970; null if the site did not answer with a valid signature. */
  verifiedAt: number | null
  nextCheckAt: number
  /** How the site was reached; null if it was not. */
  transport: Transport | null
  /** Seconds between the site's polls; null for a site that is called. */
  expectedLatencyS: number | null
  lastPollAt: Date | null
  commandsUrl: string | null
  /** Resealed under the current encryption key; null if they already were. */
  credentials: string | null
}

/**
 * Stores a health check's outcome, and then its event. Applies only if the connection's state is still the one
 * that was read: a later change is newer than this check.
 * @param outcome null leaves the state unchanged, as for integrations that are switched off
 */
export async function storeCheck(
  ctx: EventContext,
  integrationRef: IntegrationRef,
  before: CheckedIntegration,
  outcome: CheckOutcome | null,
  event: EventInput | null,
): Promise<void> {
  const now = new Date(ctx.now())
  const matches = and(isIntegration(integrationRef), eq(integrations.connection, before.connection))
  const state =
    outcome === null
      ? {}
      : {
          connection: outcome.connection,
          connectionReason: outcome.reason,
          connectionDetail: outcome.detail,
          ...(outcome.connection !== before.connection && { connectionSince: now }),
          ...(outcome.verifiedAt !== null && { lastVerifiedAt: new Date(outcome.verifiedAt) }),
          ...(outcome.transport !== null && {
            transport: outcome.transport,
            expectedLatencyS: outcome.expectedLatencyS,
            lastPollAt: outcome.lastPollAt,
          }),
          ...(outcome.commandsUrl !== null && { commandsUrl: outcome.commandsUrl }),
          ...(outcome.credentials !== null && { credentials: outcome.credentials }),
          nextCheckAt: new Date(outcome.nextCheckAt),
        }
  await ctx.db
    .update(integrations)
    .set({ ...state, updatedAt: now })
    .where(matches)
  // of the check itself: also told where another change of the state was faster
  if (event) await recordEvent(ctx, eventIntegration(integrationRef), event)
  ctx.onProjected?.()
}
