import { and, asc, eq, gt, inArray, lt, notInArray, type SQL } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { integrations } from '../../db/schema/index.ts'
import { checkDelayMs, RESTING } from '../../lib/connection.ts'

/** Objects check their sites themselves. A check that is later than this has lost its alarm. */
const OVERDUE_MS = 2 * 60_000
/** Checks are planned an hour ahead at most. One further ahead was planned by a wrong clock. */
const FAR_AHEAD_MS = 2 * 3_600_000

interface ClaimInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  /** Most rows of one page. */
  limit: number
}

/** Claims matching integrations by deferring their checks, so that the next page and the next tick find others. */
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
 * Claims a page of integrations whose check is overdue, of all accounts, longest overdue first. Claiming moves the due
 * time into the future, so a page needs no cursor and two concurrent ticks claim each integration once.
 */
export const claimOverdueChecks = (input: ClaimInput) =>
  claim(input, lt(integrations.nextCheckAt, new Date(input.now - OVERDUE_MS)))

/** Claims a page of integrations whose check is planned too far ahead; like {@link claimOverdueChecks}. */
export const claimFarChecks = (input: ClaimInput) =>
  claim(input, gt(integrations.nextCheckAt, new Date(input.now + FAR_AHEAD_MS)))
