/**
 * An operator suspends an account: its people sign in, read, export and see why; nothing of it is written, its keys are
 * refused, and nothing is synced, checked or sent for it. Nothing is deleted: what comes later is as it was.
 */
import { and, eq, exists, isNotNull, isNull, sql } from 'drizzle-orm'
import { accounts, memberships, users } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { appendAudit, THE_OPERATOR, withoutOrigin } from '../audit/index.ts'
import type { OperatorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { type LetterKind, sendMail } from '../mail/index.ts'
import { tellSites } from './sites.ts'
export { listUntold, QUERIES_PER_SLICE, tellSites } from './sites.ts'
export { listSuspended } from './state.ts'

type OperatorContext = ServiceContext<OperatorActor>

/** Owners who are told by mail. An account with more has chosen so many on purpose. */
const MOST_TOLD = 20

interface Change {
  accountId: string
  reason: string
}

async function tellOwners(ctx: OperatorContext, { accountId, reason }: Change, kind: LetterKind): Promise<void> {
  const rows = await ctx.db
    .select({ email: users.email, account: accounts.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .innerJoin(accounts, eq(accounts.id, memberships.accountId))
    .where(and(eq(memberships.accountId, accountId), eq(memberships.role, 'owner')))
    .limit(MOST_TOLD)
  const link = `${ctx.config.publicUrl}/sites`
  for (const { email, account } of rows)
    await sendMail({ ctx, input: { to: email, kind, params: { what: account, reason, link } } })
}

async function loadAccount({ db }: OperatorContext, accountId: string) {
  const [row] = await db
    .select({ id: accounts.id, suspendedAt: accounts.suspendedAt })
    .from(accounts)
    .where(eq(accounts.id, accountId))
    .limit(1)
  if (!row) throw new ServiceError('account_not_found')
  return row
}

/** Works for the account, as the system does. */
const contextOf = (ctx: OperatorContext, accountId: string): ServiceContext => ({
  ...ctx,
  actor: { kind: 'system', accountId },
})

/** The first sites at once; a failure is none of the change, which the cron completes. */
async function tellFirst(ctx: OperatorContext, accountId: string, direction: 'stopping' | 'lifting'): Promise<void> {
  try {
    await tellSites(contextOf(ctx, accountId), direction)
  } catch (cause) {
    log.warn('sites not told of a suspension, trying again', { account: accountId, cause })
  }
}

/** Changes the account, with its record in the account's own log, and records it in the operators' log. */
async function record(
  ctx: OperatorContext,
  { accountId, reason }: Change,
  verb: 'suspended' | 'suspension_lifted',
  set: Partial<typeof accounts.$inferInsert>,
): Promise<boolean> {
  const isSuspending = verb === 'suspended'
  const before = isSuspending ? isNull(accounts.suspendedAt) : isNotNull(accounts.suspendedAt)
  const mine = eq(accounts.id, accountId)
  const at = ctx.now()
  const mark = isSuspending ? eq(accounts.suspendedAt, new Date(at)) : isNull(accounts.suspendedAt)
  const isDone = exists(
    ctx.db
      .select({ one: sql`1` })
      .from(accounts)
      .where(and(mine, mark)),
  )
  const metadata = { reason }
  const action = `account.${verb}` as const
  const [changed] = await appendAudit({
    ctx: withoutOrigin(ctx),
    input: {
      entry: { action, entityId: accountId, accountId, actor: THE_OPERATOR, metadata, when: isDone },
      changes: [ctx.db.update(accounts).set(set).where(and(mine, before)).returning({ id: accounts.id })],
    },
  })
  if (changed.length === 0) return false
  await appendAudit({ ctx, input: { entry: { action, entityId: accountId, metadata }, changes: [] } })
  return true
}

/**
 * Suspends an account. Holds for people and for objects that ask at once; keys that an object or the edge remembers are
 * refused once their site has been told: the first ten before this returns, the others within minutes. Repeating it changes
 * nothing.
 * @throws ServiceError `account_not_found`
 */
export async function suspendAccount({ ctx, input }: { ctx: OperatorContext; input: Change }): Promise<void> {
  const { accountId, reason } = input
  await loadAccount(ctx, accountId)
  const suspendedAt = new Date(ctx.now())
  const set = { suspendedAt, suspensionReason: reason, suspension: 'stopping' } as const
  const isNew = await record(ctx, input, 'suspended', set)
  await tellFirst(ctx, accountId, 'stopping')
  if (isNew) ctx.background(tellOwners(ctx, input, 'account_suspended'))
}

/**
 * Lifts a suspension. Sites are checked and work again within minutes; runs that were cancelled don't come back. Repeating it
 * changes nothing.
 * @throws ServiceError `account_not_found`
 */
export async function liftSuspension({ ctx, input }: { ctx: OperatorContext; input: Change }): Promise<void> {
  const { accountId } = input
  await loadAccount(ctx, accountId)
  const set = { suspendedAt: null, suspensionReason: null, suspension: 'lifting' } as const
  const isNew = await record(ctx, input, 'suspension_lifted', set)
  await tellFirst(ctx, accountId, 'lifting')
  if (isNew) ctx.background(tellOwners(ctx, input, 'account_suspension_lifted'))
}
