import { and, asc, eq, gt, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import {
  apiKeys,
  auditLog,
  integrations,
  invitations,
  memberships,
  notificationDeliveries,
  notificationEndpoints,
  notificationMessages,
  sites,
  syncEvents,
  users,
} from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'

/** Rows of one query. */
const PAGE = 200

/** One line: what it is, and its columns under the names that the API uses. */
export type Line = { kind: string } & Record<string, unknown>

/** Reads page after page, so that memory holds one of them at a time. */
async function* walk<Row extends Record<string, unknown>>(
  kind: string,
  read: (last: Row | null) => Promise<Row[]>,
): AsyncGenerator<Line> {
  for (let last: Row | null = null; ;) {
    const page: Row[] = await read(last)
    for (const row of page) yield { kind, ...row }
    last = page.at(-1) ?? null
    if (page.length < PAGE || last === null) return
  }
}

const after = (column: SQLiteColumn, last: unknown): SQL | undefined => (last == null ? undefined : gt(column, last))

/** Members and open invitations, without tokens. */
export async function* listPeople({ db, actor }: ServiceContext): AsyncGenerator<Line> {
  const { accountId } = actor
  const member = { user_id: memberships.userId, name: users.name, email: users.email, role: memberships.role }
  yield* walk('member', (last: { user_id: string } | null) =>
    db
      .select({ ...member, notify_email: memberships.notifyEmail, created_at: memberships.createdAt })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(and(eq(memberships.accountId, accountId), after(memberships.userId, last?.user_id)))
      .orderBy(asc(memberships.userId))
      .limit(PAGE),
  )
  yield* walk('invitation', (last: { email: string } | null) =>
    db
      .select({
        email: invitations.email,
        role: invitations.role,
        expires_at: invitations.expiresAt,
        created_at: invitations.createdAt,
      })
      .from(invitations)
      .where(and(eq(invitations.accountId, accountId), after(invitations.email, last?.email)))
      .orderBy(asc(invitations.email))
      .limit(PAGE),
  )
}

/** The account's sites. */
export const listSites = ({ db, actor }: ServiceContext): AsyncGenerator<Line> =>
  walk('site', (last: { id: string } | null) =>
    db
      .select({
        id: sites.id,
        name: sites.name,
        url: sites.url,
        is_active: sites.isActive,
        created_at: sites.createdAt,
        updated_at: sites.updatedAt,
      })
      .from(sites)
      .where(and(eq(sites.accountId, actor.accountId), after(sites.id, last?.id)))
      .orderBy(asc(sites.id))
      .limit(PAGE),
  )

/** A site's integrations with their settings, and its keys, masked. Secrets are left out. */
export async function* listOfSite({ db, actor }: ServiceContext, siteId: string): AsyncGenerator<Line> {
  const rows = await db
    .select({
      id: integrations.id,
      site_id: integrations.siteId,
      platform: integrations.platform,
      site_url: integrations.siteUrl,
      is_active: integrations.isActive,
      sync_enabled: integrations.syncEnabled,
      connection: integrations.connection,
      connection_reason: integrations.connectionReason,
      transport: integrations.transport,
      config: integrations.config,
      content_types: integrations.typeSettings,
      structure: integrations.structure,
      counts: integrations.counts,
      last_sync_at: integrations.lastSyncAt,
      created_at: integrations.createdAt,
      updated_at: integrations.updatedAt,
    })
    .from(integrations)
    .where(and(eq(integrations.siteId, siteId), eq(integrations.accountId, actor.accountId)))
  for (const row of rows) yield { kind: 'integration', ...row }
  const keys = await db
    .select({
      id: apiKeys.id,
      site_id: apiKeys.siteId,
      name: apiKeys.name,
      key: apiKeys.masked,
      scopes: apiKeys.scopes,
      expires_at: apiKeys.expiresAt,
      revoked_at: apiKeys.revokedAt,
      last_used_at: apiKeys.lastUsedAt,
      created_at: apiKeys.createdAt,
    })
    .from(apiKeys)
    .where(and(eq(apiKeys.siteId, siteId), eq(apiKeys.accountId, actor.accountId)))
    .orderBy(asc(apiKeys.createdAt))
  for (const row of keys) yield { kind: 'api_key', ...row }
}

/** What was recorded: sync events, notifications, their endpoints without secrets, deliveries, and the audit log. */
export async function* listRecords({ db, actor }: ServiceContext): AsyncGenerator<Line> {
  const { accountId } = actor
  type Last = { id: string } | null
  yield* walk('sync_event', (last: Last) =>
    db
      .select({
        id: syncEvents.id,
        site_id: syncEvents.siteId,
        integration_id: syncEvents.integrationId,
        run_id: syncEvents.runId,
        action: syncEvents.action,
        direction: syncEvents.direction,
        success: syncEvents.success,
        code: syncEvents.code,
        detail: syncEvents.detail,
        item_ids: syncEvents.itemIds,
        counts: syncEvents.counts,
        started_at: syncEvents.startedAt,
        finished_at: syncEvents.finishedAt,
      })
      .from(syncEvents)
      .where(and(eq(syncEvents.accountId, accountId), after(syncEvents.id, last?.id)))
      .orderBy(asc(syncEvents.id))
      .limit(PAGE),
  )
  yield* walk('endpoint', (last: Last) => {
    const { id, name, url, isActive, failingSince, lastDeliveredAt, createdAt } = notificationEndpoints
    const columns = { id, name, url, is_active: isActive, failing_since: failingSince }
    return db
      .select({ ...columns, last_delivered_at: lastDeliveredAt, created_at: createdAt })
      .from(notificationEndpoints)
      .where(and(eq(notificationEndpoints.accountId, accountId), after(id, last?.id)))
      .orderBy(asc(id))
      .limit(PAGE)
  })
  yield* walk('notification', (last: Last) => {
    const { id, type, summary, body, createdAt } = notificationMessages
    return db
      .select({ id, type, summary, body, created_at: createdAt })
      .from(notificationMessages)
      .where(and(eq(notificationMessages.accountId, accountId), after(id, last?.id)))
      .orderBy(asc(id))
      .limit(PAGE)
  })
  yield* walk('delivery', (last: Last) => {
    const { id, messageId, channel, endpointId, userId, status, attempts, lastStatus, errorCode } =
      notificationDeliveries
    const whom = { message_id: messageId, channel, endpoint_id: endpointId, user_id: userId }
    const outcome = { status, attempts, last_status: lastStatus, error_code: errorCode }
    const times = { created_at: notificationDeliveries.createdAt, finished_at: notificationDeliveries.finishedAt }
    return db
      .select({ id, ...whom, ...outcome, ...times })
      .from(notificationDeliveries)
      .where(and(eq(notificationDeliveries.accountId, accountId), after(id, last?.id)))
      .orderBy(asc(id))
      .limit(PAGE)
  })
  yield* walk('audit', (last: { seq: number } | null) => {
    const { seq, actor: who, action, entityId, metadata, requestId, createdAt, hash } = auditLog
    const columns = { seq, actor: who, action, entity_id: entityId, metadata, request_id: requestId }
    return db
      .select({ ...columns, created_at: createdAt, hash })
      .from(auditLog)
      .where(and(eq(auditLog.accountId, accountId), after(seq, last?.seq)))
      .orderBy(asc(seq))
      .limit(PAGE)
  })
}
