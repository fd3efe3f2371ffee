import { and, eq, sql } from 'drizzle-orm'
import type { StructureStored } from '../contract/content-types.ts'
import type { Structure } from '../contract/structure.ts'
import type { SyncStatus } from '../contract/sync.ts'
import { recordEvent, recordEventOf, type EventContext, type EventInput } from './record-event.ts'
import { integrations } from './schema/index.ts'

/** What names the integration in every query of the site's object. */
export interface Subject {
  integrationId: string
  accountId: string
  siteId: string
}

const isSubject = (subject: Subject) =>
  and(
    eq(integrations.id, subject.integrationId),
    eq(integrations.accountId, subject.accountId),
    eq(integrations.siteId, subject.siteId),
  )

/** A structure makes a connection ready; what a health check found wrong is for a health check to clear. */
const KEEPS_STATE = sql`${integrations.connection} IN ('ready', 'degraded', 'unreachable', 'disabled')`
const readyConnection = sql<'ready'>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connection} ELSE 'ready' END`

const readyFields = (now: Date) => ({
  connection: readyConnection,
  connectionReason: sql<string | null>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connectionReason} END`,
  connectionSince: sql<Date>`CASE WHEN ${KEEPS_STATE} THEN ${integrations.connectionSince} ELSE ${now.getTime()} END`,
})

/**
 * Stores a structure and its event in one write.
 * @param epoch fences a run's write: a run that was overtaken changes nothing. Null for a push by the plugin
 * @returns null when the integration is gone or another run has overtaken this one
 */
export async function projectStructure(
  ctx: EventContext,
  subject: Subject,
  structure: Structure,
  epoch: number | null,
  event: EventInput,
): Promise<StructureStored | null> {
  const now = new Date(ctx.now())
  const counts = {
    post_types: Object.keys(structure.post_types).length,
    taxonomies: Object.keys(structure.taxonomies).length,
  }
  const matches = and(isSubject(subject), epoch === null ? undefined : eq(integrations.syncEpoch, epoch))
  const finished = epoch === null ? {} : { syncStatus: 'success' as const, lastSyncAt: now }
  const [, stored] = await ctx.db.batch([
    recordEventOf(ctx, matches, { ...event, counts }),
    ctx.db
      .update(integrations)
      .set({ structure, structureFetchedAt: now, updatedAt: now, ...readyFields(now), ...finished })
      .where(matches)
      .returning({ id: integrations.id }),
  ])
  if (stored.length === 0) return null
  return { success: true, integration_id: subject.integrationId, ...counts, last_structure_fetch: now.toISOString() }
}

/** Marks the start of a run and fences all runs before it. @returns the integration as it is now, null when it is gone */
export async function beginRun(ctx: EventContext, subject: Subject) {
  const [row] = await ctx.db
    .update(integrations)
    .set({ syncEpoch: sql`${integrations.syncEpoch} + 1`, syncStatus: 'syncing' })
    .where(isSubject(subject))
    .returning({
      id: integrations.id,
      isActive: integrations.isActive,
      syncEnabled: integrations.syncEnabled,
      siteUrl: integrations.siteUrl,
      commandsUrl: integrations.commandsUrl,
      credentials: integrations.credentials,
      syncEpoch: integrations.syncEpoch,
    })
  return row ?? null
}

/** Writes the end of a run that failed, with its event. */
export async function projectFailure(
  ctx: EventContext,
  subject: Subject,
  epoch: number,
  status: SyncStatus,
  event: EventInput,
): Promise<void> {
  const owner = { id: subject.integrationId, accountId: subject.accountId, siteId: subject.siteId }
  await ctx.db.batch([
    ctx.db
      .update(integrations)
      .set({ syncStatus: status, updatedAt: new Date(ctx.now()) })
      .where(and(isSubject(subject), eq(integrations.syncEpoch, epoch))),
    recordEvent(ctx, owner, event),
  ])
}
