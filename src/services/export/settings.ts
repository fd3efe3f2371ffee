import { asc, eq, sql } from 'drizzle-orm'
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
import { by, LARGE, range, type Section, SMALL } from './section.ts'

const MEMBERS: Section = {
  kind: 'member',
  page: SMALL,
  key: by('user_id'),
  read: (ctx, after) =>
    ctx.db
      .select({
        user_id: memberships.userId,
        name: users.name,
        email: users.email,
        role: memberships.role,
        notify_email: memberships.notifyEmail,
        created_at: memberships.createdAt,
      })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(range(ctx, memberships.accountId, memberships.userId, after))
      .orderBy(asc(memberships.userId))
      .limit(SMALL),
}

/** Without tokens. */
const INVITATIONS: Section = {
  kind: 'invitation',
  page: SMALL,
  key: by('email'),
  read: (ctx, after) =>
    ctx.db
      .select({
        email: invitations.email,
        role: invitations.role,
        expires_at: invitations.expiresAt,
        created_at: invitations.createdAt,
      })
      .from(invitations)
      .where(range(ctx, invitations.accountId, invitations.email, after))
      .orderBy(asc(invitations.email))
      .limit(SMALL),
}

const QUOTAS: Section = {
  kind: 'quota',
  page: SMALL,
  key: by('of'),
  read: (ctx, after) =>
    ctx.db
      .select({ of: accountQuotas.kind, most: accountQuotas.most })
      .from(accountQuotas)
      .where(range(ctx, accountQuotas.accountId, accountQuotas.kind, after))
      .orderBy(asc(accountQuotas.kind))
      .limit(SMALL),
}

export const SITES: Section = {
  kind: 'site',
  page: SMALL,
  key: by('id'),
  read: (ctx, after) =>
    ctx.db
      .select({
        id: sites.id,
        name: sites.name,
        url: sites.url,
        is_active: sites.isActive,
        created_at: sites.createdAt,
        updated_at: sites.updatedAt,
      })
      .from(sites)
      .where(range(ctx, sites.accountId, sites.id, after))
      .orderBy(asc(sites.id))
      .limit(SMALL),
}

/** With their settings. Secrets are left out. */
const INTEGRATIONS: Section = {
  kind: 'integration',
  page: LARGE,
  key: by('id'),
  read: (ctx, after) =>
    ctx.db
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
      .where(range(ctx, integrations.accountId, integrations.id, after))
      .orderBy(asc(integrations.id))
      .limit(LARGE),
}

/** Masked. */
const API_KEYS: Section = {
  kind: 'api_key',
  page: SMALL,
  key: by('id'),
  read: (ctx, after) =>
    ctx.db
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
      .where(range(ctx, apiKeys.accountId, apiKeys.id, after))
      .orderBy(asc(apiKeys.id))
      .limit(SMALL),
}

/** What waits for a person to confirm it; of a new secret, only that there is one. */
const CONNECTION_CHANGES: Section = {
  kind: 'connection_change',
  page: SMALL,
  key: by('integration_id'),
  read: (ctx, after) =>
    ctx.db
      .select({
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
      })
      .from(connectionChanges)
      .where(range(ctx, connectionChanges.accountId, connectionChanges.integrationId, after))
      .orderBy(asc(connectionChanges.integrationId))
      .limit(SMALL),
}

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
