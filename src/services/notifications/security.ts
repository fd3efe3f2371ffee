/**
 * Messages about who may speak for a site: its signing secret, its address, its API key, the WordPress user it writes as.
 * They belong into the batch of the change, so that no change goes untold. Number and recipients are found within the
 * batch: unlike messages about connections, no writer computes them beforehand, so none can be too late.
 */
import { type SQL, sql } from 'drizzle-orm'
import { DELIVERY_LIFETIME_S, type OutgoingMessage, type SecurityChange } from '../../contract/notifications.ts'
import {
  memberships,
  notificationDeliveries,
  notificationEndpoints,
  notificationMessages,
  sites,
  users,
} from '../../db/schema/index.ts'
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

/** A time-ordered id (UUIDv7), made by SQLite once per row. */
const idPerRow = (prefix: string, now: number) => {
  const hex = (digits: number) => `substr(hex(randomblob(6)), 1, ${digits})`
  const parts = [`'7'`, hex(3), `'8'`, hex(3), hex(12)].join(' || ')
  return sql`${`${prefix}_${now.toString(16).padStart(12, '0')}`} || lower(${sql.raw(parts)})`
}

/** Statements that tell the account's people and endpoints about changes, for the batch of the changes. */
export function tellSecurity(ctx: TellContext, input: TellInput) {
  const { integration, changes, actor, requestedFrom = null, when = sql`true` } = input
  const { accountId } = integration
  const now = ctx.now()
  const id = ctx.newId('msg')
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
  const seq = sql`(SELECT ifnull(max(seq), 0) + 1 FROM notification_messages WHERE account_id = ${accountId})`
  const name = sql`(SELECT name FROM ${sites} WHERE ${sites.id} = ${integration.siteId} AND ${sites.accountId} = ${accountId})`
  const message = sql`SELECT ${id}, ${accountId}, ${seq}, 'connection.security', ${summarizeSecurity(changes)},
    ${changes.length}, json_set(${JSON.stringify(body)}, '$.data.site_name', ifnull(${name}, '')), ${now} WHERE ${when}`
  const delivery = (channel: 'webhook' | 'email', endpoint: SQL, user: SQL) => sql`SELECT ${idPerRow('dlv', now)},
    ${accountId}, ${id}, ${channel}, ${endpoint}, ${user}, 'pending', 0, ${now}, ${now + DELIVERY_LIFETIME_S * 1000},
    NULL, NULL, NULL, ${now}, NULL`
  const isStored = sql`EXISTS (SELECT 1 FROM notification_messages WHERE account_id = ${accountId} AND id = ${id})`
  const toEndpoints = sql`${delivery('webhook', sql`notification_endpoints.id`, sql`NULL`)}
    FROM ${notificationEndpoints} WHERE ${notificationEndpoints.accountId} = ${accountId}
      AND ${notificationEndpoints.isActive} = 1 AND ${isStored}`
  const toPeople = sql`${delivery('email', sql`NULL`, sql`memberships.user_id`)}
    FROM ${memberships} JOIN ${users} ON ${users.id} = ${memberships.userId}
    WHERE ${memberships.accountId} = ${accountId} AND ${users.isActive} = 1 AND ${wantsEmail} AND ${isStored}
      AND ${Number(ctx.config.email !== null)} = 1`
  return [
    ctx.db.insert(notificationMessages).select(message),
    ctx.db.insert(notificationDeliveries).select(toEndpoints),
    ctx.db.insert(notificationDeliveries).select(toPeople),
  ] as const
}

const HOUR_MS = 3_600_000

/**
 * Whether an account has not been told about a request for confirmation of this integration within the hour, so that
 * whoever holds a key can't fill mailboxes.
 */
export function notToldOfRequest(integrationId: string, accountId: string, now: number): SQL {
  return sql`NOT EXISTS (SELECT 1 FROM notification_messages WHERE account_id = ${accountId}
    AND type = 'connection.security' AND created_at > ${now - HOUR_MS}
    AND body ->> '$.data.integration_id' = ${integrationId}
    AND body ->> '$.data.changes[0].what' = 'confirmation_requested')`
}
