/**
 * Invitations into an account. Where the server has e-mail, the link is in the mail alone: the inviter doesn't see it, so
 * whoever accepts has shown that the address is theirs. Where it has none, the inviter gets the link to hand over, and
 * accepting proves nothing about the address. Only the token's SHA-256 is stored, which is enough for 238 random bits, so
 * sending an invitation again makes a new link and ends the old one.
 */
import { and, asc, eq, exists, gt, isNotNull, lt, or, sql } from 'drizzle-orm'
import type { AuditAction } from '../../contract/audit.ts'
import type { ListQuery, Page } from '../../contract/common.ts'
import type { Invitation, InvitationCreate, InvitationSent, Locale, Role } from '../../contract/people.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { accounts, invitations, memberships, users } from '../../db/schema/index.ts'
import { randomBase62 } from '../../lib/base62.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { assertStays, stays } from '../deletion/stays.ts'
import { presentError } from '../endpoints/index.ts'
import { ServiceError } from '../errors.ts'
import { trySendMail } from '../mail/index.ts'
import { withinQuota } from '../quotas/index.ts'
import { readCursor, toPage } from '../wire.ts'
import { assertNotAbove } from './rows.ts'

const LIFETIME_MS = 7 * 86_400_000
const TOKEN_LENGTH = 40

/** @throws ServiceError `already_member` */
async function assertNoMember(ctx: ServiceContext, email: string): Promise<void> {
  const found = await ctx.db
    .select({ id: users.id })
    .from(users)
    .innerJoin(memberships, eq(memberships.userId, users.id))
    .where(and(eq(users.email, email), eq(memberships.accountId, ctx.actor.accountId)))
    .limit(1)
  if (found.length > 0) throw new ServiceError('already_member')
}

interface Inviter {
  id: string
  name: string
  account: string
  locale: Locale
}

/**
 * The inviter, who must have verified their own address: else anybody could have us write to anybody. Where there is no
 * e-mail nobody can verify one, and nothing is sent.
 * @throws ServiceError `email_unverified`; `person_required` for anything but a person
 */
async function loadInviter(ctx: ServiceContext): Promise<Inviter> {
  const { actor } = ctx
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  const [row] = await ctx.db
    .select({ name: users.name, isVerified: users.emailVerified, locale: users.locale, account: accounts.name })
    .from(users)
    .innerJoin(accounts, eq(accounts.id, actor.accountId))
    .where(eq(users.id, actor.userId))
    .limit(1)
  if (!row) throw new ServiceError('no_account')
  if (ctx.config.email && !row.isVerified) throw new ServiceError('email_unverified')
  return { id: actor.userId, name: row.name, account: row.account, locale: row.locale ?? 'en' }
}

const COLUMNS = {
  // those of the release before have none, and are not listed
  id: sql<string>`ifnull(${invitations.id}, '')`,
  email: invitations.email,
  role: invitations.role,
  mailStatus: invitations.mailStatus,
  invitedBy: users.name,
  createdAt: invitations.createdAt,
  expiresAt: invitations.expiresAt,
}

type InvitationRow = Pick<
  typeof invitations.$inferSelect,
  'email' | 'role' | 'mailStatus' | 'createdAt' | 'expiresAt'
> & {
  id: string
  invitedBy: string | null
}

/** The wire's shape of an invitation. */
function presentInvitation({
  id,
  email,
  role,
  mailStatus,
  invitedBy,
  createdAt,
  expiresAt,
}: InvitationRow): Invitation {
  const isSent = mailStatus === 'sent'
  return {
    id,
    email,
    role,
    invited_by: invitedBy,
    mail: mailStatus === null ? 'link_shown' : isSent ? 'sent' : 'not_sent',
    mail_error: isSent ? null : presentError(mailStatus, ''),
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  }
}

/** The account's open invitations, by id. @throws ServiceError `invalid_cursor` */
export async function listInvitations({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: ListQuery
}): Promise<Page<Invitation>> {
  const last = readCursor(input.cursor)
  const rows = await ctx.db
    .select(COLUMNS)
    .from(invitations)
    .leftJoin(users, eq(users.id, invitations.invitedBy))
    .where(
      and(
        eq(invitations.accountId, ctx.actor.accountId),
        gt(invitations.expiresAt, new Date(ctx.now())),
        last === null ? isNotNull(invitations.id) : gt(invitations.id, last),
      ),
    )
    .orderBy(asc(invitations.id))
    .limit(input.limit + 1)
  return toPage(rows, input.limit, presentInvitation)
}

const isMine = (ctx: ServiceContext, id: string) =>
  and(eq(invitations.accountId, ctx.actor.accountId), eq(invitations.id, id))

/** An open invitation of the actor's account. @throws ServiceError `invitation_not_found` */
async function loadInvitation(ctx: ServiceContext, id: string) {
  const [row] = await ctx.db
    .select()
    .from(invitations)
    .where(and(isMine(ctx, id), gt(invitations.expiresAt, new Date(ctx.now()))))
    .limit(1)
  if (!row) throw new ServiceError('invitation_not_found')
  return row
}

const ROLE_WORDS: Record<Locale, Record<Role, string>> = {
  en: { viewer: 'Viewer', editor: 'Editor', admin: 'Admin', owner: 'Owner' },
  de: { viewer: 'Betrachter', editor: 'Redakteur', admin: 'Admin', owner: 'Inhaber' },
}

interface NewInvitation {
  id: string
  email: string
  role: Role
  token: string
  createdAt: Date
  expiresAt: Date
}

/** Mails the link. @returns what the row says of it; null if there is no e-mail and the inviter gets the link */
async function mailInvitation(ctx: ServiceContext, inviter: Inviter, invitation: NewInvitation) {
  if (!ctx.config.email) return null
  const { email, role, token, expiresAt } = invitation
  const { locale } = inviter
  const params = {
    inviter: inviter.name,
    account: inviter.account,
    role: ROLE_WORDS[locale][role],
    expires: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(expiresAt),
    // in the fragment, so that it reaches no server, log or referrer
    link: `${ctx.config.publicUrl}/invitation#token=${encodeURIComponent(token)}`,
  }
  const outcome = await trySendMail({ ctx, input: { to: email, kind: 'invitation', locale, params } })
  const mailStatus = outcome.ok ? 'sent' : outcome.code
  await ctx.db
    .update(invitations)
    .set({ mailStatus })
    .where(and(isMine(ctx, invitation.id), eq(invitations.tokenHash, await sha256Hex(token))))
  return mailStatus
}

function newInvitation(ctx: ServiceContext, email: string, role: Role): NewInvitation {
  const createdAt = new Date(ctx.now())
  const expiresAt = new Date(createdAt.getTime() + LIFETIME_MS)
  return { id: ctx.newId('inv'), email, role, token: `inv_${randomBase62(TOKEN_LENGTH)}`, createdAt, expiresAt }
}

/** Stores an invitation in place of any of its address, and mails it. */
async function send(
  ctx: ServiceContext,
  { action, inviter, invitation }: { action: AuditAction; inviter: Inviter; invitation: NewInvitation },
): Promise<InvitationSent> {
  const { token, ...columns } = invitation
  const { accountId } = ctx.actor
  const isStale = or(eq(invitations.email, columns.email), lt(invitations.expiresAt, columns.createdAt))
  // not null before the mail was tried: the token of an invitation that is to be mailed is never shown
  const mailStatus = ctx.config.email ? ('internal_error' as const) : null
  const tokenHash = await sha256Hex(token)
  const made = exists(
    ctx.db.select({ id: invitations.id }).from(invitations).where(eq(invitations.tokenHash, tokenHash)),
  )
  const entry = { action, entityId: columns.email, metadata: { role: columns.role }, when: made } as const
  const clear = ctx.db
    .delete(invitations)
    .where(and(eq(invitations.accountId, accountId), isStale, stays(ctx, accountId)))
  const row = { ...columns, accountId, tokenHash, invitedBy: inviter.id, mailStatus }
  const insert = insertWhile(ctx.db, invitations, row, stays(ctx, accountId)).returning({ id: invitations.id })
  const [, inserted] = await withinQuota({ ctx, kind: 'invitations', accountId }, (guard) =>
    appendAudit({ ctx, input: { entry, changes: [clear, insert, guard] } }),
  )
  if (inserted.length === 0) throw new ServiceError('account_leaving')
  const mailed = await mailInvitation(ctx, inviter, invitation)
  const shown = presentInvitation({ ...columns, mailStatus: mailed, invitedBy: inviter.name })
  return { ...shown, token: ctx.config.email ? null : token }
}

/**
 * Invites an e-mail address into the actor's account for seven days. Replaces an earlier invitation of the address. An
 * invitation whose mail was not sent stands, says why, and can be sent again.
 * @throws ServiceError `role_too_low` for a role above the actor's, `email_unverified`, `already_member`, `account_leaving`
 */
export async function createInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: InvitationCreate
}): Promise<InvitationSent> {
  assertNotAbove(ctx, input.role)
  await assertStays(ctx, ctx.actor.accountId)
  const inviter = await loadInviter(ctx)
  const email = input.email.toLowerCase()
  await assertNoMember(ctx, email)
  return send(ctx, { action: 'member.invited', inviter, invitation: newInvitation(ctx, email, input.role) })
}

/**
 * Sends an invitation again, with a new link for seven days. The old link ends.
 * @throws ServiceError `invitation_not_found`, `role_too_low`, `email_unverified`, `already_member`, `account_leaving`
 */
export async function resendInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<InvitationSent> {
  const found = await loadInvitation(ctx, input.id)
  assertNotAbove(ctx, found.role)
  await assertStays(ctx, ctx.actor.accountId)
  const inviter = await loadInviter(ctx)
  await assertNoMember(ctx, found.email)
  const invitation = { ...newInvitation(ctx, found.email, found.role), id: input.id }
  return send(ctx, { action: 'invitation.resent', inviter, invitation })
}

/**
 * Withdraws an invitation: its link ends at once.
 * @throws ServiceError `invitation_not_found`, `role_too_low` for a role above the actor's
 */
export async function withdrawInvitation({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string }
}): Promise<void> {
  const { role, email } = await loadInvitation(ctx, input.id)
  assertNotAbove(ctx, role)
  const entry = { action: 'invitation.withdrawn', entityId: email, metadata: { role } } as const
  await appendAudit({
    ctx,
    input: { entry, changes: [ctx.db.delete(invitations).where(isMine(ctx, input.id))] },
  })
}
