import { and, eq } from 'drizzle-orm'
import { deletions } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { ServiceContext } from '../context.ts'
import type { ClaimedDeletion } from './claim.ts'
import { eraseAccountRow, eraseAccountSlice } from './erase-account.ts'
import { addressOf, tellDeleted, tellMembers } from './announce.ts'
import { erasePerson, recordLeaving } from './erase-person.ts'
import { ownsNothingAlone } from './owners.ts'
import { pauseSlice, resumeSlice } from './pause.ts'
import type { Progress } from './progress.ts'

/** When an account is looked through again, after it was erased. Longer than any request or slice of a sync lasts. */
const SWEEP_AFTER_MS = 10 * 60_000
/** When a person is looked at again who alone owns an account, which the conditions elsewhere prevent. */
const DEFER_MS = 86_400_000
/** When work is tried again that waits for the mail provider. */
const RETRY_AFTER_MS = 5 * 60_000

type Phase = ClaimedDeletion['phase']

/** Holds while the deletion is the one that was claimed. */
const sameAs = (row: ClaimedDeletion) =>
  and(eq(deletions.subjectId, row.subjectId), eq(deletions.phase, row.phase), eq(deletions.nextAt, row.nextAt))

/** Says when a deletion is next due, unless somebody has cancelled it or asked for it again. @returns whether it was said */
async function defer({ db }: ServiceContext, row: ClaimedDeletion, nextAt: number): Promise<boolean> {
  const set = { nextAt: new Date(nextAt) }
  const moved = await db.update(deletions).set(set).where(sameAs(row)).returning({ id: deletions.subjectId })
  return moved.length > 0
}

/** Begins the next phase, unless somebody has cancelled the deletion or asked for it again. */
async function enter(ctx: ServiceContext, row: ClaimedDeletion, phase: Phase, nextAt = ctx.now()): Promise<void> {
  const set = { phase, phaseAt: new Date(ctx.now()), nextAt: new Date(nextAt) }
  await ctx.db.update(deletions).set(set).where(sameAs(row))
}

/** Goes on with a phase that isn't done: at once, or after a pause. */
const goOn = (ctx: ServiceContext, row: ClaimedDeletion, progress: Progress) =>
  defer(ctx, row, ctx.now() + (progress === 'wait' ? RETRY_AFTER_MS : 0))

async function erasePersonSlice(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  const userId = row.subjectId
  if (!(await recordLeaving(ctx, userId))) return void (await goOn(ctx, row, 'more'))
  const email = await addressOf(ctx, userId)
  const isTold = email === null || (await tellDeleted(ctx, row, { userId, email }))
  if (!isTold) return void (await goOn(ctx, row, 'wait'))
  await erasePerson(ctx, userId)
  log.info('person deleted', { subject: userId })
}

async function playPerson(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  if (row.phase === 'erasing') return erasePersonSlice(ctx, row)
  const [begun] = await ctx.db
    .update(deletions)
    .set({ phase: 'erasing', phaseAt: new Date(ctx.now()) })
    .where(and(eq(deletions.subjectId, row.subjectId), eq(deletions.phase, 'waiting'), ownsNothingAlone(row.subjectId)))
    .returning()
  if (begun) return erasePersonSlice(ctx, begun)
  const deferred = await defer(ctx, row, ctx.now() + DEFER_MS)
  if (deferred) log.error('person not deleted: they alone own an account', { subject: row.subjectId })
}

/** Switches sites off or on, and then tells the members. */
async function change(
  ctx: ServiceContext,
  row: ClaimedDeletion,
  work: (ctx: ServiceContext, accountId: string) => Promise<Progress>,
  letter: 'deletion_scheduled' | 'deletion_cancelled',
): Promise<Progress> {
  const progress = await work(ctx, row.subjectId)
  return progress === 'done' ? tellMembers(ctx, row, letter) : progress
}

/** What each phase of an account does, and what comes after it. */
const PHASES: Record<
  Phase,
  {
    work: (ctx: ServiceContext, row: ClaimedDeletion) => Promise<Progress>
    finish: (ctx: ServiceContext, row: ClaimedDeletion) => Promise<unknown>
  }
> = {
  pausing: {
    work: (ctx, row) => change(ctx, row, pauseSlice, 'deletion_scheduled'),
    finish: (ctx, row) => enter(ctx, row, 'waiting', row.dueAt.getTime()),
  },
  waiting: {
    work: () => Promise.resolve('done'),
    finish: (ctx, row) => enter(ctx, row, 'erasing'),
  },
  erasing: {
    work: eraseAccountSlice,
    finish: (ctx, row) => enter(ctx, row, 'sweeping', ctx.now() + SWEEP_AFTER_MS),
  },
  sweeping: {
    work: eraseAccountSlice,
    finish: async (ctx, row) => {
      await eraseAccountRow(ctx, row.subjectId)
      log.info('account deleted', { subject: row.subjectId })
    },
  },
  resuming: {
    work: (ctx, row) => change(ctx, row, resumeSlice, 'deletion_cancelled'),
    finish: (ctx, row) => ctx.db.delete(deletions).where(sameAs(row)),
  },
}

async function playAccount(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  const { work, finish } = PHASES[row.phase]
  const progress = await work(ctx, row)
  await (progress === 'done' ? finish(ctx, row) : goOn(ctx, row, progress))
}

/** Does one bounded slice of a claimed deletion, and says when the next one is due. */
export async function playDeletion(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  if (row.kind === 'account') return playAccount(ctx, row)
  return playPerson(ctx, row)
}
