import { and, eq, lt, or } from 'drizzle-orm'
import type { Invitation, InvitationCreate } from '../../contract/people.ts'
import { invitations, memberships, users } from '../../db/schema/index.ts'
import { randomBase62 } from '../../lib/base62.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { appendAudit } from '../audit/append.ts'
import type { Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { assertNotAbove } from './internal.ts'

const LIFETIME_MS = 7 * 86_400_000
const TOKEN_LENGTH = 40

/** @throws ServiceError `already_member` */
async function assertNoMember(ctx: Context, email: string): Promise<void> {
  const found = await ctx.db
    .select({ id: users.id })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, email), eq(memberships.accountId, ctx.actor.accountId)))
    .limit(1)
  if (found.length > 0) throw new ServiceError('already_member')
}

/**
 * Invites an e-mail address into the actor's account for seven days, in place of an earlier invitation of the same
 * address. The token is in this answer alone: its 238 random bits are stored as a plain SHA-256.
 * @throws ServiceError `role_too_low` for a role above the actor's, `already_member`
 */
export async function createInvitation({ ctx, input }: { ctx: Context; input: InvitationCreate }): Promise<Invitation> {
  assertNotAbove(ctx, input.role)
  const email = input.email.toLowerCase()
  await assertNoMember(ctx, email)
  const token = `inv_${randomBase62(TOKEN_LENGTH)}`
  const now = new Date(ctx.now())
  const { accountId } = ctx.actor
  const invitation = { accountId, email, role: input.role, expiresAt: new Date(now.getTime() + LIFETIME_MS) }
  const isStale = or(eq(invitations.email, email), lt(invitations.expiresAt, now))
  await appendAudit({
    ctx,
    input: {
      entry: { action: 'member.invited', entityId: email, metadata: { role: input.role } },
      changes: [
        ctx.db.delete(invitations).where(and(eq(invitations.accountId, accountId), isStale)),
        ctx.db.insert(invitations).values({ ...invitation, tokenHash: await sha256Hex(token), createdAt: now }),
      ],
    },
  })
  return { email, role: input.role, token, expires_at: invitation.expiresAt.toISOString() }
}
