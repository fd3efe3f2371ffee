import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { eq } from 'drizzle-orm'
import type { SignIn, SignUp } from '../../contract/people.ts'
import { accounts, memberships, sessions, userCredentials, users, verifications } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { appendAudit } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertOriginAllowed, COOKIE_PREFIX, signSessionToken, usesSecureCookies } from './credentials.ts'
import { presentUser, type SignInResult } from './session.ts'

/** Sessions end after this, however much they are used. */
const SESSION_LIFETIME_S = 30 * 86_400

type AuthContext = Pick<ServiceContext<Actor>, 'db' | 'config' | 'newId'>

/** What the library's results don't say. */
interface AuthTrace {
  /** The created person, even if a later step failed. */
  createdUserId: string | null
  /** The password was right, but the person is switched off. */
  isInactive: boolean
}

async function isActive(ctx: AuthContext, userId: string): Promise<boolean> {
  const [user] = await ctx.db.select({ isActive: users.isActive }).from(users).where(eq(users.id, userId)).limit(1)
  return user?.isActive ?? false
}

/**
 * better-auth on our tables: keeps passwords and creates sessions. It is large, so index.ts imports this file
 * dynamically, and only sign-up and sign-in requests load it.
 */
export function createAuth(ctx: AuthContext, trace: AuthTrace) {
  const { config } = ctx
  const schema = { user: users, session: sessions, account: userCredentials, verification: verifications }
  return betterAuth({
    baseURL: config.publicUrl,
    secret: config.sessionSecret,
    trustedOrigins: [...config.webOrigins, config.publicUrl],
    database: drizzleAdapter(ctx.db, { provider: 'sqlite', schema }),
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { expiresIn: SESSION_LIFETIME_S, disableSessionRefresh: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message, ...details) => log.error(`better-auth: ${message}`, { details }) },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: usesSecureCookies(config),
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
      database: { generateId: ({ model }) => (model === 'user' ? ctx.newId('usr') : crypto.randomUUID()) },
    },
    databaseHooks: {
      user: {
        create: {
          after: async (user) => {
            trace.createdUserId = user.id
          },
        },
      },
      session: {
        create: {
          before: async (session) => {
            trace.isInactive = !(await isActive(ctx, session.userId))
            return !trace.isInactive
          },
        },
      },
    },
  })
}

export const createTrace = (): AuthTrace => ({ createdUserId: null, isInactive: false })

/** The code of a refusal by better-auth; null for any other error. */
function refusalOf(error: unknown): string | null {
  if (!(error instanceof APIError)) return null
  return error.body?.code ?? error.message
}

type SignUpInput = SignUp & { headers: Headers }

const nameAccount = (name: string, chosen: string | undefined) => chosen ?? `${name}’s account`.slice(0, 200)

async function createAccount(ctx: ServiceContext<Actor>, userId: string, name: string): Promise<void> {
  const account = { id: ctx.newId('acc'), name, createdAt: new Date(ctx.now()) }
  const actor: Actor = { kind: 'user', userId, accountId: account.id, role: 'owner' }
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'account.created', entityId: account.id, accountId: account.id, actor, metadata: { name } },
      changes: [
        ctx.db.insert(accounts).values(account),
        ctx.db
          .insert(memberships)
          .values({ accountId: account.id, userId, role: 'owner', createdAt: account.createdAt }),
      ],
    },
  })
}

/** Removes what a failed sign-up left, so that the address can sign up again. */
async function removeUser(ctx: ServiceContext<Actor>, userId: string): Promise<void> {
  await ctx.db.batch([
    ctx.db.delete(sessions).where(eq(sessions.userId, userId)),
    ctx.db.delete(userCredentials).where(eq(userCredentials.userId, userId)),
    ctx.db.delete(users).where(eq(users.id, userId)),
  ])
}

/** Of two concurrent sign-ups, better-auth says only that the second failed. So we look the address up. */
async function isEmailTaken(ctx: ServiceContext<Actor>, email: string, cause: unknown): Promise<boolean> {
  const refusal = refusalOf(cause)
  if (refusal === 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL') return true
  if (refusal !== 'FAILED_TO_CREATE_USER') return false
  const found = await ctx.db.select({ id: users.id }).from(users).where(eq(users.email, email.toLowerCase())).limit(1)
  return found.length > 0
}

/**
 * Creates a person, an account that they own, and a session. If the account can't be created, the person is removed.
 * @throws ServiceError `email_taken`, `origin_not_allowed`
 */
export async function signUp({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: SignUpInput
}): Promise<SignInResult> {
  const { name, email, password, headers } = input
  assertOriginAllowed(ctx.config, headers)
  const trace = createTrace()
  try {
    const answer = await createAuth(ctx, trace).api.signUpEmail({
      body: { name, email, password },
      headers,
      returnHeaders: true,
    })
    const { user, token } = answer.response
    if (token === null) throw new Error('sign-up made no session')
    await createAccount(ctx, user.id, nameAccount(name, input.account_name))
    return {
      token: await signSessionToken(ctx.config.sessionSecret, token),
      user: presentUser(user),
      cookies: answer.headers.getSetCookie(),
    }
  } catch (cause) {
    if (trace.createdUserId !== null) await removeUser(ctx, trace.createdUserId)
    if (await isEmailTaken(ctx, email, cause)) throw new ServiceError('email_taken')
    throw cause
  }
}

/**
 * Creates a session for an e-mail address and a password. An unknown address gets the same response as a wrong
 * password, after the same time.
 * @throws ServiceError `invalid_credentials`, `user_inactive`, `origin_not_allowed`
 */
export async function signIn({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: SignIn & { headers: Headers }
}): Promise<SignInResult> {
  const { email, password, headers } = input
  assertOriginAllowed(ctx.config, headers)
  const trace = createTrace()
  try {
    const answer = await createAuth(ctx, trace).api.signInEmail({
      body: { email, password },
      headers,
      returnHeaders: true,
    })
    const token = await signSessionToken(ctx.config.sessionSecret, answer.response.token)
    return { token, user: presentUser(answer.response.user), cookies: answer.headers.getSetCookie() }
  } catch (cause) {
    if (trace.isInactive) throw new ServiceError('user_inactive')
    if (refusalOf(cause) === 'INVALID_EMAIL_OR_PASSWORD') throw new ServiceError('invalid_credentials')
    throw cause
  }
}
