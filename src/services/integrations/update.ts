import { and, eq, sql } from 'drizzle-orm'
import type { Connection, HealthReason } from '../../contract/health.ts'
import type { Integration, IntegrationUpdate } from '../../contract/integrations.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations } from '../../db/schema/index.ts'
import { isResting } from '../../lib/connection.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { publishChange } from '../live/publish.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { assertKeyMayWrite } from './assert-key.ts'
import { loadIntegration, presentIntegration, type IntegrationRow } from './internal.ts'
import { scheduleCheck } from './schedule-check.ts'
import { describeSiteKey } from './site-key.ts'

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
  ctx: Context
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
