import { and, eq, ne } from 'drizzle-orm'
import type { VerifiedEmail } from '../../contract/me.ts'
import { isUniqueViolation } from '../../db/errors.ts'
import { users } from '../../db/schema/index.ts'
import { auditPerson } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertOriginAllowed } from './credentials.ts'
import { type Client, sendLetter } from './letters.ts'
import { consumeLink, createLink, dropLink } from './links.ts'
import { loadSelf } from './self.ts'

/** Links lead to a page of the app, with the token in the fragment, which browsers send to nobody. */
const pageOf = (token: string) => `verify-email#token=${token}`

/** Mails a person the link that verifies their address. */
export async function sendVerification(
  ctx: ServiceContext<Actor>,
  { userId, email, client }: { userId: string; email: string; client: Client },
): Promise<void> {
  const token = await createLink(ctx, { purpose: 'verify-email', userId, email })
  sendLetter(ctx, { to: { email, emailVerified: false }, kind: 'verify_email', client, page: pageOf(token) })
}

/** Mails the link once more; the older one no longer works. @throws ServiceError `email_verified` */
export async function resendVerification({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { client: Client }
}): Promise<void> {
  const { person } = await loadSelf(ctx, input.client.headers)
  if (person.emailVerified) throw new ServiceError('email_verified')
  await sendVerification(ctx, { userId: person.id, email: person.email, client: input.client })
}

async function isTaken(ctx: ServiceContext<Actor>, email: string, userId: string): Promise<boolean> {
  const others = and(eq(users.email, email), ne(users.id, userId))
  return (await ctx.db.select({ id: users.id }).from(users).where(others).limit(1)).length > 0
}

/**
 * Starts a change of the person's address. The new address gets a link, and becomes theirs when it is opened; the old
 * one is told now and then.
 * @throws ServiceError `email_taken`
 */
export async function changeEmail({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { email: string; client: Client }
}): Promise<void> {
  const { client } = input
  const { person } = await loadSelf(ctx, client.headers)
  const email = input.email.toLowerCase()
  if (email === person.email || (await isTaken(ctx, email, person.id))) throw new ServiceError('email_taken')
  const token = await createLink(ctx, { purpose: 'change-email', userId: person.id, email })
  // without the address, which the log could not forget
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.email_change_requested' } })
  const to = { email, emailVerified: false }
  sendLetter(ctx, { to, kind: 'confirm_new_email', client, page: pageOf(token) })
  sendLetter(ctx, { to: person, kind: 'email_changing', client, page: 'account', params: { new_email: email } })
}

/** Gives up a change of address that was not confirmed. */
export async function cancelEmailChange({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { client: Client }
}): Promise<void> {
  const { person } = await loadSelf(ctx, input.client.headers)
  await dropLink(ctx, 'change-email', person.id)
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.email_change_cancelled' } })
}

async function applyChange(ctx: ServiceContext<Actor>, userId: string, email: string, client: Client): Promise<void> {
  const [person] = await ctx.db.select().from(users).where(eq(users.id, userId)).limit(1)
  if (!person?.isActive) throw new ServiceError('invalid_link')
  if (await isTaken(ctx, email, userId)) throw new ServiceError('email_taken')
  const change = { email, emailVerified: true, updatedAt: new Date(ctx.now()) }
  try {
    await ctx.db.update(users).set(change).where(eq(users.id, userId))
  } catch (error) {
    // somebody was faster since the look
    throw isUniqueViolation(error, 'users') ? new ServiceError('email_taken') : error
  }
  await auditPerson({ ctx, input: { userId, action: 'person.email_changed' } })
  const letter = { kind: 'email_changed', client, page: 'account', params: { new_email: email } } as const
  sendLetter(ctx, { to: person, ...letter })
  sendLetter(ctx, { to: change, ...letter })
}

/**
 * Uses a mailed link up: verifies an address, or makes a new address the person's. Works in any browser.
 * @throws ServiceError `invalid_link`, `email_taken`, `origin_not_allowed`
 */
export async function verifyEmail({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: { token: string; client: Client }
}): Promise<VerifiedEmail> {
  const { token, client } = input
  assertOriginAllowed(ctx.config, client.headers)
  const link = await consumeLink(ctx, token)
  if (link === null) throw new ServiceError('invalid_link')
  const { purpose, userId, email } = link
  if (purpose === 'change-email') {
    await applyChange(ctx, userId, email, client)
    return { email }
  }
  const verified = await ctx.db
    .update(users)
    .set({ emailVerified: true, updatedAt: new Date(ctx.now()) })
    .where(and(eq(users.id, userId), eq(users.email, email)))
    .returning({ id: users.id })
  if (verified.length === 0) throw new ServiceError('invalid_link')
  await auditPerson({ ctx, input: { userId, action: 'person.email_verified' } })
  return { email }
}
