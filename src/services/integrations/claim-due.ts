import { and, asc, eq, gt, inArray, lt, notInArray, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { integrations } from '../../db/schema/index.ts'
import { checkDelayMs, RESTING } from '../../lib/connection.ts'

/** A site's object looks at it by itself: only what is later than this has lost its alarm. */
const OVERDUE_MS = 2 * 60_000
/** No check is planned further ahead than an hour: what is was planned by a clock that was wrong. */
const FAR_AHEAD_MS = 2 * 3_600_000

interface ClaimInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  /** Most rows of one page. */
  limit: number
}

/** Puts off what a condition finds as after a failed attempt, so that the next page and the next tick find others. */
function claim({ db, now, limit }: ClaimInput, isDue: SQL) {
  const due = db
    .select({ id: integrations.id })
    .from(integrations)
    .where(and(isDue, eq(integrations.isActive, true), notInArray(integrations.connection, [...RESTING])))
    .orderBy(asc(integrations.nextCheckAt), asc(integrations.id))
    .limit(limit)
  return db
    .update(integrations)
    .set({ nextCheckAt: new Date(now + checkDelayMs(4)) })
    .where(inArray(integrations.id, due))
    .returning({ id: integrations.id, accountId: integrations.accountId, siteId: integrations.siteId })
}

/**
 * Takes on a page of integrations of all accounts whose check is overdue, the longest overdue first; the key of the
 * page is the time itself, since what was taken on lies ahead. Idempotent: two ticks at once take on each one once.
 */
export const claimOverdueChecks = (input: ClaimInput) =>
  claim(input, lt(integrations.nextCheckAt, new Date(input.now - OVERDUE_MS)))

/** The same for those whose check was planned into the far future. */
export const claimFarChecks = (input: ClaimInput) =>
  claim(input, gt(integrations.nextCheckAt, new Date(input.now + FAR_AHEAD_MS)))
