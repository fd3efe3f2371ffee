import { sql } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Db } from '../../db/client.ts'
import {
  accountQuotas,
  auditLog,
  idempotencyKeys,
  invitations,
  notificationDeliveries,
  notificationEndpoints,
  notificationMessages,
  syncEvents,
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
  {
    table: notificationEndpoints,
    account: notificationEndpoints.accountId,
    key: [notificationEndpoints.accountId, notificationEndpoints.id],
  },
  { table: syncEvents, account: syncEvents.accountId, key: [syncEvents.integrationId, syncEvents.id] },
  { table: idempotencyKeys, account: idempotencyKeys.accountId, key: [idempotencyKeys.id] },
  { table: invitations, account: invitations.accountId, key: [invitations.tokenHash] },
  { table: accountQuotas, account: accountQuotas.accountId, key: [accountQuotas.accountId, accountQuotas.kind] },
  { table: auditLog, account: auditLog.accountId, key: [auditLog.accountId, auditLog.seq] },
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

/** Deletes at most `limit` of an account's rows. @returns how many */
export async function emptyTables(db: Db, accountId: string, limit: number): Promise<number> {
  let left = limit
  for (const table of ACCOUNT_TABLES) {
    if (left <= 0) break
    const { meta } = await db.run(deleteSome(table, accountId, left))
    left -= meta.changes
  }
  return limit - left
}
