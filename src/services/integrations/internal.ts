import { and, eq } from 'drizzle-orm'
import type { Integration } from '../../contract/integrations.ts'
import { integrations } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { describeContentTypes } from './content-types.ts'
import { describeHealth, healthColumns } from './health.ts'

export type IntegrationRow = typeof integrations.$inferSelect

/** What the wire's shape is made from: no secret leaves the database for it. */
export const presentedColumns = {
  id: integrations.id,
  siteId: integrations.siteId,
  platform: integrations.platform,
  siteUrl: integrations.siteUrl,
  isActive: integrations.isActive,
  syncEnabled: integrations.syncEnabled,
  syncStatus: integrations.syncStatus,
  ...healthColumns,
  transport: integrations.transport,
  lastPollAt: integrations.lastPollAt,
  expectedLatencyS: integrations.expectedLatencyS,
  apiKeyMasked: integrations.apiKeyMasked,
  config: integrations.config,
  structure: integrations.structure,
  structureFetchedAt: integrations.structureFetchedAt,
  typeSettings: integrations.typeSettings,
  counts: integrations.counts,
  countsAsOf: integrations.countsAsOf,
  lastSyncAt: integrations.lastSyncAt,
  createdAt: integrations.createdAt,
  updatedAt: integrations.updatedAt,
}
type PresentedRow = Pick<IntegrationRow, keyof typeof presentedColumns>

/** The caller's integration of this id. @throws ServiceError `integration_not_found`, also when it is somebody else's */
export async function loadIntegration({ ctx, id }: { ctx: Context; id: string }): Promise<IntegrationRow> {
  const [row] = await ctx.db
    .select()
    .from(integrations)
    .where(and(eq(integrations.id, id), tenantFilter(ctx.actor, integrations)))
    .limit(1)
  if (!row) throw new ServiceError('integration_not_found')
  return row
}

/** As {@link loadIntegration}, for actions that need it switched on. @throws ServiceError `sync_disabled` */
export async function loadEnabledIntegration(args: { ctx: Context; id: string }): Promise<IntegrationRow> {
  const row = await loadIntegration(args)
  if (!row.isActive || !row.syncEnabled) throw new ServiceError('sync_disabled')
  return row
}

export const toTimestamp = (moment: Date | null) => moment?.toISOString() ?? null

/** How commands reach the site, as the wire has it. */
export const describeTransport = (row: Pick<IntegrationRow, 'transport' | 'lastPollAt' | 'expectedLatencyS'>) => ({
  transport: row.transport,
  last_poll_at: toTimestamp(row.lastPollAt),
  expected_latency_s: row.expectedLatencyS,
})

/** What the plugin pushed and the editor chose, in the layout that `config_json` has had from the start. */
function describeConfig(row: PresentedRow): Record<string, unknown> {
  if (!row.structure) return { ...row.config }
  const shown = describeContentTypes(row)
  const flags = {
    plugin_connection_enabled: shown.plugin_connection_enabled,
    two_way_sync_enabled: shown.two_way_sync_enabled,
  }
  return {
    ...row.config,
    content_types: {
      post_types: shown.post_types,
      taxonomies: shown.taxonomies,
      last_structure_fetch: shown.last_structure_fetch,
      ...flags,
    },
    ...flags,
  }
}

function describeItemCounts({ counts }: PresentedRow): Integration['item_counts'] {
  if (!counts) return null
  const types = Object.values(counts.post_types)
  const sum = (of: 'synced' | 'failed' | 'conflict') => types.reduce((total, type) => total + type[of], 0)
  return { synced: sum('synced'), failed: sum('failed'), conflicts: sum('conflict') }
}

/** The wire's shape of an integration; no secret is in it. */
export function presentIntegration(row: PresentedRow): Integration {
  return {
    id: row.id,
    site_id: row.siteId,
    platform: row.platform,
    site_url: row.siteUrl,
    is_active: row.isActive,
    sync_enabled: row.syncEnabled,
    sync_status: row.syncStatus,
    connection: row.connection,
    connection_reason: row.connectionReason,
    health: describeHealth(row),
    ...describeTransport(row),
    api_key: row.apiKeyMasked,
    config_json: describeConfig(row),
    item_counts: describeItemCounts(row),
    last_sync_at: toTimestamp(row.lastSyncAt),
    created_at: row.createdAt.toISOString(),
    updated_at: row.updatedAt.toISOString(),
  }
}
