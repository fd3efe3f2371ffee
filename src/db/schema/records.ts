import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { timestampMs } from './columns.ts'

/** One record per action on an integration. Outlives the integration and is pruned by age. */
export const syncEvents = sqliteTable(
  'sync_events',
  {
    /** Time-ordered. */
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    siteId: text('site_id').notNull(),
    integrationId: text('integration_id').notNull(),
    runId: text('run_id'),
    action: text('action').notNull(),
    direction: text('direction', { enum: ['metadata', 'from_external', 'to_external', 'both', 'drift_check'] }),
    success: integer('success', { mode: 'boolean' }).notNull(),
    code: text('code'),
    detail: text('detail'),
    /** Who caused it, as in the audit log; null if it isn't known. */
    actor: text('actor'),
    itemIds: text('item_ids', { mode: 'json' }).$type<string[]>().notNull(),
    counts: text('counts', { mode: 'json' }).$type<Record<string, number>>().notNull(),
    startedAt: timestampMs('started_at').notNull(),
    finishedAt: timestampMs('finished_at').notNull(),
  },
  (table) => [
    // the key is also the order of the list: an integration's events, newest first
    primaryKey({ columns: [table.integrationId, table.id] }),
    // the events of one run; failures
    index('sync_events_by_run')
      .on(table.runId, table.id)
      .where(sql`run_id IS NOT NULL`),
    index('sync_events_failed')
      .on(table.integrationId, table.id)
      .where(sql`success = 0`),
    // pruning
    index('sync_events_by_id').on(table.id),
    // an account's events: its export and its deletion
    index('sync_events_by_account').on(table.accountId, table.id),
  ],
)

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
