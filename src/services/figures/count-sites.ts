/**
 * Counts the sites, for the page of operators. It goes through the integrations in the order of their key, some at a time:
 * an index over their states would cost a written row with every health check.
 */
import { sql } from 'drizzle-orm'
import type { Connection } from '../../contract/health.ts'
import type { Db } from '../../db/client.ts'
import type { Sites } from './hour.ts'

/** Rows of one query. */
const PAGE = 10_000
/** No more than a tick may take: 2,000,000 sites. */
const MOST_PAGES = 200
/** A run of which D1 has heard nothing for so long: it waits for its site, or it stands still. */
const STUCK_MS = 30 * 60_000
const MOST_WORST = 50
const MOST_ACCOUNTS = 20
const MOST_REASONS = 20

interface Group {
  connection: Connection
  reason: string | null
  transport: string
  n: number
  running: number
  stuck: number
  failed: number
  last: string
}

/** Columns before the long ones; those of the others alone where they matter. */
const pageAfter = (after: string) =>
  sql`SELECT id, site_id, connection, connection_reason, connection_since, transport, sync_status,
      CASE WHEN sync_status = 'syncing' THEN updated_at END AS moved_at
    FROM integrations WHERE id > ${after} ORDER BY id LIMIT ${PAGE}`

const groupsOf = (db: Db, after: string, now: number): Promise<Group[]> =>
  db.all<Group>(
    sql`SELECT connection, connection_reason AS reason, transport, count(*) AS n, max(id) AS last,
        sum(sync_status = 'syncing') AS running, sum(sync_status = 'failed') AS failed,
        sum(ifnull(moved_at < ${now - STUCK_MS}, 0)) AS stuck
      FROM (${pageAfter(after)}) GROUP BY 1, 2, 3`,
  )

interface Ill {
  site: string
  since: number
  isAway: number
}

const illOf = (db: Db, after: string): Promise<Ill[]> =>
  db.all<Ill>(
    sql`SELECT site_id AS site, ifnull(connection_since, 0) AS since, connection = 'unreachable' AS isAway
      FROM (${pageAfter(after)}) WHERE connection IN ('unreachable', 'degraded', 'key_revoked')
      ORDER BY isAway DESC, since LIMIT ${MOST_WORST}`,
  )

const worstFirst = (left: Ill, right: Ill) => right.isAway - left.isAway || left.since - right.since

interface Largest {
  account: string
  sites: number
  accounts: number
}

const listLargest = (db: Db): Promise<Largest[]> =>
  db.all<Largest>(
    sql`SELECT account_id AS account, sum(n) OVER () AS sites, count(*) OVER () AS accounts
      FROM (SELECT account_id, count(*) AS n FROM sites INDEXED BY sites_by_account GROUP BY account_id)
      ORDER BY n DESC LIMIT ${MOST_ACCOUNTS}`,
  )

const noSites = (now: number): Sites => ({
  asOf: now,
  sites: 0,
  accounts: 0,
  states: {},
  reasons: {},
  polling: 0,
  running: 0,
  stuck: 0,
  lastFailed: 0,
  worst: [],
  largest: [],
})

function add(counted: Sites, { connection, reason, transport, n, running, stuck, failed }: Group): void {
  counted.states[connection] = (counted.states[connection] ?? 0) + n
  if (reason !== null) counted.reasons[reason] = (counted.reasons[reason] ?? 0) + n
  if (transport === 'polling') counted.polling += n
  counted.running += running
  counted.stuck += stuck
  counted.lastFailed += failed
}

const most = (counts: Record<string, number>, limit: number) =>
  Object.fromEntries(
    Object.entries(counts)
      .toSorted(([, left], [, right]) => right - left)
      .slice(0, limit),
  )

/** The sites as they are now. */
export async function countSites(db: Db, now: number): Promise<Sites> {
  const counted = noSites(now)
  let ill: Ill[] = []
  let after = ''
  for (let page = 0; page < MOST_PAGES; page++) {
    const groups = await groupsOf(db, after, now)
    if (groups.length === 0) break
    for (const group of groups) add(counted, group)
    ill = [...ill, ...(await illOf(db, after))].toSorted(worstFirst).slice(0, MOST_WORST)
    const n = groups.reduce((sum, group) => sum + group.n, 0)
    after = groups.reduce((last, group) => (group.last > last ? group.last : last), after)
    if (n < PAGE) break
  }
  const largest = await listLargest(db)
  return {
    ...counted,
    sites: largest[0]?.sites ?? 0,
    accounts: largest[0]?.accounts ?? 0,
    reasons: most(counted.reasons, MOST_REASONS),
    worst: ill.map(({ site }) => site),
    largest: largest.map(({ account }) => account),
  }
}
