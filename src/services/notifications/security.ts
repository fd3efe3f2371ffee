/**
 * Messages about who may speak for a site: its signing secret, its address, its API key, the WordPress user it writes as.
 * They belong into the batch of the change, so that no change goes untold. The recipients are found within the batch, so
 * that nobody is missed who was added just before.
 */
import { and, eq, type SQL, sql } from 'drizzle-orm'
import type { OutgoingMessage, SecurityChange } from '../../contract/notifications.ts'
import type { Db } from '../../db/client.ts'
import { postMessage } from '../../db/events/outbox.ts'
import { integrations, memberships, notificationEndpoints, sites, users } from '../../db/schema/index.ts'
import { describeActor, type Actor, type ServiceContext } from '../context.ts'
import { wantsEmail } from './preferences.ts'

export type SecurityMessage = Extract<OutgoingMessage, { type: 'connection.security' }>

/** Subjects say what happened and nothing that a tenant wrote. */
export const SECURITY_SUBJECTS: Record<SecurityChange['what'], string> = {
  confirmation_requested: 'A change of a connection waits for your confirmation',
  change_refused: 'A change of a connection was refused',
  secret_replaced: 'The signing secret of a connection was replaced',
  address_changed: 'The address of a connected site was changed',
  key_changed: 'A connection uses another API key',
  acting_user_changed: 'A connected site writes as another WordPress user',
}

/** The subject of a message about these changes. */
export function summarizeSecurity(changes: readonly SecurityChange[]): string {
  const [first] = changes
  return changes.length === 1 && first ? SECURITY_SUBJECTS[first.what] : 'A connection was changed'
}

type TellContext = Pick<ServiceContext<Actor>, 'db' | 'config' | 'now' | 'newId' | 'requestId'>

interface TellInput {
  integration: { id: string; accountId: string; siteId: string; siteUrl: string }
  changes: SecurityChange[]
  actor: Actor
  /** Network address of who asked; null if unknown. */
  requestedFrom?: string | null
  /** Tells only if this holds after the changes. */
  when?: SQL
}

/** The statement that tells the account's people and endpoints about changes, for the batch of the changes. */
export function tellSecurity(ctx: TellContext, input: TellInput) {
  const { integration, changes, actor, requestedFrom = null, when = sql`true` } = input
  const { accountId } = integration
  const now = ctx.now()
  const body: SecurityMessage = {
    type: 'connection.security',
    timestamp: new Date(now).toISOString(),
    data: {
      account_id: accountId,
      integration_id: integration.id,
      site_id: integration.siteId,
      site_name: '',
      site_url: integration.siteUrl,
      changes,
      actor: describeActor(actor),
      requested_from: requestedFrom,
      request_id: ctx.requestId,
    },
  }
  const name = sql`(SELECT name FROM ${sites} WHERE ${sites.id} = ${integration.siteId} AND ${sites.accountId} = ${accountId})`
  // `|| ''`: as text, not as an object within the object
  const text = sql`json_set(${JSON.stringify(body)}, '$.data.site_name', ifnull(${name}, '')) || ''`
  const endpoints = sql`SELECT json_group_array(id) FROM ${notificationEndpoints}
    WHERE ${notificationEndpoints.accountId} = ${accountId} AND ${notificationEndpoints.isActive} = 1`
  const people = sql`SELECT json_group_array(${memberships.userId}) FROM ${memberships}
    JOIN ${users} ON ${users.id} = ${memberships.userId}
    WHERE ${memberships.accountId} = ${accountId} AND ${users.isActive} = 1 AND ${wantsEmail}
      AND ${Number(ctx.config.email !== null)} = 1`
  const waiting = sql`json_object('type', 'connection.security', 'summary', ${summarizeSecurity(changes)},
    'changes', ${changes.length}, 'body', ${text}, 'endpointIds', json((${endpoints})), 'userIds', json((${people})))`
  return [postMessage(ctx.db, { id: ctx.newId('msg'), accountId, body: waiting, when, now })] as const
}

const HOUR_MS = 3_600_000

/**
 * Whether an account has not been told about a request for confirmation of this integration within the hour, so that
 * whoever holds a key can't fill mailboxes.
 */
export const notToldOfRequest = (integrationId: string, accountId: string, now: number): SQL =>
  sql`EXISTS (SELECT 1 FROM ${integrations} WHERE ${integrations.id} = ${integrationId}
    AND ${integrations.accountId} = ${accountId} AND ifnull(${integrations.requestToldAt}, 0) <= ${now - HOUR_MS})`

/** The statement that notes, after it was told, that an account was told about such a request. */
export const noteToldOfRequest = (db: Db, integrationId: string, accountId: string, now: number, when: SQL) =>
  db
    .update(integrations)
    .set({ requestToldAt: new Date(now) })
    .where(and(eq(integrations.id, integrationId), eq(integrations.accountId, accountId), when))
