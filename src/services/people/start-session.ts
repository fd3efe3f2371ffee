import { and, eq, ne } from 'drizzle-orm'
import { sessions, users } from '../../db/schema/index.ts'
import { describeDevice } from '../../lib/device.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { readSetCookie, signSessionToken } from './credentials.ts'
import { type Client, sendLetter } from './letters.ts'
import { auditPerson } from '../audit/index.ts'
import { presentUser, type SignInResult } from './session.ts'

interface Started {
  /** As the database has it. */
  token: string
  client: Client
  /** The library's answer, with its cookies. */
  headers: Headers
  method: 'password' | 'totp' | 'recovery_code' | 'passkey'
}

type SessionRow = typeof sessions.$inferSelect

const looksLike = (left: SessionRow, right: SessionRow) => {
  const [one, other] = [describeDevice(left.userAgent), describeDevice(right.userAgent)]
  return one.browser === other.browser && one.system === other.system && left.country === right.country
}

/** Cookies that belong to the person's session; challenges are in the body instead. */
const sessionCookies = (headers: Headers) => headers.getSetCookie().filter((line) => /\.session_token=/.test(line))

/**
 * The answer to a sign-in. A sign-in from a browser, system and country that none of the person's other sessions has is
 * told to them by mail.
 */
export async function startSession(
  ctx: ServiceContext<Actor>,
  { token, client, headers, method }: Started,
): Promise<SignInResult> {
  const [made] = await ctx.db
    .select({ person: users, session: sessions })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.token, token))
    .limit(1)
  if (!made) throw new ServiceError('invalid_session')
  const { person, session } = made
  const metadata = { method, session: session.id }
  await auditPerson({ ctx, input: { userId: person.id, action: 'session.created', metadata } })
  const others = await ctx.db
    .select()
    .from(sessions)
    .where(and(eq(sessions.userId, person.id), ne(sessions.id, session.id)))
    .limit(100)
  if (!others.some((other) => looksLike(other, session)))
    sendLetter(ctx, { to: person, kind: 'new_sign_in', client, page: 'account' })
  const signed = await signSessionToken(ctx.config.sessionSecret, token)
  return { token: signed, user: presentUser(person), cookies: sessionCookies(headers) }
}

/** The answer to a change that gives the person a new session in place of the one that they asked with. */
export async function replaceSession(
  ctx: ServiceContext<Actor>,
  person: typeof users.$inferSelect,
  headers: Headers,
): Promise<SignInResult> {
  const value = readSetCookie(ctx.config, headers, 'session_token')
  if (value === null) throw new Error('the library replaced no session')
  return { token: decodeURIComponent(value), user: presentUser(person), cookies: sessionCookies(headers) }
}
