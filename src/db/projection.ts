import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { StructureStored } from '../contract/content-types.ts'
import type { CountsSnapshot } from '../contract/counts.ts'
import type { Transport } from '../contract/polling.ts'
import type { Structure } from '../contract/structure.ts'
import type { SyncStatus } from '../contract/sync.ts'
import { recordEvent, type EventContext, type EventInput } from './record-event.ts'
import { integrations } from './schema/index.ts'

/** Names an integration in every query of the site's object. */
export interface IntegrationRef {
  integrationId: string
  accountId: string
  siteId: string
}

/** The integration as its events name it. */
export const eventIntegration = ({ integrationId, accountId, siteId }: IntegrationRef) => ({
  id: integrationId,
  accountId,
  siteId,
})

/** Matches the row of an integration; none if it was deleted. */
export const isIntegration = (integration: IntegrationRef): SQL | undefined =>
  and(
    eq(integrations.id, integration.integrationId),
    eq(integrations.accountId, integration.accountId),
    eq(integrations.siteId, integration.siteId),
  )

/** States that a new structure leaves alone: a problem that a health check found is cleared by a health check. */
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

/** Whether the integration has another structure than this one. */
const isOtherStructure = (structure: Structure) =>
  sql`${integrations.structure} IS NOT ${sql.param(structure, integrations.structure)}`

/**
 * Stores a structure that the plugin sent, and then its event. A structure that is as it was leaves none: the plugin
 * pushes it every day.
 * @returns null if the integration was deleted
 */
export async function writeStructure(
  ctx: EventContext,
  integration: IntegrationRef,
  structure: Structure,
  event: EventInput,
): Promise<StructureStored | null> {
  const now = new Date(ctx.now())
  const counts = {
    post_types: Object.keys(structure.post_types).length,
    taxonomies: Object.keys(structure.taxonomies).length,
  }
  const store = (when?: SQL) =>
    ctx.db
      .update(integrations)
      .set(structureFields(structure, now))
      .where(and(isIntegration(integration), when))
      .returning({ id: integrations.id })
  const isChanged = (await store(isOtherStructure(structure))).length > 0
  if (!isChanged && (await store()).length === 0) return null
  if (isChanged) await recordEvent(ctx, eventIntegration(integration), { ...event, counts })
  ctx.onProjected?.()
  return {
    success: true,
    integration_id: integration.integrationId,
    ...counts,
    last_structure_fetch: now.toISOString(),
  }
}

/** Whether anything may be done for an integration: it is on, and its account is not suspended. */
export const mayWork = sql<boolean>`(${integrations.isActive} AND NOT EXISTS (
  SELECT 1 FROM accounts WHERE accounts.id = ${integrations.accountId} AND accounts.suspended_at IS NOT NULL))`.mapWith(
  integrations.isActive,
)

/** The columns that a run needs. */
const RUN_COLUMNS = {
  id: integrations.id,
  isActive: mayWork,
  syncEnabled: integrations.syncEnabled,
  siteUrl: integrations.siteUrl,
  commandsUrl: integrations.commandsUrl,
  credentials: integrations.credentials,
  config: integrations.config,
  structure: integrations.structure,
  typeSettings: integrations.typeSettings,
  syncEpoch: integrations.syncEpoch,
}

/**
 * Marks the start of a run: raises the epoch, so that no earlier run can write the row any more.
 * @returns the integration as it is now; null if it was deleted
 */
export async function beginRun(ctx: EventContext, integration: IntegrationRef) {
  const [row] = await ctx.db
    .update(integrations)
    .set({ syncEpoch: sql`${integrations.syncEpoch} + 1`, syncStatus: 'syncing' })
    .where(isIntegration(integration))
    .returning(RUN_COLUMNS)
  ctx.onProjected?.()
  return row ?? null
}

/**
 * Fences everything that was begun before: the epoch is raised, so no run that is under way can write the row any more.
 * For a site whose content was put back.
 */
export async function raiseEpoch(ctx: EventContext, integration: IntegrationRef): Promise<void> {
  await ctx.db
    .update(integrations)
    .set({
      syncEpoch: sql`${integrations.syncEpoch} + 1`,
      syncStatus: sql`iif(${integrations.syncStatus} = 'syncing', 'pending', ${integrations.syncStatus})`,
      // what is projected next counts, whatever the clock said
      countsAsOf: null,
    })
    .where(isIntegration(integration))
}

export type RunIntegration = NonNullable<Awaited<ReturnType<typeof beginRun>>>

/** Reads the integration for a run that goes on, without raising the epoch; null if it was deleted. */
export async function readIntegration(ctx: EventContext, integration: IntegrationRef): Promise<RunIntegration | null> {
  const [row] = await ctx.db.select(RUN_COLUMNS).from(integrations).where(isIntegration(integration)).limit(1)
  return row ?? null
}

/** What the site's object writes into the integration's row. Absent fields stay as they are. */
export interface Projection {
  /** Epoch of the run; the write does nothing if a newer run has begun. Null for work outside of runs. */
  epoch: number | null
  structure?: Structure
  counts?: CountsSnapshot
  status?: SyncStatus
  /** Whether a run has succeeded. */
  isSynced?: boolean
  link?: LinkProjection
  /** Whether the site has just answered signed commands. */
  isVerified?: boolean
  event?: EventInput
}

/** How commands reach the site, written after the site has polled. */
export interface LinkProjection {
  transport: Transport
  lastPollAt: Date | null
  expectedLatencyS: number | null
  /** Whether a health check is due now: the transport has changed, or a silent site is back. */
  needsCheck: boolean
}

const linkFields = ({ needsCheck, lastPollAt, ...link }: LinkProjection, now: Date) => ({
  ...link,
  lastPollAt,
  ...(lastPollAt && { lastVerifiedAt: lastPollAt }),
  ...(needsCheck && { nextCheckAt: now }),
})

/**
 * Writes into the integration's row, and then stores an event if there is one and the row was written. Two guards are part of the
 * condition: a run with an older epoch matches no row, and counts never go back in time.
 * @returns whether the row was written
 */
export async function writeProjection(
  ctx: EventContext,
  integration: IntegrationRef,
  projection: Projection,
): Promise<boolean> {
  const { epoch, structure, counts, status, isSynced, link, isVerified, event } = projection
  const now = new Date(ctx.now())
  const matches = and(
    isIntegration(integration),
    epoch === null ? undefined : eq(integrations.syncEpoch, epoch),
    counts ? sql`ifnull(${integrations.countsAsOf}, 0) <= ${now.getTime()}` : undefined,
  )
  const rows = await ctx.db
    .update(integrations)
    .set({
      updatedAt: now,
      ...(structure && structureFields(structure, now)),
      ...(counts && { counts, countsAsOf: now, ...(ctx.storedBytes && { storedBytes: ctx.storedBytes() }) }),
      ...(status && { syncStatus: status }),
      ...(isSynced && { lastSyncAt: now }),
      ...(link && linkFields(link, now)),
      ...(isVerified && { lastVerifiedAt: now }),
    })
    .where(matches)
    .returning({ id: integrations.id })
  if (rows.length === 0) return false
  if (event) await recordEvent(ctx, eventIntegration(integration), event)
  ctx.onProjected?.()
  return true
}
