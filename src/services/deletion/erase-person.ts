import { eq, inArray, or, sql } from 'drizzle-orm'
import {
  deletions,
  invitations,
  memberships,
  operators,
  passkeys,
  sessions,
  signInAttempts,
  twoFactors,
  userCredentials,
  users,
  verifications,
} from '../../db/schema/index.ts'
import { appendAudit, eraseOrigins } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { attemptSubject } from '../people/attempts.ts'
import { addressOf } from './announce.ts'
import { startSlice } from './progress.ts'

/** Links that prove an address are found by the person's id in their name. */
const linksOf = (userId: string) => ['verify-email', 'change-email'].map((purpose) => `${purpose}:${userId}`)

/**
 * Erases a person, in one transaction: their ways to sign in, sessions, memberships, and invitations to their address.
 * What they did stays in the records of other people's accounts, under their id alone, without from where.
 */
export async function erasePerson(ctx: ServiceContext, userId: string): Promise<void> {
  const { db } = ctx
  const email = (await addressOf(ctx, userId)) ?? ''
  const address = db.select({ email: users.email }).from(users).where(eq(users.id, userId))
  // the index is partial, and needs its own condition in the query
  const holdsId = sql`(${verifications.value} = ${userId} AND ${verifications.value} GLOB 'usr_*')`
  await db.batch([
    db.delete(invitations).where(inArray(invitations.email, address)),
    db.delete(sessions).where(eq(sessions.userId, userId)),
    db.delete(passkeys).where(eq(passkeys.userId, userId)),
    db.delete(twoFactors).where(eq(twoFactors.userId, userId)),
    db.delete(signInAttempts).where(eq(signInAttempts.subject, await attemptSubject(ctx, email))),
    db.delete(userCredentials).where(eq(userCredentials.userId, userId)),
    db.delete(verifications).where(or(inArray(verifications.identifier, linksOf(userId)), holdsId)),
    db.delete(memberships).where(eq(memberships.userId, userId)),
    db.delete(operators).where(eq(operators.userId, userId)),
    eraseOrigins(db, userId),
    db.delete(users).where(eq(users.id, userId)),
    db.delete(deletions).where(eq(deletions.subjectId, userId)),
  ])
}

/** Accounts of one query. */
const ACCOUNTS_PER_PAGE = 20
/** Most queries for one account: the change, its record, and sealing that. */
const QUERIES_PER_ACCOUNT = 12

/**
 * Records in some accounts of a person, before they are erased, that they leave. Repeating it adds nothing.
 * @returns whether they are in none any more
 */
export async function recordLeaving(ctx: ServiceContext, userId: string): Promise<boolean> {
  const fits = startSlice(ctx)
  const mine = await ctx.db
    .select({ accountId: memberships.accountId, role: memberships.role })
    .from(memberships)
    .where(eq(memberships.userId, userId))
    .limit(ACCOUNTS_PER_PAGE)
  for (const { accountId, role } of mine) {
    if (!fits(QUERIES_PER_ACCOUNT)) return false
    await appendAudit({
      ctx,
      input: {
        entry: { action: 'member.removed', entityId: userId, accountId, metadata: { role, because: 'person_deleted' } },
        changes: [
          ctx.db
            .delete(memberships)
            .where(sql`${memberships.accountId} = ${accountId} AND ${memberships.userId} = ${userId}`),
        ],
      },
    })
  }
  return mine.length === 0
}
