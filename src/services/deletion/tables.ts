import { sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries, notificationMessages, syncEvents } from '../../db/events/schema.ts'
import type { Shard } from '../../db/events/shards.ts'
import {
  accountQuotas,
  auditLog,
  connectCodes,
  deliveriesBefore,
  eventsBefore,
  idempotencyKeys,
  invitations,
  messagesBefore,
  notificationEndpoints,
  outbox,
} from '../../db/schema/index.ts'

/** A table with an account's rows: the column that names the account, and the primary key. */
export interface AccountTable {
  table: SQLiteTable
  account: SQLiteColumn
  key: readonly SQLiteColumn[]
}

/**
 * Tables that are emptied of an account in one go, in this order. Before them `sites`, `api_keys`, `integrations` and
 * `connection_changes` go site by site, also where a site is named that is gone, and `connection_watch` with the
 * integrations, by a trigger; `memberships` go member by member, `accounts` and `deletions` last.
 * A test walks the whole schema, so that no new table is forgotten.
 */
export const ACCOUNT_TABLES: readonly AccountTable[] = [
  { table: connectCodes, account: connectCodes.accountId, key: [connectCodes.siteId] },
  { table: outbox, account: outbox.accountId, key: [outbox.seq] },
  {
    table: notificationEndpoints,
    account: notificationEndpoints.accountId,
    key: [notificationEndpoints.accountId, notificationEndpoints.id],
  },
  {
    table: deliveriesBefore,
    account: deliveriesBefore.accountId,
    key: [deliveriesBefore.accountId, deliveriesBefore.id],
  },
  { table: messagesBefore, account: messagesBefore.accountId, key: [messagesBefore.accountId, messagesBefore.id] },
  { table: eventsBefore, account: eventsBefore.accountId, key: [eventsBefore.integrationId, eventsBefore.id] },
  { table: idempotencyKeys, account: idempotencyKeys.accountId, key: [idempotencyKeys.id] },
  { table: invitations, account: invitations.accountId, key: [invitations.tokenHash] },
  { table: accountQuotas, account: accountQuotas.accountId, key: [accountQuotas.accountId, accountQuotas.kind] },
  { table: auditLog, account: auditLog.accountId, key: [auditLog.accountId, auditLog.seq] },
]

/** The same of the event databases. */
export const EVENT_TABLES: readonly AccountTable[] = [
  {
    table: notificationDeliveries,
    account: notificationDeliveries.accountId,
    key: [notificationDeliveries.accountId, notificationDeliveries.id],
  },
  {
    table: notificationMessages,
    account: notificationMessages.accountId,
    key: [notificationMessages.accountId, notificationMessages.id],
  },
  { table: syncEvents, account: syncEvents.accountId, key: [syncEvents.integrationId, syncEvents.id] },
]

/** The statement that deletes some of an account's rows, found by an index. */
export function deleteSome({ table, account, key }: AccountTable, accountId: string, limit: number) {
  const columns = sql.join(
    key.map((column) => sql.identifier(column.name)),
    sql`, `,
  )
  return sql`DELETE FROM ${table} WHERE (${columns}) IN
    (SELECT ${columns} FROM ${table} WHERE ${sql.identifier(account.name)} = ${accountId} LIMIT ${limit})`
}

async function emptyDatabase(db: Db, tables: readonly AccountTable[], accountId: string, limit: number) {
  let left = limit
  for (const table of tables) {
    if (left <= 0) break
    const { meta } = await db.run(deleteSome(table, accountId, left))
    left -= meta.changes
  }
  return limit - left
}

/**
 * Deletes at most `limit` of an account's rows, in the control database and in every event database: also in those that
 * the account was moved from. What waits in the outbox goes first, so that nothing comes after.
 * @returns how many
 */
export async function emptyTables(
  { db, events }: { db: Db; events: { all: () => readonly Shard[] } },
  accountId: string,
  limit: number,
): Promise<number> {
  let deleted = await emptyDatabase(db, ACCOUNT_TABLES, accountId, limit)
  for (const shard of events.all()) {
    if (deleted >= limit) break
    deleted += await emptyDatabase(shard.db, EVENT_TABLES, accountId, limit - deleted)
  }
  return deleted
}
