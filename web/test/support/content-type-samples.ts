import type { ContentTypes, Run, SyncState } from '../../src/api/types.ts'
import type { Answers } from './fake-api.ts'
import { sampleIntegration, sampleSession, sampleSite } from './samples.ts'

const AT = '2026-11-21T10:00:00.000Z'

const EQUAL = { state: 'equal' as const, at: AT, root: 'ab12', checked: 123, differing: 0, repaired: 0 }

export const postType = (
  label: string,
  count: number,
  synced: number,
  patch: Partial<ContentTypes['post_types'][string]> = {},
): ContentTypes['post_types'][string] => ({
  label,
  count,
  count_as_of: AT,
  synced_count: synced,
  failed_count: 0,
  conflict_count: 0,
  drift_check: EQUAL,
  enabled: true,
  decided_by: 'default',
  fetch_limit: 100,
  limited: false,
  ...patch,
})

const taxonomy = (
  label: string,
  count: number,
  synced: number,
  enabled = true,
): ContentTypes['taxonomies'][string] => ({
  label,
  count,
  count_as_of: AT,
  synced_count: synced,
  enabled,
  decided_by: 'default',
  fetch_limit: 100,
  limited: false,
  post_types: ['post'],
})

/** The example of the seed: labels, counts and settings. */
export const sampleContentTypes = (patch: Partial<ContentTypes> = {}): ContentTypes => ({
  connection: 'ready',
  health: { state: 'ready', reason: null, since: AT, last_verified_at: AT, next_check_at: AT },
  last_structure_fetch: AT,
  as_of: AT,
  post_types: {
    post: postType('Posts', 123, 45),
    page: postType('Pages', 45, 45),
    product: postType('Products', 67, 12, { enabled: false, decided_by: 'igny8' }),
  },
  taxonomies: {
    category: taxonomy('Categories', 12, 10),
    post_tag: taxonomy('Tags', 89, 50),
    product_cat: taxonomy('Product Categories', 15, 0, false),
  },
  drift_check: { ...EQUAL, requests: 3, bytes: 4_096 },
  plugin_connection_enabled: true,
  two_way_sync_enabled: true,
  timezone: 'Europe/Berlin',
  ...patch,
})

export const sampleRun = (patch: Partial<Run> = {}): Run => ({
  id: 'run_1',
  direction: 'both',
  status: 'running',
  waiting: null,
  progress: { done: 0, total: 0, by_type: {} },
  counts: { created: 0, updated: 0, deleted: 0, unchanged: 0, failed: 0, conflicts: 0 },
  queued_at: AT,
  started_at: AT,
  finished_at: null,
  error: null,
  actor: null,
  ...patch,
})

export const sampleSyncState = (patch: Partial<SyncState> = {}): SyncState => ({
  sync_status: 'success',
  last_sync_at: AT,
  current_run: null,
  last_run: null,
  lag_s: null,
  waiting_for_site_since: null,
  ...patch,
})

export const INTEGRATION = '/api/v1/integration/integrations/int_1'

/** Answers for the tab of a connected site. */
export const connectedSite = (types: ContentTypes = sampleContentTypes()): Answers => ({
  'GET /api/v1/auth/get-session': { body: sampleSession() },
  'GET /api/v1/sites/site_1': { body: sampleSite() },
  'GET /api/v1/integration/integrations': { body: { results: [sampleIntegration()], next: null } },
  [`GET ${INTEGRATION}`]: { body: sampleIntegration() },
  [`GET ${INTEGRATION}/content-types`]: { body: types },
  [`GET ${INTEGRATION}/sync-status`]: { body: sampleSyncState() },
})
