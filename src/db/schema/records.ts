import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

/**
 * The audit log. A row is written with its own `mac`; `hash`, empty at first, then joins it to the row before it. Both are
 * keyed with a secret outside the database. They cover ids alone: names are looked up when the log is read, and of
 * `origin` they cover a digest, so that it can be removed with its person.
 */
export const auditLog = sqliteTable(
  'audit_log',
  {
    accountId: text('account_id').notNull(),
    seq: integer('seq').notNull(),
    actor: text('actor').notNull(),
    action: text('action').notNull(),
    entityId: text('entity_id').notNull(),
    metadata: text('metadata', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    requestId: text('request_id').notNull(),
    createdAt: timestampMs('created_at').notNull(),
    hash: text('hash').notNull(),
    mac: text('mac').notNull().default(''),
    /** Where the request came from, as JSON; empty if that isn't known or was erased. */
    origin: text('origin').notNull().default(''),
    originDigest: text('origin_digest').notNull().default(''),
  },
  (table) => [
    primaryKey({ columns: [table.accountId, table.seq] }),
    // the list, newest first, and each of its filters
    index('audit_log_by_time').on(table.accountId, table.createdAt, table.seq),
    index('audit_log_by_actor').on(table.accountId, table.actor, table.createdAt, table.seq),
    index('audit_log_by_action').on(table.accountId, table.action, table.createdAt, table.seq),
    index('audit_log_by_entity').on(table.accountId, table.entityId, table.createdAt, table.seq),
    // erasing a person
    index('audit_log_origins')
      .on(table.actor)
      .where(sql`origin <> ''`),
    index('audit_log_mac')
      .on(table.accountId, table.mac)
      .where(sql`mac <> ''`),
    index('audit_log_unsealed')
      .on(table.accountId, table.seq)
      .where(sql`hash = ''`),
  ],
)

/** When each cron last completed its jobs. */
export const ticks = sqliteTable('ticks', {
  cron: text('cron').primaryKey(),
  at: timestampMs('at').notNull(),
  /** When each of its jobs last ran, how long that took, and how it ended: JSON by their names; see services/health/jobs.ts. */
  jobs: text('jobs').notNull().default('{}'),
})

/** Responses to writes with an Idempotency-Key. Bodies are sealed, because some contain an API key. */
export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    /** SHA-256 of actor, route and key. */
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    fingerprint: text('fingerprint').notNull(),
    /** Null while the request runs. */
    status: integer('status'),
    response: text('response'),
    leaseUntil: timestampMs('lease_until').notNull(),
    expiresAt: timestampMs('expires_at').notNull(),
  },
  (table) => [
    // pruning
    index('idempotency_keys_by_expiry').on(table.expiresAt),
    // deletion of an account
    index('idempotency_keys_by_account').on(table.accountId),
  ],
)
