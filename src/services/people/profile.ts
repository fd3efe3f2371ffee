import { and, desc, eq, gt, ne } from 'drizzle-orm'
import type { Passkey, Profile, SessionInfo } from '../../contract/me.ts'
import { passkeys, sessions, users } from '../../db/schema/index.ts'
import { describeDevice } from '../../lib/device.ts'
import { auditPerson } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type Client, tellFactorChange } from './letters.ts'
import { findPendingAddress } from './links.ts'
import { freshUntil, loadSelf } from './self.ts'
import { presentUser } from './session.ts'

/** Sessions shown. Older ones can be ended together. */
const MAX_SESSIONS = 100

type WithClient<T = object> = T & { client: Client }

/** The person, and how they sign in. */
export async function getProfile({ ctx, input }: { ctx: ServiceContext; input: WithClient }): Promise<Profile> {
  const { person, session } = await loadSelf(ctx, input.client.headers)
  const until = freshUntil(session)
  const left = person.twoFactorEnabled
    ? await import('./two-factor.ts').then(({ countRecoveryCodes }) => countRecoveryCodes(ctx, person.id))
    : null
  return {
    user: presentUser(person),
    new_email: await findPendingAddress(ctx, 'change-email', person.id),
    totp: person.twoFactorEnabled,
    recovery_codes_left: left,
    second_factor: session.secondFactor,
    confirmed_until: until > ctx.now() ? new Date(until).toISOString() : null,
  }
}

/** Changes the person's name. */
export async function updateProfile({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ name: string }>
}): Promise<Profile> {
  const { person } = await loadSelf(ctx, input.client.headers)
  await ctx.db
    .update(users)
    .set({ name: input.name, updatedAt: new Date(ctx.now()) })
    .where(eq(users.id, person.id))
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.renamed' } })
  return getProfile({ ctx, input })
}

function presentSession(row: typeof sessions.$inferSelect, ownId: string): SessionInfo {
  const { browser, system } = describeDevice(row.userAgent)
  return {
    id: row.id,
    current: row.id === ownId,
    browser,
    system,
    country: row.country,
    city: row.city,
    ip_address: row.ipAddress || null,
    second_factor: row.secondFactor,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
  }
}

/** The person's sessions that have not ended, newest first. */
export async function listOwnSessions({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient
}): Promise<SessionInfo[]> {
  const { person, session } = await loadSelf(ctx, input.client.headers)
  const rows = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, person.id), gt(sessions.expiresAt, new Date(ctx.now()))))
    .orderBy(desc(sessions.createdAt), desc(sessions.id))
    .limit(MAX_SESSIONS)
  return rows.map((row) => presentSession(row, session.id))
}

/** Ends a session of the person. @throws ServiceError `session_not_found` */
export async function endSession({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ id: string }>
}): Promise<void> {
  const { person } = await loadSelf(ctx, input.client.headers)
  const ended = await ctx.db
    .delete(sessions)
    .where(and(eq(sessions.id, input.id), eq(sessions.userId, person.id)))
    .returning({ id: sessions.id })
  if (ended.length === 0) throw new ServiceError('session_not_found')
  const metadata = { session: input.id }
  await auditPerson({ ctx, input: { userId: person.id, action: 'session.ended', metadata } })
}

/** Ends all sessions of the person but the one that asks. */
export async function endOtherSessions({ ctx, input }: { ctx: ServiceContext; input: WithClient }): Promise<void> {
  const { person, session } = await loadSelf(ctx, input.client.headers)
  const ended = await ctx.db
    .delete(sessions)
    .where(and(eq(sessions.userId, person.id), ne(sessions.id, session.id)))
    .returning({ id: sessions.id })
  if (ended.length === 0) return
  const metadata = { others: ended.length }
  await auditPerson({ ctx, input: { userId: person.id, action: 'session.ended', metadata } })
}

/** Without any second factor left, no session counts as having had one. */
export async function weakenSessions(ctx: ServiceContext, userId: string): Promise<void> {
  const [person] = await ctx.db.select().from(users).where(eq(users.id, userId)).limit(1)
  const keys = await ctx.db.$count(passkeys, eq(passkeys.userId, userId))
  if (person?.twoFactorEnabled || keys > 0) return
  await ctx.db.update(sessions).set({ secondFactor: false }).where(eq(sessions.userId, userId))
}

const presentPasskey = ({ id, name, backedUp, createdAt }: typeof passkeys.$inferSelect): Passkey => ({
  id,
  name: name ?? '',
  synced: backedUp,
  created_at: createdAt.toISOString(),
})

/** The person's passkeys, oldest first. `createPasskey` bounds how many there are. */
export async function listPasskeys({ ctx, input }: { ctx: ServiceContext; input: WithClient }): Promise<Passkey[]> {
  const { person } = await loadSelf(ctx, input.client.headers)
  const rows = await ctx.db.select().from(passkeys).where(eq(passkeys.userId, person.id)).orderBy(passkeys.createdAt)
  return rows.map(presentPasskey)
}

const isOwn = (userId: string, id: string) => and(eq(passkeys.id, id), eq(passkeys.userId, userId))

/** A passkey of the person. @throws ServiceError `passkey_not_found` */
export async function loadPasskey(ctx: ServiceContext, userId: string, id: string): Promise<Passkey> {
  const [row] = await ctx.db.select().from(passkeys).where(isOwn(userId, id)).limit(1)
  if (!row) throw new ServiceError('passkey_not_found')
  return presentPasskey(row)
}

/** Renames a passkey of the person. @throws ServiceError `passkey_not_found` */
export async function renamePasskey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ id: string; name: string }>
}): Promise<Passkey> {
  const { person } = await loadSelf(ctx, input.client.headers)
  const change = ctx.db.update(passkeys).set({ name: input.name }).where(isOwn(person.id, input.id))
  const [row] = await change.returning()
  if (!row) throw new ServiceError('passkey_not_found')
  return presentPasskey(row)
}

/** Removes a passkey of the person. @throws ServiceError `passkey_not_found` */
export async function removePasskey({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: WithClient<{ id: string }>
}): Promise<void> {
  const { person } = await loadSelf(ctx, input.client.headers)
  const removed = await ctx.db.delete(passkeys).where(isOwn(person.id, input.id)).returning({ id: passkeys.id })
  if (removed.length === 0) throw new ServiceError('passkey_not_found')
  await weakenSessions(ctx, person.id)
  const metadata = { passkey: input.id }
  await auditPerson({ ctx, input: { userId: person.id, action: 'person.passkey_removed', metadata } })
  await tellFactorChange(ctx, person.id, 'passkey_removed', input.client)
}

/** Whether the person's session was opened with a second factor. */
export async function hasSecondFactor({ ctx, input }: { ctx: ServiceContext; input: WithClient }): Promise<boolean> {
  return (await loadSelf(ctx, input.client.headers)).session.secondFactor
}
