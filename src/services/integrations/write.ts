import { and, eq, exists, sql } from 'drizzle-orm'
import type { Connection, HealthReason } from '../../contract/health.ts'
import type { Integration, IntegrationCreate, IntegrationUpdate } from '../../contract/integrations.ts'
import type { SecurityChange } from '../../contract/notifications.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { recordEvent } from '../../db/record-event.ts'
import { connectionChanges, integrations } from '../../db/schema/index.ts'
import { maskApiKey, parseApiKey } from '../../lib/api-key.ts'
import { isResting } from '../../lib/connection.ts'
import { verifySiteApiKey } from '../api-keys/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { invalidField, ServiceError } from '../errors.ts'
import { isSignedByLink, refuseSkewed, readKnownSecrets, type SignedRequest } from '../link.ts'
import { tellSecurity } from '../notifications/index.ts'
import { presentIntegration } from './present.ts'
import { assertKeyMayWrite, publishChange, scheduleCheck } from '../site-calls.ts'
import { readSiteUrl } from '../site-url.ts'
import { type IntegrationRow, loadIntegration, loadSite, ofIntegration, siteExists, tenantFilter } from '../tenant.ts'

/**
 * The columns that say which of the site's keys an integration uses. The key itself is not stored.
 * @throws ServiceError `invalid_api_key`
 */
async function describeSiteKey({ ctx, input }: { ctx: ServiceContext; input: { siteId: string; apiKey: string } }) {
  const parsed = parseApiKey(input.apiKey)
  if (!parsed) throw new ServiceError('invalid_api_key', 'The API key is mistyped or incomplete.')
  const isOwn = await verifySiteApiKey({ ctx, siteId: input.siteId, plaintext: parsed.plaintext })
  if (!isOwn) throw new ServiceError('invalid_api_key')
  return { apiKeyId: parsed.keyId, apiKeyMasked: maskApiKey(parsed.plaintext) }
}

/** @throws ServiceError `unsupported_platform` unless it is WordPress */
export function assertSupported(platform: string): void {
  if (platform !== 'wordpress') throw new ServiceError('unsupported_platform', `${platform} is not supported yet.`)
}

function requireApiKey(input: IntegrationCreate): string {
  if (input.api_key !== undefined) return input.api_key
  throw invalidField('body.api_key', 'a WordPress integration requires an API key', 'required')
}

/**
 * Creates an integration without calling the site. The plugin or a connection test connects it later.
 * @throws ServiceError `unsupported_platform`, `site_not_found`, `invalid_api_key`, `integration_exists`
 */
export async function createIntegration({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: IntegrationCreate
}): Promise<Integration> {
  await assertKeyMayWrite(ctx)
  assertSupported(input.platform)
  const site = await loadSite({ ctx, siteId: input.site_id })
  const key = await describeSiteKey({ ctx, input: { siteId: site.id, apiKey: requireApiKey(input) } })
  const now = new Date(ctx.now())
  const ref = { id: ctx.newId('int'), accountId: site.accountId, siteId: site.id }
  const values = {
    ...ref,
    ...key,
    platform: input.platform,
    siteUrl: input.site_url === undefined ? site.url : readSiteUrl(ctx.config, input.site_url, 'body.site_url'),
    syncEnabled: input.sync_enabled,
    connectionSince: now,
    config: input.config_json,
    typeSettings: {},
    createdAt: now,
    updatedAt: now,
  }
  const insert = insertWhile(ctx.db, integrations, values, siteExists(ctx, site)).returning()
  const own = and(eq(integrations.id, ref.id), eq(integrations.accountId, ref.accountId))
  const when = exists(ctx.db.select({ id: integrations.id }).from(integrations).where(own))
  const metadata = { platform: input.platform }
  const entry = { action: 'integration.created', entityId: ref.id, metadata, when } as const
  const rows = await appendAudit({ ctx, input: { entry, changes: [insert] } }).then(
    ([inserted]): IntegrationRow[] => inserted,
    (cause: unknown) => {
      if (isUniqueViolation(cause, 'integrations')) throw new ServiceError('integration_exists', undefined, { cause })
      throw cause
    },
  )
  const [row] = rows
  if (!row) throw new ServiceError('site_not_found')
  await recordEvent(ctx, row, { action: 'create', startedAt: now.getTime() })
  return presentIntegration(row)
}

interface NextState {
  connection: Connection
  connectionReason: HealthReason | null
}

/** The connection state after switching on or off; null if it stays. */
function nextConnection(before: IntegrationRow, patch: IntegrationUpdate): NextState | null {
  if (patch.is_active === false && before.isActive)
    return { connection: 'disabled', connectionReason: 'integration_inactive' }
  if (patch.is_active === true && !before.isActive)
    return { connection: before.credentials === null ? 'not_connected' : 'structure_syncing', connectionReason: null }
  return null
}

/** What a patch changes about who speaks for the site, for the audit log and the account. */
function securityChanges(before: IntegrationRow, siteUrl: string, key: { apiKeyMasked?: string }): SecurityChange[] {
  const { apiKeyMasked: masked } = key
  return [
    ...(siteUrl === before.siteUrl ? [] : [{ what: 'address_changed' as const, from: before.siteUrl, to: siteUrl }]),
    ...(masked === undefined || masked === before.apiKeyMasked
      ? []
      : [{ what: 'key_changed' as const, from: before.apiKeyMasked, to: masked }]),
  ]
}

/**
 * Changes an integration. A new address invalidates the discovered command endpoint; only a person can give one to a
 * connection.
 * @throws ServiceError `integration_not_found`, `invalid_api_key`, `person_required`, `validation_error`
 */
export async function updateIntegration({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: IntegrationUpdate }
}): Promise<Integration> {
  await assertKeyMayWrite(ctx)
  const { id, patch } = input
  const before = await loadIntegration({ ctx, id })
  const key =
    patch.api_key === undefined
      ? {}
      : await describeSiteKey({ ctx, input: { siteId: before.siteId, apiKey: patch.api_key } })
  const now = new Date(ctx.now())
  const connection = nextConnection(before, patch)
  const siteUrl =
    patch.site_url === undefined ? before.siteUrl : readSiteUrl(ctx.config, patch.site_url, 'body.site_url')
  const isMoved = siteUrl !== before.siteUrl
  if (isMoved && ctx.actor.kind === 'api_key' && before.credentials !== null)
    throw new ServiceError('person_required', 'An API key alone can’t change the address of a connection.')
  const isOff = patch.is_active === false || patch.sync_enabled === false
  const update = ctx.db
    .update(integrations)
    .set({
      ...key,
      // the new address has proved nothing yet
      ...(isMoved && { siteUrl, commandsUrl: null, lastVerifiedAt: null }),
      ...(isMoved && !isResting(before.connection) && { nextCheckAt: now }),
      ...(patch.is_active !== undefined && { isActive: patch.is_active }),
      ...(patch.sync_enabled !== undefined && { syncEnabled: patch.sync_enabled }),
      ...(patch.config_json && {
        config: sql`json_patch(${integrations.config}, ${JSON.stringify(patch.config_json)})`,
      }),
      // switching off ends a run, which must not leave the integration `syncing`
      ...(isOff && {
        syncStatus: sql`iif(${integrations.syncStatus} = 'syncing', 'pending', ${integrations.syncStatus})`,
      }),
      ...(connection && {
        ...connection,
        connectionDetail: null,
        connectionSince: now,
        nextCheckAt: before.isActive ? null : now,
      }),
      updatedAt: now,
    })
    .where(and(eq(integrations.id, id), tenantFilter(ctx.actor, integrations)))
    .returning()
  const told = securityChanges(before, siteUrl, key)
  const metadata = { fields: Object.keys(patch), ...(told.length > 0 && { changes: told }) }
  const entry = { action: 'integration.updated', entityId: id, metadata } as const
  const isTold = told.length > 0 && before.credentials !== null
  const messages = tellSecurity(ctx, { integration: before, changes: told, actor: ctx.actor })
  const [rows] = await appendAudit({ ctx, input: { entry, changes: [update, ...(isTold ? messages : [])] } })
  const after = rows[0]
  if (!after) throw new ServiceError('integration_not_found')
  await recordEvent(ctx, before, { action: 'update', startedAt: now.getTime() })
  publishChange(ctx, after.siteId)
  if (!after.isActive || !after.syncEnabled) await ctx.site(after.siteId).stop(id)
  const isDue = after.nextCheckAt?.getTime() === now.getTime()
  if (isDue && after.credentials !== null) await scheduleCheck(ctx, after, ctx.now())
  return presentIntegration(after)
}

/**
 * Deletes an integration and stops its work at the site's object. Its events stay until they are pruned. An API key alone
 * can't delete a connection: it could then connect another site in its place.
 * @throws ServiceError `integration_not_found`, `signature_required`, `clock_skew`
 */
export async function deleteIntegration({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; message: SignedRequest }
}): Promise<void> {
  await assertKeyMayWrite(ctx)
  const row = await loadIntegration({ ctx, id: input.id })
  if (ctx.actor.kind === 'api_key' && row.credentials !== null) {
    const known = await readKnownSecrets(ctx, row)
    if (!(await isSignedByLink(ctx, known, input.message))) {
      await refuseSkewed(ctx, known, input.message)
      throw new ServiceError('signature_required', 'An API key alone can’t delete a connection.')
    }
  }
  const removal = ctx.db
    .delete(integrations)
    .where(and(eq(integrations.id, row.id), tenantFilter(ctx.actor, integrations)))
  const startedAt = ctx.now()
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'integration.deleted', entityId: row.id },
      changes: [removal, ctx.db.delete(connectionChanges).where(ofIntegration(row))],
    },
  })
  await recordEvent(ctx, row, { action: 'delete', startedAt })
  await ctx.site(row.siteId).stop(row.id)
}
