import { and, eq, exists, notExists, type SQL, sql } from 'drizzle-orm'
import type { Account, AccountCreate } from '../../contract/people.ts'
import { chooseShard } from '../../db/events/shards.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { accounts, deletions, memberships } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

interface NewAccount {
  userId: string
  name: string
}

/**
 * Makes an account with its owner, if the person is in none and isn't to be deleted. The condition is part of the statements, so that of several
 * requests at once one makes an account.
 * @returns the account's id; null if it was not made
 */
export async function createAccount(ctx: ServiceContext<Actor>, { userId, name }: NewAccount): Promise<string | null> {
  const [id, now] = [ctx.newId('acc'), ctx.now()]
  const shard = chooseShard(ctx.events, ctx.config.closedShards)
  const actor: Actor = { kind: 'user', userId, accountId: id, role: 'owner' }
  const one = { one: sql`1` }
  const isNowhere: SQL = sql`${and(
    notExists(ctx.db.select(one).from(memberships).where(eq(memberships.userId, userId))),
    // whoever alone owns an account can't be deleted
    notExists(ctx.db.select(one).from(deletions).where(eq(deletions.subjectId, userId))),
  )}`
  const isMade = exists(
    ctx.db
      .select(one)
      .from(memberships)
      .where(and(eq(memberships.accountId, id), eq(memberships.userId, userId))),
  )
  const [made] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'account.created', entityId: id, accountId: id, actor, when: isMade },
      changes: [
        insertWhile(ctx.db, accounts, { id, name, createdAt: new Date(now), eventsShard: shard }, isNowhere).returning({
          id: accounts.id,
        }),
        ctx.db.insert(memberships).select(sql`SELECT ${id}, ${userId}, 'owner', NULL, ${now}, NULL WHERE ${isNowhere}`),
      ],
    },
  })
  return made.length === 0 ? null : id
}

/**
 * Makes an account for the actor, who is in none: they were removed from it, or left it.
 * @throws ServiceError `has_account`; `person_leaving` if they are to be deleted
 */
export async function openAccount({ ctx, input }: { ctx: ServiceContext; input: AccountCreate }): Promise<Account> {
  if (ctx.actor.kind !== 'user') throw new ServiceError('person_required')
  const id = await createAccount(ctx, { userId: ctx.actor.userId, name: input.name })
  if (id === null) {
    const mine = eq(deletions.subjectId, ctx.actor.userId)
    const leaving = await ctx.db.select({ id: deletions.subjectId }).from(deletions).where(mine).limit(1)
    throw new ServiceError(leaving.length > 0 ? 'person_leaving' : 'has_account')
  }
  return { id, name: input.name, role: 'owner' }
}
