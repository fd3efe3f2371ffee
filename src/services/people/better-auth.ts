import { APIError } from 'better-auth/api'
import { betterAuth } from 'better-auth/minimal'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { eq } from 'drizzle-orm'
import { sessions, userCredentials, users, verifications } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { Actor, Context } from '../context.ts'
import { COOKIE_PREFIX, usesSecureCookies } from './session-token.ts'

/** Sessions end after this, however much they are used. */
const SESSION_LIFETIME_S = 30 * 86_400

type AuthContext = Pick<Context<Actor>, 'db' | 'config' | 'newId'>

/** What happened inside the library that its answers don't say. */
export interface AuthTrace {
  /** Of the person that was made, even where a later step failed. */
  createdUserId: string | null
  /** The password was right, and the person is switched off. */
  isInactive: boolean
}

async function isActive(ctx: AuthContext, userId: string): Promise<boolean> {
  const [user] = await ctx.db.select({ isActive: users.isActive }).from(users).where(eq(users.id, userId)).limit(1)
  return user?.isActive ?? false
}

/**
 * The library that keeps passwords and makes sessions, on our tables. It is large: only what signs people up and in
 * may import this file, and routes import that dynamically, so that no other request evaluates it.
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

/** The code of a refusal by the library, null for anything else. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof APIError)) return null
  return error.body?.code ?? error.message
}
