import { and, eq, sql } from 'drizzle-orm'
import type { Connection, HealthReason } from '../../contract/health.ts'
import type { Integration, IntegrationCreate, IntegrationUpdate } from '../../contract/integrations.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { maskApiKey, parseApiKey } from '../../lib/api-key.ts'
import { isResting } from '../../lib/connection.ts'
import { verifySiteApiKey } from '../api-keys/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { presentIntegration } from './present.ts'
import { assertKeyMayWrite, publishChange, scheduleCheck } from '../site-calls.ts'
import { type IntegrationRow, loadIntegration, tenantFilter } from '../tenant.ts'

/**
 * The columns that remember which of a site's keys an integration uses; never the key itself.
 * @throws ServiceError `invalid_api_key`
 */
async function describeSiteKey({ ctx, input }: { ctx: ServiceContext; input: { siteId: string; apiKey: string } }) {
  const parsed = parseApiKey(input.apiKey)
  if (!parsed) throw new ServiceError('invalid_api_key', 'The API key is mistyped or incomplete.')
  const isOwn = await verifySiteApiKey({ ctx, siteId: input.siteId, plaintext: parsed.plaintext })
  if (!isOwn) throw new ServiceError('invalid_api_key')
  return { apiKeyId: parsed.keyId, apiKeyMasked: maskApiKey(parsed.plaintext) }
}

/** @throws ServiceError `unsupported_platform` for all but WordPress */
export function assertSupported(platform: string): void {
  if (platform !== 'wordpress') throw new ServiceError('unsupported_platform', `${platform} is not supported yet.`)
}

async function loadSite(ctx: ServiceContext, id: string) {
  const [site] = await ctx.db
    .select()
    .from(sites)
    .where(and(eq(sites.id, id), tenantFilter(ctx.actor, { accountId: sites.accountId, siteId: sites.id })))
    .limit(1)
  if (!site) throw new ServiceError('site_not_found')
  return site
}

function requireApiKey(input: IntegrationCreate): string {
  if (input.api_key !== undefined) return input.api_key
  const message = 'a WordPress integration requires an API key'
  throw new ServiceError('validation_error', `body.api_key: ${message}`, {
    errors: [{ path: 'body.api_key', code: 'required', message }],
  })
}

/**
 * Makes an integration; the site itself is not called. It is connected by the plugin, or by a test.
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
  const site = await loadSite(ctx, input.site_id)
  const key = await describeSiteKey({ ctx, input: { siteId: site.id, apiKey: requireApiKey(input) } })
  const now = new Date(ctx.now())
  const subject = { id: ctx.newId('int'), accountId: site.accountId, siteId: site.id }
  const insert = ctx.db
    .insert(integrations)
    .values({
      ...subject,
      ...key,
      platform: input.platform,
      siteUrl: input.site_url ?? site.url,
      syncEnabled: input.sync_enabled,
      connectionSince: now,
      config: input.config_json,
      typeSettings: {},
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  const entry = { action: 'integration.created', entityId: subject.id, metadata: { platform: input.platform } }
  const event = recordEvent(ctx, subject, { action: 'create', startedAt: ctx.now() })
  const rows = await appendAudit({ ctx, input: { entry, changes: [insert, event] } }).then(
    ([inserted]): IntegrationRow[] => inserted,
    (cause: unknown) => {
      if (isUniqueViolation(cause, 'integrations')) throw new ServiceError('integration_exists', undefined, { cause })
      throw cause
    },
  )
  const [row] = rows
  if (!row) throw new Error('insert returned no row')
  return presentIntegration(row)
}

interface NextState {
  connection: Connection
  connectionReason: HealthReason | null
}

/** Where switching on or off leaves the connection; null where it stays as it is. */
function nextConnection(before: IntegrationRow, patch: IntegrationUpdate): NextState | null {
  if (patch.is_active === false && before.isActive)
    return { connection: 'disabled', connectionReason: 'integration_inactive' }
  if (patch.is_active === true && !before.isActive)
    return { connection: before.credentials === null ? 'not_connected' : 'structure_syncing', connectionReason: null }
  return null
}

/**
 * Changes an integration. Another address is not trusted with the endpoint that the old one had.
 * @throws ServiceError `integration_not_found`, `invalid_api_key`
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
  const isMoved = patch.site_url !== undefined && patch.site_url !== before.siteUrl
  const isOff = patch.is_active === false || patch.sync_enabled === false
  const update = ctx.db
    .update(integrations)
    .set({
      ...key,
      ...(patch.site_url !== undefined && { siteUrl: patch.site_url }),
      ...(isMoved && { commandsUrl: null }),
      ...(isMoved && !isResting(before.connection) && { nextCheckAt: now }),
      ...(patch.is_active !== undefined && { isActive: patch.is_active }),
      ...(patch.sync_enabled !== undefined && { syncEnabled: patch.sync_enabled }),
      ...(patch.config_json && {
        config: sql`json_patch(${integrations.config}, ${JSON.stringify(patch.config_json)})`,
      }),
      // a run that is ended by this leaves no integration that seems to be syncing
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
  const entry = { action: 'integration.updated', entityId: id, metadata: { fields: Object.keys(patch) } }
  const event = recordEvent(ctx, before, { action: 'update', startedAt: ctx.now() })
  const [rows] = await appendAudit({ ctx, input: { entry, changes: [update, event] } })
  const after = rows[0]
  if (!after) throw new ServiceError('integration_not_found')
  publishChange(ctx, after.siteId)
  if (!after.isActive || !after.syncEnabled) await ctx.site(after.siteId).stop(id)
  const isDue = after.nextCheckAt?.getTime() === now.getTime()
  if (isDue && after.credentials !== null) await scheduleCheck(ctx, after, ctx.now())
  return presentIntegration(after)
}

/**
 * Deletes an integration and ends what its site's object does for it. Its events stay until they are pruned.
 * @throws ServiceError `integration_not_found`
 */
export async function deleteIntegration({ ctx, input }: { ctx: ServiceContext; input: { id: string } }): Promise<void> {
  await assertKeyMayWrite(ctx)
  const row = await loadIntegration({ ctx, id: input.id })
  const removal = ctx.db
    .delete(integrations)
    .where(and(eq(integrations.id, row.id), tenantFilter(ctx.actor, integrations)))
  const event = recordEvent(ctx, row, { action: 'delete', startedAt: ctx.now() })
  await appendAudit({
    ctx,
    input: { entry: { action: 'integration.deleted', entityId: row.id }, changes: [removal, event] },
  })
  await ctx.site(row.siteId).stop(row.id)
}
