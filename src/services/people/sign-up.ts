import { eq } from 'drizzle-orm'
import type { SignUp } from '../../contract/people.ts'
import { accounts, memberships, sessions, userCredentials, users } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/append.ts'
import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { createAuth, createTrace, refusalOf } from './better-auth.ts'
import { assertOriginAllowed } from './origin.ts'
import { presentUser, type SignInResult } from './present.ts'
import { signSessionToken } from './session-token.ts'

type SignUpInput = SignUp & { headers: Headers }

const nameAccount = (name: string, chosen: string | undefined) => chosen ?? `${name}’s account`.slice(0, 200)

async function createAccount(ctx: Context<Actor>, userId: string, name: string): Promise<void> {
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

/** Takes back what a sign-up that failed has left, so that the address can be used again. */
async function removeUser(ctx: Context<Actor>, userId: string): Promise<void> {
  await ctx.db.batch([
    ctx.db.delete(sessions).where(eq(sessions.userId, userId)),
    ctx.db.delete(userCredentials).where(eq(userCredentials.userId, userId)),
    ctx.db.delete(users).where(eq(users.id, userId)),
  ])
}

/** The library says of two sign-ups at once only that the second failed. */
async function isEmailTaken(ctx: Context<Actor>, email: string, cause: unknown): Promise<boolean> {
  const refusal = refusalOf(cause)
  if (refusal === 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL') return true
  if (refusal !== 'FAILED_TO_CREATE_USER') return false
  const found = await ctx.db.select({ id: users.id }).from(users).where(eq(users.email, email.toLowerCase())).limit(1)
  return found.length > 0
}

/**
 * Makes a person, an account of which they are the owner, and a session. All or nothing: a person whose account could
 * not be made is removed again.
 * @throws ServiceError `email_taken`, `origin_not_allowed`
 */
export async function signUp({ ctx, input }: { ctx: Context<Actor>; input: SignUpInput }): Promise<SignInResult> {
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
