/**
 * Deletions of accounts and people. Asking for one starts a wait of 30 days; the cron then erases, in slices
 * (src/cron/deletions.ts). An account's sites are switched off while it waits, and on again if it is cancelled.
 *
 * An account that isn't itself to be deleted always keeps an owner who stays: whoever is its only such owner can't ask to
 * be deleted. The condition is part of the statements, so that two owners who ask at once can't both succeed.
 */
import { and, eq, exists, inArray, notExists, sql } from 'drizzle-orm'
import {
  type AccountDeletionRequest,
  type Deletion,
  DELETION_WAIT_DAYS,
  type Deletions,
  type PersonDeletionRequest,
} from '../../contract/deletion.ts'
import { accounts, deletions, users } from '../../db/schema/index.ts'
import { appendAudit } from '../audit/index.ts'
import type { ServiceContext } from '../context.ts'
import { invalidField, ServiceError } from '../errors.ts'
import { addressOf, tellPerson } from './announce.ts'
import { hasStayingOwner, listSoleOwned, ownsNothingAlone } from './owners.ts'
export { type ClaimedDeletion, claimDeletion } from './claim.ts'
export { playDeletion } from './play.ts'
export { QUERIES_PER_SLICE } from './progress.ts'

type DeletionRow = typeof deletions.$inferSelect

const WAIT_MS = DELETION_WAIT_DAYS * 86_400_000

/** The phases in which a deletion can be cancelled. */
const CANCELLABLE = ['pausing', 'waiting'] as const

const isCancellable = ({ phase }: DeletionRow) => phase === 'pausing' || phase === 'waiting'

const presentDeletion = (row: DeletionRow): Deletion => ({
  kind: row.kind,
  subject_id: row.subjectId,
  requested_by: row.requestedBy,
  requested_at: row.requestedAt.toISOString(),
  due_at: row.dueAt.toISOString(),
  can_cancel: isCancellable(row),
})

async function findDeletion(ctx: ServiceContext, subjectId: string): Promise<DeletionRow | null> {
  const [row] = await ctx.db.select().from(deletions).where(eq(deletions.subjectId, subjectId)).limit(1)
  return row === undefined || row.phase === 'resuming' ? null : row
}

const personIdOf = ({ actor }: ServiceContext): string => {
  if (actor.kind !== 'user') throw new ServiceError('person_required')
  return actor.userId
}

/** What is to be deleted of the actor's account and of the actor. */
export async function listDeletions({ ctx }: { ctx: ServiceContext }): Promise<Deletions> {
  const userId = personIdOf(ctx)
  const found = await ctx.db
    .select()
    .from(deletions)
    .where(inArray(deletions.subjectId, [ctx.actor.accountId, userId]))
  const present = (id: string) => {
    const row = found.find(({ subjectId, phase }) => subjectId === id && phase !== 'resuming')
    return row ? presentDeletion(row) : null
  }
  return { account: present(ctx.actor.accountId), person: present(userId) }
}

/** A new deletion's row. */
function newRow(ctx: ServiceContext, kind: Deletion['kind'], subjectId: string, requestedBy: string): DeletionRow {
  const now = ctx.now()
  const [requestedAt, dueAt] = [new Date(now), new Date(now + WAIT_MS)]
  const start = kind === 'account' ? { phase: 'pausing', nextAt: requestedAt } : { phase: 'waiting', nextAt: dueAt }
  return { subjectId, kind, requestedBy, requestedAt, dueAt, phaseAt: requestedAt, ...start } as DeletionRow
}

const wasWritten = (ctx: ServiceContext, { subjectId, requestedAt }: DeletionRow) =>
  exists(
    ctx.db
      .select({ one: sql`1` })
      .from(deletions)
      .where(and(eq(deletions.subjectId, subjectId), eq(deletions.requestedAt, requestedAt))),
  )

/**
 * Schedules the deletion of the actor's account. From the next tick on its sites are switched off and its members told.
 * Asking again changes nothing.
 * @throws ServiceError `validation_error` for another name
 */
export async function scheduleAccountDeletion({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: AccountDeletionRequest
}): Promise<Deletion> {
  const userId = personIdOf(ctx)
  const { accountId } = ctx.actor
  const [account] = await ctx.db.select().from(accounts).where(eq(accounts.id, accountId)).limit(1)
  if (account?.name !== input.name) throw invalidField('body.name', 'is not the account’s name', 'name_differs')
  const row = newRow(ctx, 'account', accountId, userId)
  const { subjectId: _, ...again } = row
  await appendAudit({
    ctx,
    input: {
      entry: {
        action: 'account.deletion_scheduled',
        entityId: accountId,
        metadata: { due_at: row.dueAt.toISOString() },
        when: wasWritten(ctx, row),
      },
      changes: [
        ctx.db
          .insert(deletions)
          .values(row)
          .onConflictDoUpdate({ target: deletions.subjectId, set: again, setWhere: eq(deletions.phase, 'resuming') }),
      ],
    },
  })
  const scheduled = (await findDeletion(ctx, accountId)) ?? row
  return presentDeletion(scheduled)
}

/**
 * Schedules the deletion of the actor. Until then nothing changes for them. Asking again changes nothing.
 * @throws ServiceError `sole_owner` while an account that stays would be left without an owner; `validation_error` for
 *   another e-mail address
 */
export async function schedulePersonDeletion({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: PersonDeletionRequest
}): Promise<Deletion> {
  const userId = personIdOf(ctx)
  const [user] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, userId)).limit(1)
  if (user?.email !== input.email.toLowerCase())
    throw invalidField('body.email', 'is not your e-mail address', 'email_differs')
  const row = newRow(ctx, 'person', userId, userId)
  const values = sql`${row.subjectId}, ${row.kind}, ${row.phase}, ${userId}, ${row.requestedAt.getTime()},
    ${row.dueAt.getTime()}, ${row.nextAt.getTime()}, ${row.requestedAt.getTime()}`
  await appendAudit({
    ctx,
    input: {
      entry: {
        action: 'person.deletion_scheduled',
        entityId: userId,
        metadata: { due_at: row.dueAt.toISOString() },
        when: wasWritten(ctx, row),
      },
      changes: [
        ctx.db
          .insert(deletions)
          .select(sql`SELECT ${values} WHERE ${ownsNothingAlone(userId)}`)
          .onConflictDoNothing(),
      ],
    },
  })
  const scheduled = await findDeletion(ctx, userId)
  if (scheduled) {
    const isNew = scheduled.requestedAt.getTime() === row.requestedAt.getTime()
    if (isNew) ctx.background(tellPerson(ctx, user.email, { kind: 'deletion_scheduled', dueAt: row.dueAt }))
    return presentDeletion(scheduled)
  }
  throw await soleOwner(ctx, userId)
}

async function soleOwner(ctx: ServiceContext, userId: string): Promise<ServiceError> {
  const names = await listSoleOwned(ctx.db, userId)
  return new ServiceError('sole_owner', `Nobody else owns: ${names.join(', ')}.`)
}

/** @throws ServiceError `deletion_not_found`, `deletion_running` */
async function loadCancellable(ctx: ServiceContext, subjectId: string): Promise<DeletionRow> {
  const row = await findDeletion(ctx, subjectId)
  if (!row) throw new ServiceError('deletion_not_found')
  if (!isCancellable(row)) throw new ServiceError('deletion_running')
  return row
}

/**
 * Cancels the deletion of the actor's account. Within the next minutes its sites are switched on again, and whoever
 * was told of it is told that it is off.
 * @throws ServiceError `deletion_not_found`; `deletion_running` once it has begun; `sole_owner` if all of its owners are
 *   themselves to be deleted
 */
export async function cancelAccountDeletion({ ctx }: { ctx: ServiceContext }): Promise<void> {
  const { accountId } = ctx.actor
  await loadCancellable(ctx, accountId)
  const resumed = and(eq(deletions.subjectId, accountId), eq(deletions.phase, 'resuming'))
  const [rows] = await appendAudit({
    ctx,
    input: {
      entry: {
        action: 'account.deletion_cancelled',
        entityId: accountId,
        when: exists(
          ctx.db
            .select({ one: sql`1` })
            .from(deletions)
            .where(resumed),
        ),
      },
      changes: [
        ctx.db
          .update(deletions)
          .set({ phase: 'resuming', phaseAt: new Date(ctx.now()), nextAt: new Date(ctx.now()) })
          .where(
            and(
              eq(deletions.subjectId, accountId),
              inArray(deletions.phase, CANCELLABLE),
              hasStayingOwner(sql`${accountId}`),
            ),
          )
          .returning({ id: deletions.subjectId }),
      ],
    },
  })
  if (rows.length > 0) return
  await loadCancellable(ctx, accountId)
  throw new ServiceError('sole_owner', 'Every owner of the account is to be deleted, too.', {
    fix: 'Cancel your own deletion first.',
  })
}

/** Cancels the deletion of the actor. @throws ServiceError `deletion_not_found`; `deletion_running` once it has begun */
export async function cancelPersonDeletion({ ctx }: { ctx: ServiceContext }): Promise<void> {
  const userId = personIdOf(ctx)
  await loadCancellable(ctx, userId)
  const mine = eq(deletions.subjectId, userId)
  const gone = notExists(
    ctx.db
      .select({ one: sql`1` })
      .from(deletions)
      .where(mine),
  )
  const [rows] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'person.deletion_cancelled', entityId: userId, when: gone },
      changes: [
        ctx.db
          .delete(deletions)
          .where(and(mine, inArray(deletions.phase, CANCELLABLE)))
          .returning({ id: deletions.subjectId }),
      ],
    },
  })
  if (rows.length === 0) await loadCancellable(ctx, userId)
  const email = await addressOf(ctx, userId)
  if (email !== null) ctx.background(tellPerson(ctx, email, { kind: 'deletion_cancelled' }))
}
