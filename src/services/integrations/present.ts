import { type ContentTypes, type ContentTypesUpdate, DEFAULT_FETCH_LIMIT } from '../../contract/content-types.ts'
import type { CountsSnapshot } from '../../contract/counts.ts'
import {
  type DriftCheck,
  type DriftCheckSnapshot,
  NO_DRIFT_CHECK,
  NO_TYPE_DRIFT_CHECK,
} from '../../contract/drift-check.ts'
import { describeReason, type Health } from '../../contract/health.ts'
import type { Integration } from '../../contract/integrations.ts'
import type { Structure } from '../../contract/structure.ts'
import { integrations } from '../../db/schema/index.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { IntegrationRow } from '../tenant.ts'

/** The columns of {@link describeHealth}. */
export const healthColumns = {
  connection: integrations.connection,
  connectionReason: integrations.connectionReason,
  connectionDetail: integrations.connectionDetail,
  connectionSince: integrations.connectionSince,
  lastVerifiedAt: integrations.lastVerifiedAt,
  nextCheckAt: integrations.nextCheckAt,
}

type HealthSource = Pick<typeof integrations.$inferSelect, keyof typeof healthColumns>

/** The wire's health of a connection. */
function describeHealth(row: HealthSource): Health {
  const code = row.connectionReason
  return {
    state: row.connection,
    reason: code === null ? null : { code, ...describeReason(code), detail: row.connectionDetail },
    since: toTimestamp(row.connectionSince),
    last_verified_at: toTimestamp(row.lastVerifiedAt),
    next_check_at: toTimestamp(row.nextCheckAt),
  }
}

/** The columns of {@link describeContentTypes}. */
interface ContentTypesSource extends HealthSource {
  structure: Structure | null
  structureFetchedAt: Date | null
  typeSettings: ContentTypesUpdate
  counts: CountsSnapshot | null
  countsAsOf: Date | null
}

type Kind = 'post_types' | 'taxonomies'

const mapValues = <V, W>(record: Record<string, V>, map: (value: V, key: string) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))

/** The newer count: from the structure, or from a later change at the site. */
function currentCount(
  { structureFetchedAt }: ContentTypesSource,
  pushed: number,
  total: { n: number; at: number } | undefined,
): { count: number; count_as_of: string | null } {
  const isNewer = total !== undefined && total.at >= (structureFetchedAt?.getTime() ?? 0)
  if (isNewer) return { count: total.n, count_as_of: new Date(total.at).toISOString() }
  return { count: pushed, count_as_of: toTimestamp(structureFetchedAt) }
}

/** Whether a type is synced, and who said so. The owner's no in wp-admin holds over an editor's choice here. */
function decide(
  { enabled, denied = false }: { enabled: boolean; denied?: boolean | undefined },
  chosen: boolean | undefined,
): Pick<ContentTypes['taxonomies'][string], 'enabled' | 'decided_by'> {
  if (denied) return { enabled: false, decided_by: 'wordpress' }
  return { enabled: chosen ?? enabled, decided_by: chosen === undefined ? 'default' : 'igny8' }
}

function describeDriftCheck(snapshot: DriftCheckSnapshot | undefined): DriftCheck {
  if (!snapshot) return NO_DRIFT_CHECK
  const { types: _types, ...driftCheck } = snapshot
  return driftCheck
}

/** Combines the pushed structure, the editor's settings, and the counts that the site's object projected. */
export function describeContentTypes(row: ContentTypesSource): ContentTypes {
  const structure = row.structure
  const describe = (
    kind: Kind,
    slug: string,
    pushed: { label: string; count: number; enabled: boolean; denied?: boolean | undefined },
  ) => ({
    label: pushed.label,
    ...currentCount(row, pushed.count, row.counts?.[kind][slug]?.total),
    synced_count: row.counts?.[kind][slug]?.synced ?? 0,
    ...decide(pushed, row.typeSettings[kind]?.[slug]?.enabled),
    fetch_limit: row.typeSettings[kind]?.[slug]?.fetch_limit ?? DEFAULT_FETCH_LIMIT,
    limited: row.counts?.[kind][slug]?.limited ?? false,
  })
  return {
    connection: row.connection,
    health: describeHealth(row),
    last_structure_fetch: toTimestamp(row.structureFetchedAt),
    as_of: toTimestamp(row.countsAsOf ?? row.structureFetchedAt),
    post_types: mapValues(structure?.post_types ?? {}, (type, slug) => ({
      ...describe('post_types', slug, type),
      failed_count: row.counts?.post_types[slug]?.failed ?? 0,
      conflict_count: row.counts?.post_types[slug]?.conflict ?? 0,
      drift_check: row.counts?.drift_check?.types[slug] ?? NO_TYPE_DRIFT_CHECK,
    })),
    taxonomies: mapValues(structure?.taxonomies ?? {}, (taxonomy, slug) => ({
      ...describe('taxonomies', slug, taxonomy),
      post_types: taxonomy.post_types,
    })),
    drift_check: describeDriftCheck(row.counts?.drift_check),
    plugin_connection_enabled: structure?.plugin_connection_enabled ?? false,
    two_way_sync_enabled: structure?.two_way_sync_enabled ?? false,
    timezone: structure?.timezone ?? null,
  }
}

/** The columns of {@link presentIntegration}. Secrets are not read. */
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

/** The wire's fields about the transport. */
export const describeTransport = (row: Pick<IntegrationRow, 'transport' | 'lastPollAt' | 'expectedLatencyS'>) => ({
  transport: row.transport,
  last_poll_at: toTimestamp(row.lastPollAt),
  expected_latency_s: row.expectedLatencyS,
})

/** `config_json` with the structure and the settings in it; a fixed layout that existing clients read. */
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

/** The wire's shape of an integration. */
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
