import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { TRANSPORTS } from '../../contract/polling.ts'
import { CONNECTION_STATES } from '../../contract/health.ts'
import { CHANGE_STATES } from '../../contract/connection-changes.ts'
import { PLATFORMS } from '../../contract/integrations.ts'
import type { ContentTypesUpdate } from '../../contract/content-types.ts'
import type { ActingUser, Structure } from '../../contract/structure.ts'
import type { CountsSnapshot } from '../../contract/counts.ts'
import { timestampMs } from './columns.ts'

export const integrations = sqliteTable(
  'integrations',
  {
    id: text('id').primaryKey(),
    accountId: text('account_id').notNull(),
    siteId: text('site_id').notNull(),
    platform: text('platform', { enum: PLATFORMS }).notNull(),
    siteUrl: text('site_url').notNull(),
    isActive: integer('is_active', { mode: 'boolean' }).notNull().default(true),
    syncEnabled: integer('sync_enabled', { mode: 'boolean' }).notNull().default(true),
    syncStatus: text('sync_status', { enum: ['pending', 'syncing', 'success', 'failed'] })
      .notNull()
      .default('pending'),
    connection: text('connection', { enum: CONNECTION_STATES }).notNull().default('not_connected'),
    connectionReason: text('connection_reason'),
    /** The evidence for the reason, in words. */
    connectionDetail: text('connection_detail'),
    connectionSince: timestampMs('connection_since'),
    /** When the site last answered a signed command, or sent a signed message that verified. */
    lastVerifiedAt: timestampMs('last_verified_at'),
    /** The key that the plugin connected with. */
    apiKeyId: text('api_key_id'),
    apiKeyMasked: text('api_key_masked'),
    /** Sealed JSON `{ signing_secrets: [newest, …] }`; see lib/link-credentials.ts. */
    credentials: text('credentials'),
    /** The WordPress user as whom the plugin writes, as it last said. */
    actingUser: text('acting_user_json', { mode: 'json' }).$type<ActingUser>(),
    /** The plugin's command endpoint, found by the last successful test. */
    commandsUrl: text('commands_url'),
    /** How commands reach the site. A copy for display; the site's object decides. */
    transport: text('transport', { enum: TRANSPORTS }).notNull().default('direct'),
    lastPollAt: timestampMs('last_poll_at'),
    /** Measured seconds between the site's polls. */
    expectedLatencyS: integer('expected_latency_s'),
    /** What people configured. */
    config: text('config_json', { mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** What the plugin pushed last. */
    structure: text('structure_json', { mode: 'json' }).$type<Structure>(),
    structureFetchedAt: timestampMs('structure_fetched_at'),
    /** Editors' settings per type. Separate from the structure, so that a push can't overwrite them. */
    typeSettings: text('type_settings_json', { mode: 'json' }).$type<ContentTypesUpdate>().notNull(),
    counts: text('counts_json', { mode: 'json' }).$type<CountsSnapshot>(),
    countsAsOf: timestampMs('counts_as_of'),
    /** Fence: a run raises it when it starts, and its writes apply only while it is unchanged. */
    syncEpoch: integer('sync_epoch').notNull().default(0),
    /** Bytes that the site's object stores, as it last reported. */
    storedBytes: integer('stored_bytes').notNull().default(0),
    lastSyncAt: timestampMs('last_sync_at'),
    nextCheckAt: timestampMs('next_check_at'),
    /** When the account was last told that a change of this connection waits for a person. */
    requestToldAt: timestampMs('request_told_at'),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (table) => [
    // one integration per site and platform; also the lookup by site
    uniqueIndex('integrations_by_site_platform').on(table.siteId, table.platform),
    // list of an account's integrations, by id
    index('integrations_by_account').on(table.accountId, table.id),
    // cron: overdue health checks, oldest first
    index('integrations_by_next_check').on(table.nextCheckAt, table.id),
  ],
)

/**
 * A new secret or address for a connection, which a person has to confirm: at most one per integration. Deleted when it is
 * carried out, and pruned after `expires_at`.
 */
export const connectionChanges = sqliteTable(
  'connection_changes',
  {
    integrationId: text('integration_id').primaryKey(),
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    siteId: text('site_id').notNull(),
    state: text('state', { enum: CHANGE_STATES }).notNull(),
    /** Keyed hash of secret and address, by which a repeat is recognised. */
    fingerprint: text('fingerprint').notNull(),
    /** Sealed for this row; null if the secret stays. */
    secret: text('secret'),
    /** Null if the address stays. */
    siteUrl: text('site_url'),
    restRoot: text('rest_root'),
    pluginVersion: text('plugin_version'),
    apiKeyId: text('api_key_id').notNull(),
    requestedFrom: text('requested_from'),
    requestedAt: timestampMs('requested_at').notNull(),
    expiresAt: timestampMs('expires_at').notNull(),
    decidedBy: text('decided_by'),
  },
  (table) => [
    // pruning
    index('connection_changes_by_expiry').on(table.expiresAt),
    // an account's changes: its export and its deletion
    index('connection_changes_by_account').on(table.accountId, table.integrationId),
  ],
)
