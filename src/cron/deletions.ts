import { logFailure } from '../lib/background.ts'
import { log } from '../lib/log.ts'
import type { ServiceContext } from '../services/context.ts'
import { type ClaimedDeletion, claimDeletion, playDeletion, QUERIES_PER_SLICE } from '../services/deletion/index.ts'

/** Most slices of a tick. */
export const MOST_SLICES = 200
/** No slice begins after this: a tick comes every minute. */
const MOST_MS = 30_000
/** Queries to claim a deletion, and to end the tick. */
const QUERIES_BESIDES = 20

type SystemContext = (accountId: string) => ServiceContext

/** Works on a slice, and waits for what it left to do in the background, whether it succeeds or not. */
async function playSlice(ctx: ServiceContext, row: ClaimedDeletion): Promise<void> {
  const background: Promise<unknown>[] = []
  try {
    await playDeletion({ ...ctx, background: (work) => void background.push(logFailure(work)) }, row)
  } finally {
    await Promise.all(background)
  }
}

/**
 * Works on deletions that are due: slice by slice, the one that has waited longest first, while a whole slice fits into the
 * queries that the tick may still make. A slice that fails is repeated after its lease, and stops no other deletion.
 * @returns how many slices were done and how many failed
 */
export async function playDeletions(system: SystemContext): Promise<{ slices: number; failed: number }> {
  const { db, now, queriesLeft } = system('')
  const startedAt = now()
  const counts = { slices: 0, failed: 0 }
  const fits = () =>
    counts.slices + counts.failed < MOST_SLICES &&
    now() - startedAt <= MOST_MS &&
    queriesLeft() >= QUERIES_PER_SLICE + QUERIES_BESIDES
  while (fits()) {
    const row = await claimDeletion({ db, now: now() }).catch((cause: unknown) => {
      log.error('deletions not read', { cause })
      return null
    })
    if (!row) break
    try {
      await playSlice(system(row.kind === 'account' ? row.subjectId : ''), row)
      counts.slices++
    } catch (cause) {
      counts.failed++
      log.error('deletion interrupted', { subject: row.subjectId, phase: row.phase, cause })
    }
  }
  return counts
}
