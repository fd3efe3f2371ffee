import { and, eq } from 'drizzle-orm'
import { deletions } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { ServiceContext } from '../context.ts'
import type { ClaimedDeletion } from './claim.ts'
import { eraseAccountRow, eraseAccountSlice } from './erase-account.ts'
import { addressOf, tellPerson } from './announce.ts'
import { erasePerson, recordLeaving } from './erase-person.ts'
import { ownsNothingAlone } from './owners.ts'
import { pauseSlice, resumeSlice } from './pause.ts'

/** When an account is looked through again, after it was erased. Longer than any request or slice of a sync lasts. */
const SWEEP_AFTER_MS = 10 * 60_000
/** When a person is looked at again who alone owns an account, which the conditions elsewhere prevent. */
const DEFER_MS = 86_400_000

type Step = Partial<Pick<ClaimedDeletion, 'phase'>> & { nextAt: number }

/** Holds while the deletion is the one that was claimed. */
const sameAs = (row: ClaimedDeletion) =>
  and(eq(deletions.subjectId, row.subjectId), eq(deletions.phase, row.phase), eq(deletions.nextAt, row.nextAt))

/** Moves a deletion on, unless somebody has cancelled it or asked for it again. @returns whether it moved */
async function advance({ db }: ServiceContext, row: ClaimedDeletion, { nextAt, ...step }: Step): Promise<boolean> {
  const set = { ...step, nextAt: new Date(nextAt) }
  const moved = await db.update(deletions).set(set).where(sameAs(row)).returning({ id: deletions.subjectId })
  return moved.length > 0
}

async function erasePersonOnce(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  await recordLeaving(ctx, row.subjectId)
  const email = await addressOf(ctx, row.subjectId)
  await erasePerson(ctx, row.subjectId)
  if (email !== null) ctx.background(tellPerson(ctx, email, { kind: 'account_deleted' }))
  log.info('person deleted', { subject: row.subjectId })
}

async function playPerson(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  if (row.phase === 'erasing') return erasePersonOnce(ctx, row)
  const begun = await ctx.db
    .update(deletions)
    .set({ phase: 'erasing' })
    .where(and(eq(deletions.subjectId, row.subjectId), eq(deletions.phase, 'waiting'), ownsNothingAlone(row.subjectId)))
    .returning({ id: deletions.subjectId })
  if (begun.length > 0) return erasePersonOnce(ctx, row)
  const deferred = await advance(ctx, row, { nextAt: ctx.now() + DEFER_MS })
  if (deferred) log.error('person not deleted: they alone own an account', { subject: row.subjectId })
}

async function sweep(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  if (!(await eraseAccountSlice(ctx, row.subjectId))) {
    await advance(ctx, row, { nextAt: ctx.now() })
    return
  }
  await eraseAccountRow(ctx, row.subjectId)
  log.info('account deleted', { subject: row.subjectId })
}

async function playAccount(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  const { subjectId: accountId, phase } = row
  const now = ctx.now()
  if (phase === 'pausing') {
    const done = await pauseSlice(ctx, accountId)
    await advance(ctx, row, done ? { phase: 'waiting', nextAt: row.dueAt.getTime() } : { nextAt: now })
  } else if (phase === 'waiting') await advance(ctx, row, { phase: 'erasing', nextAt: now })
  else if (phase === 'erasing') {
    const done = await eraseAccountSlice(ctx, accountId)
    await advance(ctx, row, done ? { phase: 'sweeping', nextAt: now + SWEEP_AFTER_MS } : { nextAt: now })
  } else if (phase === 'sweeping') await sweep(ctx, row)
  else if (await resumeSlice(ctx, accountId)) await ctx.db.delete(deletions).where(sameAs(row))
  else await advance(ctx, row, { nextAt: now })
}

/** Does one bounded slice of a claimed deletion, and says when the next one is due. */
export async function playDeletion(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  if (row.kind === 'account') return playAccount(ctx, row)
  return playPerson(ctx, row)
}
