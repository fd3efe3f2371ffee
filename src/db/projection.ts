import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { StructureStored } from '../contract/content-types.ts'
import type { CountsSnapshot } from '../contract/counts.ts'
import type { Transport } from '../contract/polling.ts'
import type { Structure } from '../contract/structure.ts'
import type { SyncStatus } from '../contract/sync.ts'
import { recordEventOf, type EventContext, type EventInput } from './record-event.ts'
import { integrations } from './schema/index.ts'

/** What names the integration in every query of the site's object. */
export interface IntegrationRef {
  integrationId: string
  accountId: string
  siteId: string
}

/** The rows of `integrations` that a integrationRef names: one, or none where it is gone. */
export const isIntegration = (integrationRef: IntegrationRef): SQL | undefined =>
  and(
    eq(integrations.id, integrationRef.integrationId),
    eq(integrations.accountId, integrationRef.accountId),
    eq(integrations.siteId, integrationRef.siteId),
  )

/** A structure makes a connection ready; what a health check found wrong is for a health check to clear. */
const KEEPS_STATE = sql`${integrations.connection} IN ('ready', 'degraded', 'unreachable', 'key_revoked', 'disabled')`
const readyConnection = sql<'ready'>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connection} ELSE 'ready' END`

const readyFields = (now: Date) => ({
  connection: readyConnection,
  connectionReason: sql<string | null>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connectionReason} END`,
  connectionDetail: sql<string | null>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connectionDetail} END`,
  connectionSince: sql<Date>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connectionSince} ELSE ${now.getTime()} END`,
})

const structureFields = (structure: Structure, now: Date) => ({
  structure,
  structureFetchedAt: now,
  updatedAt: now,
  ...readyFields(now),
})

/**
 * Stores a structure that the plugin pushed, and its event, in one write.
 * @returns null when the integration is gone
 */
export async function writeStructure(
  ctx: EventContext,
  integrationRef: IntegrationRef,
  structure: Structure,
  event: EventInput,
): Promise<StructureStored | null> {
  const now = new Date(ctx.now())
  const counts = {
    post_types: Object.keys(structure.post_types).length,
    taxonomies: Object.keys(structure.taxonomies).length,
  }
  const matches = isIntegration(integrationRef)
  const [, stored] = await ctx.db.batch([
    recordEventOf(ctx, matches, { ...event, counts }),
    ctx.db.update(integrations).set(structureFields(structure, now)).where(matches).returning({ id: integrations.id }),
  ])
  if (stored.length === 0) return null
  ctx.onProjected?.()
  return {
    success: true,
    integration_id: integrationRef.integrationId,
    ...counts,
    last_structure_fetch: now.toISOString(),
  }
}

/** The columns that a run works by. */
const RUN_COLUMNS = {
  id: integrations.id,
  isActive: integrations.isActive,
  syncEnabled: integrations.syncEnabled,
  siteUrl: integrations.siteUrl,
  commandsUrl: integrations.commandsUrl,
  credentials: integrations.credentials,
  config: integrations.config,
  structure: integrations.structure,
  typeSettings: integrations.typeSettings,
  syncEpoch: integrations.syncEpoch,
}

/** Marks the start of a run and fences all runs before it. @returns the integration as it is now, null when it is gone */
export async function beginRun(ctx: EventContext, integrationRef: IntegrationRef) {
  const [row] = await ctx.db
    .update(integrations)
    .set({ syncEpoch: sql`${integrations.syncEpoch} + 1`, syncStatus: 'syncing' })
    .where(isIntegration(integrationRef))
    .returning(RUN_COLUMNS)
  ctx.onProjected?.()
  return row ?? null
}

export type RunIntegration = NonNullable<Awaited<ReturnType<typeof beginRun>>>

/** The integration as a run goes on with it; null when it is gone. */
export async function readIntegration(
  ctx: EventContext,
  integrationRef: IntegrationRef,
): Promise<RunIntegration | null> {
  const [row] = await ctx.db.select(RUN_COLUMNS).from(integrations).where(isIntegration(integrationRef)).limit(1)
  return row ?? null
}

/** What the site's object has to tell D1; whatever is absent stays as it is. */
export interface Projection {
  /** Fence of the run; null for work outside of runs. */
  epoch: number | null
  structure?: Structure
  counts?: CountsSnapshot
  status?: SyncStatus
  /** Whether a run has ended well. */
  isSynced?: boolean
  link?: LinkProjection
  /** Whether the site has just answered signed commands. */
  isVerified?: boolean
  event?: EventInput
}

/** How commands reach the site, after the site itself has called. */
export interface LinkProjection {
  transport: Transport
  lastPollAt: Date | null
  expectedLatencyS: number | null
  /** Whether the state of the connection is to be looked at anew: the transport has changed, or a silent site is back. */
  isNews: boolean
}

const linkFields = ({ isNews, lastPollAt, ...link }: LinkProjection, now: Date) => ({
  ...link,
  lastPollAt,
  ...(lastPollAt && { lastVerifiedAt: lastPollAt }),
  ...(isNews && { nextCheckAt: now }),
})

/**
 * Writes what the site's object knows into the integration's row, with an event where there is one, in one batch. A run that was
 * overtaken matches no row; counts never go back in time.
 * @returns whether the row was written
 */
export async function writeProjection(
  ctx: EventContext,
  integrationRef: IntegrationRef,
  projection: Projection,
): Promise<boolean> {
  const { epoch, structure, counts, status, isSynced, link, isVerified, event } = projection
  const now = new Date(ctx.now())
  const matches = and(
    isIntegration(integrationRef),
    epoch === null ? undefined : eq(integrations.syncEpoch, epoch),
    counts ? sql`ifnull(${integrations.countsAsOf}, 0) <= ${now.getTime()}` : undefined,
  )
  const update = ctx.db
    .update(integrations)
    .set({
      updatedAt: now,
      ...(structure && structureFields(structure, now)),
      ...(counts && { counts, countsAsOf: now }),
      ...(status && { syncStatus: status }),
      ...(isSynced && { lastSyncAt: now }),
      ...(link && linkFields(link, now)),
      ...(isVerified && { lastVerifiedAt: now }),
    })
    .where(matches)
    .returning({ id: integrations.id })
  const rows = event ? (await ctx.db.batch([recordEventOf(ctx, matches, event), update]))[1] : await update
  if (rows.length > 0) ctx.onProjected?.()
  return rows.length > 0
}
