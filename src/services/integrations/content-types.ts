import { DEFAULT_FETCH_LIMIT, type ContentTypes, type ContentTypesUpdate } from '../../contract/content-types.ts'
import {
  NO_DRIFT_CHECK,
  NO_TYPE_DRIFT_CHECK,
  type DriftCheck,
  type DriftCheckSnapshot,
} from '../../contract/drift-check.ts'
import type { Structure } from '../../contract/structure.ts'
import type { CountsSnapshot } from '../../contract/counts.ts'
import { describeHealth, type HealthSource } from './health.ts'

/** The columns of an integration that the tab is made from. */
export interface ContentTypesSource extends HealthSource {
  structure: Structure | null
  structureFetchedAt: Date | null
  typeSettings: ContentTypesUpdate
  counts: CountsSnapshot | null
  countsAsOf: Date | null
}

type Kind = 'post_types' | 'taxonomies'

const mapValues = <V, W>(record: Record<string, V>, map: (value: V, key: string) => W): Record<string, W> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))

/** The newer of what the structure says and what the site said since, when something changed there. */
function currentCount(
  { structureFetchedAt }: ContentTypesSource,
  pushed: number,
  total: { n: number; at: number } | undefined,
): { count: number; count_as_of: string | null } {
  const isNewer = total !== undefined && total.at >= (structureFetchedAt?.getTime() ?? 0)
  if (isNewer) return { count: total.n, count_as_of: new Date(total.at).toISOString() }
  return { count: pushed, count_as_of: structureFetchedAt?.toISOString() ?? null }
}

function describeDriftCheck(snapshot: DriftCheckSnapshot | undefined): DriftCheck {
  if (!snapshot) return NO_DRIFT_CHECK
  const { types: _types, ...driftCheck } = snapshot
  return driftCheck
}

/** Structure, the editor's choices over it, and the counts that the site's object projected. */
export function describeContentTypes(row: ContentTypesSource): ContentTypes {
  const structure = row.structure
  const describe = (kind: Kind, slug: string, pushed: { label: string; count: number; enabled: boolean }) => ({
    label: pushed.label,
    ...currentCount(row, pushed.count, row.counts?.[kind][slug]?.total),
    synced_count: row.counts?.[kind][slug]?.synced ?? 0,
    enabled: row.typeSettings[kind]?.[slug]?.enabled ?? pushed.enabled,
    fetch_limit: row.typeSettings[kind]?.[slug]?.fetch_limit ?? DEFAULT_FETCH_LIMIT,
    limited: row.counts?.[kind][slug]?.limited ?? false,
  })
  return {
    connection: row.connection,
    health: describeHealth(row),
    last_structure_fetch: row.structureFetchedAt?.toISOString() ?? null,
    as_of: (row.countsAsOf ?? row.structureFetchedAt)?.toISOString() ?? null,
    post_types: mapValues(structure?.post_types ?? {}, (type, slug) => ({
      ...describe('post_types', slug, type),
      failed_count: row.counts?.post_types[slug]?.failed ?? 0,
      conflict_count: row.counts?.post_types[slug]?.conflict ?? 0,
      drift_check: row.counts?.drift_check?.types[slug] ?? NO_TYPE_DRIFT_CHECK,
    })),
    taxonomies: mapValues(structure?.taxonomies ?? {}, (taxonomy, slug) => describe('taxonomies', slug, taxonomy)),
    drift_check: describeDriftCheck(row.counts?.drift_check),
    plugin_connection_enabled: structure?.plugin_connection_enabled ?? false,
    two_way_sync_enabled: structure?.two_way_sync_enabled ?? false,
  }
}
