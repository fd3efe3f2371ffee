import { and, eq, sql, type SQL } from 'drizzle-orm'
import { type Member, type Role, ROLES } from '../../contract/people.ts'
import { memberships, users } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { hasStayingOwner } from '../deletion/owners.ts'
import { ServiceError } from '../errors.ts'

interface MemberRow {
  userId: string
  name: string
  email: string
  role: Role
  createdAt: Date
}

export const MEMBER_COLUMNS = {
  userId: memberships.userId,
  name: users.name,
  email: users.email,
  role: memberships.role,
  createdAt: memberships.createdAt,
}

/** A member of the actor's account. @throws ServiceError `member_not_found` */
export async function loadMember({ ctx, userId }: { ctx: ServiceContext; userId: string }): Promise<MemberRow> {
  const [row] = await ctx.db
    .select(MEMBER_COLUMNS)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.accountId, ctx.actor.accountId), eq(memberships.userId, userId)))
    .limit(1)
  if (!row) throw new ServiceError('member_not_found')
  return row
}

/**
 * Refuses an actor whose own role is below this one.
 * @throws ServiceError `role_too_low`; `person_required` for anything but a person
 */
export function assertNotAbove({ actor }: ServiceContext, role: Role): void {
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  if (ROLES.indexOf(role) > ROLES.indexOf(actor.role)) {
    throw new ServiceError('role_too_low', `This concerns the role ${role}; yours is ${actor.role}.`)
  }
}

/**
 * The condition of every change to a membership: it is unchanged since it was read, and the account keeps an owner, who
 * is not to be deleted. It is part of the statement, so that two owners who remove each other at the same time can't both
 * succeed.
 */
export function changeable(ctx: ServiceContext, member: MemberRow): SQL | undefined {
  const { accountId } = ctx.actor
  return and(
    eq(memberships.accountId, accountId),
    eq(memberships.userId, member.userId),
    eq(memberships.role, member.role),
    member.role === 'owner' ? hasStayingOwner(sql`${accountId}`, member.userId) : undefined,
  )
}

/** Throws the reason why {@link changeable} did not hold. */
export async function refuseChange(ctx: ServiceContext, member: MemberRow): Promise<never> {
  const now = await loadMember({ ctx, userId: member.userId })
  throw new ServiceError(now.role === 'owner' && member.role === 'owner' ? 'last_owner' : 'conflict')
}

/** The wire's shape of a member. */
export const presentMember = ({ userId, name, email, role, createdAt }: MemberRow): Member => ({
  user_id: userId,
  name,
  email,
  role,
  created_at: createdAt.toISOString(),
})
