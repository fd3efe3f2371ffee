import { passkey } from '@better-auth/passkey'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { twoFactor } from 'better-auth/plugins/two-factor'
import { eq } from 'drizzle-orm'
import type { ErrorCode } from '../../contract/errors.ts'
import { PASSWORD_LENGTH } from '../../contract/people.ts'
import { lastFault, type Db } from '../../db/client.ts'
import { passkeys, sessions, twoFactors, userCredentials, users, verifications } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type Place, COOKIE_PREFIX, usesSecureCookies } from './credentials.ts'

/** Sessions end after this, however much they are used. */
const SESSION_LIFETIME_S = 30 * 86_400
/** How long a mailed link to a new password works. */
const RESET_LIFETIME_S = 30 * 60
/** Wrong codes in a row, over all sign-ins, before codes are refused for a while. Only who has the password gets here. */
const CODE_LOCK = { maxFailedAttempts: 10, durationSeconds: 15 * 60 }

export const PASSKEY_COOKIE = 'passkey'
export const SECOND_STEP_COOKIE = 'two_factor'

type AuthContext = Pick<ServiceContext<Actor>, 'db' | 'config' | 'newId'>

/** What a call tells the library's hooks, and what they tell back. */
export interface AuthTrace {
  /** The person that is being created, even if that, or a later step, failed. */
  createdUserId: string | null
  /** The password was right, but the person is switched off. */
  isInactive: boolean
  place: Place
  /** The session to create has a second factor. */
  secondFactor: boolean
  /** Takes the token of a link to a new password, which is only mailed. */
  sendResetPassword: (userId: string, token: string) => Promise<void>
  /** The database that the library uses. It hides errors of its queries. */
  db: Db | null
}

export const createTrace = (given: Partial<AuthTrace> = {}): AuthTrace => ({
  createdUserId: null,
  isInactive: false,
  place: { country: null, city: null },
  secondFactor: false,
  sendResetPassword: async () => {},
  db: null,
  ...given,
})

async function isActive(ctx: AuthContext, userId: string): Promise<boolean> {
  const [user] = await ctx.db.select({ isActive: users.isActive }).from(users).where(eq(users.id, userId)).limit(1)
  return user?.isActive ?? false
}

const PREFIXES = { user: 'usr', session: 'ses', passkey: 'psk' } as const
const hasPrefix = (model: string): model is keyof typeof PREFIXES => Object.hasOwn(PREFIXES, model)

/** Where passkeys belong: the page that asks, if it is one of ours. `assertOriginAllowed` has refused others. */
function passkeyOptions({ config }: AuthContext, origin: string | null) {
  const page = origin ?? new URL(config.publicUrl).origin
  const refuseWithoutPerson = (isVerified: boolean | undefined) => {
    // possession alone would be one factor
    if (isVerified !== true) throw new APIError('BAD_REQUEST', { code: 'USER_NOT_VERIFIED', message: 'no user check' })
  }
  return {
    rpName: 'IGNY8',
    rpID: new URL(page).hostname,
    origin: page,
    advanced: { webAuthnChallengeCookie: PASSKEY_COOKIE },
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: {
      afterVerification: async ({ verification }) => {
        refuseWithoutPerson(verification.registrationInfo?.userVerified)
      },
    },
    authentication: {
      afterVerification: async ({ verification }) => {
        refuseWithoutPerson(verification.authenticationInfo.userVerified)
      },
    },
  } satisfies Parameters<typeof passkey>[0]
}

/** What the library calls when it makes a session. */
function hooksOf(ctx: AuthContext, trace: AuthTrace) {
  const prepareSession = async (session: { userId: string } & Record<string, unknown>) => {
    trace.isInactive = !(await isActive(ctx, session.userId))
    if (trace.isInactive) return false
    return { data: { ...session, ...trace.place, ...(trace.secondFactor && { secondFactor: true }) } }
  }
  return { session: { create: { before: prepareSession } } }
}

/** The id of a new row. That of a person is known before the row is stored: the answer of D1 may get lost. */
function newRowId(ctx: AuthContext, trace: AuthTrace, model: string): string {
  if (!hasPrefix(model)) return crypto.randomUUID()
  const id = ctx.newId(PREFIXES[model])
  if (model === 'user') trace.createdUserId = id
  return id
}

/**
 * better-auth on our tables: passwords, codes, passkeys, sessions. It is large, so index.ts imports what uses it
 * dynamically. None of its own routes is open: our routes call its functions.
 */
export function createAuth(ctx: AuthContext, trace: AuthTrace, origin: string | null = null) {
  const { config } = ctx
  trace.db = ctx.db
  const schema = {
    user: users,
    session: sessions,
    account: userCredentials,
    verification: verifications,
    twoFactor: twoFactors,
    passkey: passkeys,
  }
  const optional = { required: false, input: false } as const
  return betterAuth({
    appName: 'IGNY8',
    baseURL: config.publicUrl,
    secret: config.sessionSecret,
    trustedOrigins: [...config.webOrigins, config.publicUrl],
    database: drizzleAdapter(ctx.db, { provider: 'sqlite', schema }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_LENGTH.min,
      maxPasswordLength: PASSWORD_LENGTH.max,
      resetPasswordTokenExpiresIn: RESET_LIFETIME_S,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: ({ user, token }) => trace.sendResetPassword(user.id, token),
    },
    session: {
      expiresIn: SESSION_LIFETIME_S,
      disableSessionRefresh: true,
      // `authenticatePerson` checks how recent the sign-in is
      freshAge: 0,
      additionalFields: {
        country: { type: 'string', ...optional },
        city: { type: 'string', ...optional },
        secondFactor: { type: 'boolean', ...optional },
      },
    },
    verification: { storeIdentifier: 'hashed' },
    plugins: [
      twoFactor({ issuer: 'IGNY8', accountLockout: { enabled: true, ...CODE_LOCK } }),
      passkey(passkeyOptions(ctx, origin)),
    ],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message, ...details) => log.error(`better-auth: ${message}`, { details }) },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: usesSecureCookies(config),
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
      database: {
        generateId: ({ model }) => newRowId(ctx, trace, model),
      },
    },
    databaseHooks: hooksOf(ctx, trace),
  })
}

/** The code of a refusal by better-auth; null for any other error. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof APIError)) return null
  return error.body?.code ?? error.message
}

const CODES: Record<string, ErrorCode> = {
  INVALID_EMAIL_OR_PASSWORD: 'invalid_credentials',
  INVALID_PASSWORD: 'wrong_password',
  INVALID_CODE: 'wrong_code',
  INVALID_BACKUP_CODE: 'wrong_code',
  INVALID_TOKEN: 'invalid_link',
  TOTP_ALREADY_ENABLED: 'two_factor_on',
  TOTP_NOT_ENABLED: 'two_factor_off',
  TWO_FACTOR_NOT_ENABLED: 'two_factor_off',
  INVALID_TWO_FACTOR_COOKIE: 'second_step_over',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'second_step_over',
  ACCOUNT_TEMPORARILY_LOCKED: 'too_many_requests',
  CHALLENGE_NOT_FOUND: 'passkey_refused',
  PASSKEY_NOT_FOUND: 'passkey_refused',
  YOU_ARE_NOT_ALLOWED_TO_REGISTER_THIS_PASSKEY: 'passkey_refused',
  AUTHENTICATION_FAILED: 'passkey_refused',
  FAILED_TO_VERIFY_REGISTRATION: 'passkey_refused',
  USER_NOT_VERIFIED: 'passkey_refused',
}

/**
 * Calls the library. Its refusals become ours; its other errors stay, for the log. Where D1 failed, the library may refuse
 * a person whom it could not read: that is no refusal.
 */
export async function callLibrary<T>(trace: AuthTrace, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const fault = trace.db && lastFault(trace.db)
    if (fault) throw fault
    if (trace.isInactive) throw new ServiceError('user_inactive')
    const code = CODES[refusalOf(cause) ?? '']
    if (code === undefined) throw cause
    throw new ServiceError(
      code,
      undefined,
      code === 'too_many_requests' ? { retryAfterS: CODE_LOCK.durationSeconds } : {},
    )
  }
}
