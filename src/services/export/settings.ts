import { sql } from 'drizzle-orm'
import {
  accountQuotas,
  apiKeys,
  connectionChanges,
  integrations,
  invitations,
  memberships,
  sites,
  users,
} from '../../db/schema/index.ts'
import { LARGE, type Section, section } from './section.ts'

const MEMBERS = section({
  kind: 'member',
  table: memberships,
  key: memberships.userId,
  person: memberships.userId,
  columns: {
    user_id: memberships.userId,
    name: users.name,
    email: users.email,
    role: memberships.role,
    notify_email: memberships.notifyEmail,
    created_at: memberships.createdAt,
  },
})

/** Without tokens. */
const INVITATIONS = section({
  kind: 'invitation',
  table: invitations,
  key: invitations.email,
  columns: {
    email: invitations.email,
    role: invitations.role,
    expires_at: invitations.expiresAt,
    created_at: invitations.createdAt,
  },
})

const QUOTAS = section({
  kind: 'quota',
  table: accountQuotas,
  key: accountQuotas.kind,
  columns: { of: accountQuotas.kind, most: accountQuotas.most },
})

export const SITES = section({
  kind: 'site',
  table: sites,
  key: sites.id,
  columns: {
    id: sites.id,
    name: sites.name,
    url: sites.url,
    is_active: sites.isActive,
    created_at: sites.createdAt,
    updated_at: sites.updatedAt,
  },
})

/** With their settings. Secrets are left out. */
export const INTEGRATIONS = section({
  kind: 'integration',
  page: LARGE,
  table: integrations,
  key: integrations.id,
  columns: {
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
  },
})

/** Masked. */
const API_KEYS = section({
  kind: 'api_key',
  table: apiKeys,
  key: apiKeys.id,
  columns: {
    id: apiKeys.id,
    site_id: apiKeys.siteId,
    name: apiKeys.name,
    key: apiKeys.masked,
    scopes: apiKeys.scopes,
    expires_at: apiKeys.expiresAt,
    revoked_at: apiKeys.revokedAt,
    last_used_at: apiKeys.lastUsedAt,
    created_at: apiKeys.createdAt,
  },
})

/** What waits for a person to confirm it; of a new secret, only that there is one. */
const CONNECTION_CHANGES = section({
  kind: 'connection_change',
  table: connectionChanges,
  key: connectionChanges.integrationId,
  columns: {
    id: connectionChanges.id,
    integration_id: connectionChanges.integrationId,
    site_id: connectionChanges.siteId,
    state: connectionChanges.state,
    new_secret: sql<boolean>`${connectionChanges.secret} IS NOT NULL`.mapWith(Boolean),
    new_url: connectionChanges.siteUrl,
    api_key_id: connectionChanges.apiKeyId,
    plugin_version: connectionChanges.pluginVersion,
    requested_from: connectionChanges.requestedFrom,
    requested_at: connectionChanges.requestedAt,
    expires_at: connectionChanges.expiresAt,
    decided_by: connectionChanges.decidedBy,
  },
})

/** Who and what is in the account. */
export const SETTINGS: readonly Section[] = [
  MEMBERS,
  INVITATIONS,
  QUOTAS,
  SITES,
  INTEGRATIONS,
  API_KEYS,
  CONNECTION_CHANGES,
]
