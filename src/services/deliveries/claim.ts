import { and, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries } from '../../db/events/schema.ts'
import { notificationEndpoints } from '../../db/schema/index.ts'

/** Longer than a page of attempts takes. After it an attempt counts as interrupted and is made again. */
const LEASE_MS = 3 * 60_000
/** How many due deliveries a page is chosen from. */
const CANDIDATES = 500

interface ClaimInput {
  /** The control database. */
  db: Db
  /** The event database whose deliveries are claimed. */
  shard: Db
  /** Milliseconds since 1970. */
  now: number
  limit: number
  /** False while the e-mail provider is down. */
  withEmail: boolean
  /** Accounts that are left alone: they are being moved to another database. */
  without: readonly string[]
}

interface Candidate {
  account: string
  id: string
  endpoint: string | null
  attempts: number
  due: number
}

/** Due deliveries, oldest first: of each endpoint the one with the fewest attempts. */
function listDue({ shard, now, withEmail, without }: ClaimInput): Promise<Candidate[]> {
  const channel = withEmail ? sql`` : sql`AND channel <> 'email'`
  const others =
    without.length === 0 ? sql`` : sql`AND account_id NOT IN (SELECT value FROM json_each(${JSON.stringify(without)}))`
  const due = sql`SELECT account_id, id, endpoint_id, attempts, next_attempt_at FROM notification_deliveries
    WHERE next_attempt_at <= ${now} ${channel} ${others} ORDER BY next_attempt_at LIMIT ${CANDIDATES}`
  const ranked = sql`SELECT *, row_number() OVER (PARTITION BY ifnull(endpoint_id, id) ORDER BY attempts, id) AS place
    FROM (${due})`
  return shard.all<Candidate>(
    sql`SELECT account_id AS account, id, endpoint_id AS endpoint, attempts, next_attempt_at AS due
      FROM (${ranked}) WHERE place = 1 ORDER BY next_attempt_at`,
  )
}

/** Which of these endpoints are failing. */
async function listFailing(db: Db, due: readonly Candidate[]): Promise<Set<string>> {
  const known = due.filter(({ endpoint }) => endpoint !== null)
  if (known.length === 0) return new Set()
  const keys = sql`(SELECT value ->> 'account', value ->> 'endpoint' FROM json_each(${JSON.stringify(known)}))`
  const rows = await db
    .select({ id: notificationEndpoints.id })
    .from(notificationEndpoints)
    .where(
      and(
        sql`(${notificationEndpoints.accountId}, ${notificationEndpoints.id}) IN ${keys}`,
        isNotNull(notificationEndpoints.failingSince),
      ),
    )
  return new Set(rows.map(({ id }) => id))
}

/** Healthy endpoints before failing ones; then each account's first delivery before anybody's second. */
function choose(due: readonly Candidate[], failing: ReadonlySet<string>, limit: number): Candidate[] {
  const turns = new Map<string, number>()
  const ranked = due.map((each) => {
    const turn = turns.get(each.account) ?? 0
    turns.set(each.account, turn + 1)
    return { each, turn, isIll: Number(each.endpoint !== null && failing.has(each.endpoint)) }
  })
  const first = ranked.toSorted((a, b) => a.isIll - b.isIll || a.turn - b.turn || a.each.due - b.each.due)
  return first.slice(0, limit).map(({ each }) => each)
}

/**
 * Claims a page of a database's due deliveries: of each endpoint one, healthy endpoints before failing ones, so that a
 * hanging endpoint delays no other, and accounts in turn. The claim sets a lease: two concurrent ticks claim each delivery
 * once, and an interrupted attempt becomes due again.
 */
export async function claimDeliveries(input: ClaimInput) {
  const { db, shard, now, limit } = input
  const due = await listDue(input)
  if (due.length === 0) return []
  const chosen = choose(due, await listFailing(db, due), limit)
  const keys = sql`(SELECT value ->> 'account', value ->> 'id', value ->> 'attempts'
    FROM json_each(${JSON.stringify(chosen)}))`
  return shard
    .update(notificationDeliveries)
    .set({ nextAttemptAt: new Date(now + LEASE_MS), attempts: sql`${notificationDeliveries.attempts} + 1` })
    .where(
      and(
        sql`(${notificationDeliveries.accountId}, ${notificationDeliveries.id}, ${notificationDeliveries.attempts}) IN ${keys}`,
        inArray(notificationDeliveries.status, ['pending']),
      ),
    )
    .returning()
}

export type ClaimedDelivery = Awaited<ReturnType<typeof claimDeliveries>>[number]
