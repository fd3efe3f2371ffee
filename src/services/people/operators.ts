/**
 * People who operate the deployment: a role of the platform, which no account gives and no member of one can reach. It is
 * granted by whoever has the deployment's token (`npm run operator`), recorded in the operator's log, and mailed to the person.
 */
import { asc, eq, exists, notExists, sql } from 'drizzle-orm'
import type { Operator } from '../../contract/operator-page.ts'
import { operators, sessions, users } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import { type Actor, OPERATOR_ACCOUNT, type OperatorActor, type ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type LetterKind, sendMail } from '../mail/index.ts'
import { verifySessionToken } from './credentials.ts'
import { freshUntil } from './self.ts'
import { SIGNED_IN } from './session.ts'

type OperatorContext = ServiceContext<OperatorActor>

/**
 * Identifies an operator by their session. A person without the role learns nothing: there is no such page for them. With
 * it they need a second factor, except on a machine of their own.
 * @throws ServiceError `invalid_session`, `user_inactive`, `not_found`, `operator_factor_required`, `recent_sign_in_required`
 */
export async function authenticateOperator({
  ctx,
  input,
}: {
  ctx: Pick<ServiceContext<Actor>, 'db' | 'config' | 'now'>
  input: { signedToken: string; fresh: boolean }
}): Promise<OperatorActor> {
  const token = await verifySessionToken(ctx.config.sessionSecret, input.signedToken)
  if (token === null) throw new ServiceError('invalid_session')
  const [found] = await ctx.db
    .select({ ...SIGNED_IN, operatorId: operators.userId })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(operators, eq(operators.userId, users.id))
    .where(eq(sessions.token, token))
    .limit(1)
  if (!found || found.expiresAt.getTime() <= ctx.now()) throw new ServiceError('invalid_session')
  if (!found.isActive) throw new ServiceError('user_inactive')
  if (found.operatorId === null) throw new ServiceError('not_found')
  const needsFactor = ctx.config.environment !== 'development'
  if (needsFactor && !found.secondFactor) throw new ServiceError('operator_factor_required')
  if (input.fresh && freshUntil(found) <= ctx.now()) throw new ServiceError('recent_sign_in_required')
  return { kind: 'operator', accountId: OPERATOR_ACCOUNT, userId: found.userId }
}

const selectOperators = ({ db }: Pick<OperatorContext, 'db'>) =>
  db
    .select({ userId: operators.userId, name: users.name, email: users.email, grantedAt: operators.grantedAt })
    .from(operators)
    .innerJoin(users, eq(users.id, operators.userId))

type OperatorRow = Awaited<ReturnType<typeof selectOperators>>[number]

const presentOperator = ({ userId, name, email, grantedAt }: OperatorRow): Operator => ({
  user_id: userId,
  name,
  email,
  granted_at: grantedAt.toISOString(),
})

/** Some people run a deployment: all of them fit into one answer. */
const MOST_LISTED = 200

/** Everybody with the role, whoever has had it longest first. */
export async function listOperators({ ctx }: { ctx: OperatorContext }): Promise<Operator[]> {
  const rows = await selectOperators(ctx).orderBy(asc(operators.grantedAt)).limit(MOST_LISTED)
  return rows.map(presentOperator)
}

/** Tells a person of it. An address that was never verified isn't theirs for sure; no such person gets the role. */
function tell(ctx: OperatorContext, email: string, kind: LetterKind): void {
  const params = {
    link: `${ctx.config.publicUrl}/account`,
    when: new Date(ctx.now()).toISOString().slice(0, 16).replace('T', ' '),
  }
  ctx.background(sendMail({ ctx, input: { to: email, kind, params } }))
}

const one = sql`1`

/**
 * Makes a person an operator. Repeating it changes nothing.
 * @throws ServiceError `person_not_found`; `person_unverified`, since the address could be a stranger's; `user_inactive`
 */
export async function grantOperator({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { email: string }
}): Promise<Operator> {
  const [user] = await ctx.db.select().from(users).where(eq(users.email, input.email.toLowerCase())).limit(1)
  if (!user) throw new ServiceError('person_not_found')
  if (!user.emailVerified) throw new ServiceError('person_unverified')
  if (!user.isActive) throw new ServiceError('user_inactive')
  const grantedAt = new Date(ctx.now())
  const isNew = exists(
    ctx.db
      .select({ one })
      .from(operators)
      .where(sql`${operators.userId} = ${user.id} AND ${operators.grantedAt} = ${grantedAt.getTime()}`),
  )
  const [made] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'operator.granted', entityId: user.id, when: isNew },
      changes: [
        ctx.db
          .insert(operators)
          .values({ userId: user.id, grantedAt })
          .onConflictDoNothing()
          .returning({ userId: operators.userId }),
      ],
    },
  })
  if (made.length > 0) tell(ctx, user.email, 'operator_granted')
  const [operator] = await selectOperators(ctx).where(eq(operators.userId, user.id)).limit(1)
  if (!operator) throw new ServiceError('person_not_found')
  return presentOperator(operator)
}

/** Takes the role from a person, at once for all of their sessions. @throws ServiceError `person_not_found` */
export async function revokeOperator({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { userId: string }
}): Promise<void> {
  const mine = eq(operators.userId, input.userId)
  const [operator] = await selectOperators(ctx).where(mine).limit(1)
  if (!operator) throw new ServiceError('person_not_found')
  const gone = notExists(ctx.db.select({ one }).from(operators).where(mine))
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'operator.revoked', entityId: input.userId, when: gone },
      changes: [ctx.db.delete(operators).where(mine)],
    },
  })
  tell(ctx, operator.email, 'operator_revoked')
}
