import { and, eq, gte, inArray, lt, or, type SQL } from 'drizzle-orm'
import type { OperatorSite } from '../../contract/operator-page.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { toTimestamp } from '../../lib/timestamp.ts'
import type { OperatorActor, ServiceContext } from '../context.ts'
import { readLastSites } from './hour.ts'

type OperatorContext = ServiceContext<OperatorActor>

const MOST_LISTED = 50
const SITE_COLUMNS = {
  id: sites.id,
  accountId: sites.accountId,
  url: sites.url,
  isActive: sites.isActive,
  integrationId: integrations.id,
  connection: integrations.connection,
  reason: integrations.connectionReason,
  since: integrations.connectionSince,
  transport: integrations.transport,
  syncStatus: integrations.syncStatus,
  lastVerifiedAt: integrations.lastVerifiedAt,
  lastSyncAt: integrations.lastSyncAt,
  nextCheckAt: integrations.nextCheckAt,
  storedBytes: integrations.storedBytes,
}

const selectSites = ({ db }: OperatorContext, condition: SQL | undefined) =>
  db
    .select(SITE_COLUMNS)
    .from(sites)
    .leftJoin(integrations, and(eq(integrations.siteId, sites.id), eq(integrations.platform, 'wordpress')))
    .where(condition)

type SiteRow = Awaited<ReturnType<typeof selectSites>>[number]

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url)

const presentSite = (row: SiteRow): OperatorSite => ({
  id: row.id,
  account_id: row.accountId,
  host: hostOf(row.url),
  is_active: row.isActive,
  integration_id: row.integrationId,
  connection: row.connection ?? 'not_connected',
  reason: row.reason,
  since: toTimestamp(row.since),
  transport: row.transport ?? 'direct',
  sync_status: row.syncStatus ?? 'pending',
  last_verified_at: toTimestamp(row.lastVerifiedAt),
  last_sync_at: toTimestamp(row.lastSyncAt),
  next_check_at: toTimestamp(row.nextCheckAt),
  stored_bytes: row.storedBytes ?? 0,
})

/** Addresses that begin so, as a range of the index. */
function beginsWith(prefix: string): SQL | undefined {
  return and(gte(sites.url, prefix), lt(sites.url, `${prefix}\u{10ffff}`))
}

/** What a search means: an id, or a host with or without its protocol. */
function conditionOf(search: string): SQL | undefined {
  if (search.startsWith('site_')) return eq(sites.id, search)
  if (search.startsWith('acc_')) return eq(sites.accountId, search)
  const host = search.toLowerCase().replace(/^https?:\/\//, '')
  return or(beginsWith(`https://${host}`), beginsWith(`http://${host}`))
}

const isIll = ({ connection }: SiteRow) => connection !== 'ready' && connection !== 'disabled'

/**
 * Sites by their id, their account or their host; without a search those that were worst off when they were last counted,
 * as they are now, without those that have recovered.
 */
export async function listOperatorSites({
  ctx,
  input: { search = '' },
}: {
  ctx: OperatorContext
  input: { search?: string | undefined }
}): Promise<OperatorSite[]> {
  if (search !== '') return (await selectSites(ctx, conditionOf(search)).limit(MOST_LISTED)).map(presentSite)
  const worst = (await readLastSites(ctx.db, ctx.now()))?.worst ?? []
  if (worst.length === 0) return []
  const rows = await selectSites(ctx, inArray(sites.id, worst))
  const places = new Map(worst.map((id, place) => [id, place]))
  return rows
    .filter(isIll)
    .toSorted((left, right) => (places.get(left.id) ?? 0) - (places.get(right.id) ?? 0))
    .map(presentSite)
}
