import { and, eq, sql } from 'drizzle-orm'
import type { Transport } from '../contract/polling.ts'
import type { Connection } from '../contract/health.ts'
import { isIntegration, type IntegrationRef } from './projection.ts'
import { recordEventOf, type EventContext, type EventInput } from './record-event.ts'
import { integrations } from './schema/index.ts'

/** The integration as a health check needs it; null when it is gone. */
export async function readForCheck({ db }: EventContext, integrationRef: IntegrationRef) {
  const [row] = await db
    .select({
      id: integrations.id,
      siteUrl: integrations.siteUrl,
      isActive: integrations.isActive,
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

/** Where a look at the site leaves the connection. */
export interface CheckOutcome {
  connection: Connection
  reason: string | null
  detail: string | null
  /** Milliseconds since 1970; null where nothing was proven. */
  verifiedAt: number | null
  nextCheckAt: number
  /** How the site was reached; null where it was not. */
  transport: Transport | null
  /** Of a site that calls by itself, in seconds; null of one that is called. */
  expectedLatencyS: number | null
  lastPollAt: Date | null
  commandsUrl: string | null
  /** Sealed anew under the current encryption key; null where they already are. */
  credentials: string | null
}

/**
 * Stores what a look at the site showed, with its event where there is one, in one batch. By the state that was read: a
 * change made meanwhile is newer than this look.
 * @param outcome null for what rests: no look changes it
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
  const update = ctx.db
    .update(integrations)
    .set({ ...state, updatedAt: now })
    .where(matches)
  if (!event) await update
  else await ctx.db.batch([recordEventOf(ctx, isIntegration(integrationRef), event), update])
  ctx.onProjected?.()
}
