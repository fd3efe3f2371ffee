/**
 * Mails about deletions. Those of an account go to every member, from the cron, some per slice. Each has a key of its own,
 * so that a repetition after a crash arrives once. While the provider is away a mail is tried again for a day; then what
 * waits for it goes on without.
 */
import { and, asc, eq, isNotNull, isNull, ne, or, type SQL } from 'drizzle-orm'
import { accounts, memberships, users } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { inGroups } from '../api-keys/index.ts'
import type { ServiceContext } from '../context.ts'
import { sendMail, trySendMail } from '../mail/index.ts'
import type { ClaimedDeletion } from './claim.ts'
import type { Progress } from './progress.ts'

type Kind = 'deletion_scheduled' | 'deletion_cancelled' | 'account_deleted'

const MEMBERS_PER_SLICE = 12
const PATIENCE_MS = 86_400_000

/** What is deleted, in a mail about a person. */
const PERSON = 'your sign-in and all that is kept about you'

interface Letter {
  kind: Kind
  to: string
  /** What is deleted: the name of an account, or the person. */
  what: string
  /** For `deletion_scheduled`. */
  dueAt?: Date
}

function compose({ config }: ServiceContext, { kind, to, what, dueAt }: Letter) {
  const link = kind === 'account_deleted' ? {} : { link: `${config.publicUrl}/account` }
  const date = dueAt ? { date: dueAt.toISOString().slice(0, 10) } : {}
  return { to, kind, params: { what, ...date, ...link } }
}

export async function nameAccount({ db }: ServiceContext, accountId: string): Promise<string> {
  const [row] = await db.select({ name: accounts.name }).from(accounts).where(eq(accounts.id, accountId)).limit(1)
  return row?.name ?? ''
}

/** The address of a person. */
export async function addressOf({ db }: ServiceContext, userId: string): Promise<string | null> {
  const [row] = await db.select({ email: users.email }).from(users).where(eq(users.id, userId)).limit(1)
  return row?.email ?? null
}

/** Tells a person about their own deletion, from a request. */
export const tellPerson = (ctx: ServiceContext, to: string, letter: Pick<Letter, 'kind' | 'dueAt'>): Promise<void> =>
  sendMail({ ctx, input: compose(ctx, { to, what: PERSON, ...letter }) })

/**
 * Sends a mail on behalf of a deletion.
 * @returns whether it is done with: sent, refused for good, or tried in vain since the phase began a day ago
 */
async function deliver(ctx: ServiceContext, row: ClaimedDeletion, userId: string, letter: Letter): Promise<boolean> {
  const phaseAt = row.phaseAt ?? row.requestedAt
  const idempotencyKey = [letter.kind, row.subjectId, userId, phaseAt.getTime()].join(':')
  const outcome = await trySendMail({ ctx, input: { ...compose(ctx, letter), idempotencyKey } }).catch(
    (cause: unknown) => {
      log.error('mail not composed', { kind: letter.kind, cause })
      return { ok: false, isFinal: true } as const
    },
  )
  if (outcome.ok || outcome.isFinal) return true
  if (ctx.now() - phaseAt.getTime() <= PATIENCE_MS) return false
  log.error('mail given up', { kind: letter.kind, subject: row.subjectId, person: userId })
  return true
}

/** Tells somebody that the account, or they themselves, are deleted; just before they are. @returns whether it is done with */
export const tellDeleted = (
  ctx: ServiceContext,
  row: ClaimedDeletion,
  { userId, email, what = PERSON }: { userId: string; email: string; what?: string },
): Promise<boolean> => deliver(ctx, row, userId, { kind: 'account_deleted', to: email, what })

/** Members who have not been told of this deletion, whenever they joined. */
const notToldOf = ({ requestedAt }: ClaimedDeletion): SQL | undefined =>
  or(isNull(memberships.toldOf), ne(memberships.toldOf, requestedAt))

/**
 * Tells some members of an account that it is to be deleted, with the date, since whoever is in no other account goes with
 * it; or that it is not to be, those who had been told. A membership remembers it.
 */
export async function tellMembers(
  ctx: ServiceContext,
  row: ClaimedDeletion,
  kind: 'deletion_scheduled' | 'deletion_cancelled',
): Promise<Progress> {
  const isScheduled = kind === 'deletion_scheduled'
  const isUntold = isScheduled ? notToldOf(row) : isNotNull(memberships.toldOf)
  const page = await ctx.db
    .select({ userId: memberships.userId, email: users.email })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.accountId, row.subjectId), isUntold))
    .orderBy(asc(memberships.userId))
    .limit(MEMBERS_PER_SLICE)
  if (page.length === 0) return 'done'
  const what = await nameAccount(ctx, row.subjectId)
  const dueAt = isScheduled ? { dueAt: row.dueAt } : {}
  const counts = { waiting: 0 }
  await inGroups(page, async ({ userId, email }) => {
    if (!(await deliver(ctx, row, userId, { kind, to: email, what, ...dueAt }))) counts.waiting++
    else
      await ctx.db
        .update(memberships)
        .set({ toldOf: isScheduled ? row.requestedAt : null })
        .where(and(eq(memberships.accountId, row.subjectId), eq(memberships.userId, userId)))
  })
  return counts.waiting > 0 ? 'wait' : 'more'
}
