import { and, asc, eq, gt } from 'drizzle-orm'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Member } from '../../contract/people.ts'
import { memberships, users } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { readCursor, toPage } from '../cursor.ts'
import { MEMBER_COLUMNS, presentMember } from './internal.ts'

/** The members of the actor's account, by id. @throws ServiceError `invalid_cursor` */
export async function listMembers({ ctx, input }: { ctx: Context; input: ListQuery }): Promise<Page<Member>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select({ id: memberships.userId, ...MEMBER_COLUMNS })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(eq(memberships.accountId, ctx.actor.accountId), last === null ? undefined : gt(memberships.userId, last)),
    )
    .orderBy(asc(memberships.userId))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentMember)
}
