import { and, asc, eq, ne } from 'drizzle-orm'
import type { PersonExport } from '../../contract/deletion.ts'
import {
  accounts,
  deletions,
  invitations,
  memberships,
  passkeys,
  sessions,
  userCredentials,
  users,
} from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { findPendingAddress } from '../people/links.ts'

/** What is kept about a person. Tokens and the password's hash are left out. @throws ServiceError `invalid_session` */
export async function exportPerson({ ctx }: { ctx: ServiceContext }): Promise<PersonExport> {
  const { db, now, actor } = ctx
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  const { userId } = actor
  const [user] = await db.select().from(users).where(eq(users.id, userId)).limit(1)
  if (!user) throw new ServiceError('invalid_session')
  const mine = await db
    .select({ accountId: accounts.id, name: accounts.name, role: memberships.role, since: memberships.createdAt })
    .from(memberships)
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(memberships.createdAt))
  const signIns = await db.select().from(sessions).where(eq(sessions.userId, userId)).orderBy(asc(sessions.createdAt))
  const ways = await db
    .select({ kind: userCredentials.providerId, changed: userCredentials.updatedAt })
    .from(userCredentials)
    .where(eq(userCredentials.userId, userId))
  const keys = await db.select().from(passkeys).where(eq(passkeys.userId, userId)).orderBy(asc(passkeys.createdAt))
  const invited = await db
    .select({ accountId: invitations.accountId, role: invitations.role, expires: invitations.expiresAt })
    .from(invitations)
    .where(eq(invitations.email, user.email))
  const [deletion] = await db
    .select({ dueAt: deletions.dueAt })
    .from(deletions)
    .where(and(eq(deletions.subjectId, userId), ne(deletions.phase, 'resuming')))
  return {
    exported_at: new Date(now()).toISOString(),
    person: {
      id: user.id,
      name: user.name,
      email: user.email,
      email_verified: user.emailVerified,
      new_email: await findPendingAddress(ctx, 'change-email', userId),
      language: user.locale,
      totp: user.twoFactorEnabled,
      created_at: user.createdAt.toISOString(),
      updated_at: user.updatedAt.toISOString(),
    },
    accounts: mine.map(({ accountId, name, role, since }) => ({
      account_id: accountId,
      name,
      role,
      since: since.toISOString(),
    })),
    sessions: signIns.map(({ ipAddress, userAgent, country, city, createdAt, expiresAt }) => ({
      address: ipAddress,
      device: userAgent,
      country,
      city,
      created_at: createdAt.toISOString(),
      expires_at: expiresAt.toISOString(),
    })),
    passkeys: keys.map(({ name, createdAt }) => ({ name, created_at: createdAt.toISOString() })),
    sign_in: ways.map(({ kind, changed }) => ({ kind, changed_at: changed.toISOString() })),
    invitations: invited.map(({ accountId, role, expires }) => ({
      account_id: accountId,
      role,
      expires_at: expires.toISOString(),
    })),
    deletion_due_at: deletion?.dueAt.toISOString() ?? null,
  }
}
