import { log } from '../lib/log.ts'
import type { ServiceContext } from '../services/context.ts'
import { claimDeletion, playDeletion } from '../services/deletion/index.ts'

/** Most slices of a tick. */
export const MOST_SLICES = 200
/** No slice begins after this: a tick comes every minute. */
const MOST_MS = 30_000

type SystemContext = (accountId: string) => ServiceContext

/**
 * Works on deletions that are due: slice by slice, the one that has waited longest first. A slice that fails is repeated
 * after its lease, and stops no other deletion.
 * @returns how many slices were done and how many failed
 */
export async function playDeletions(system: SystemContext): Promise<{ slices: number; failed: number }> {
  const { db, now } = system('')
  const startedAt = now()
  const counts = { slices: 0, failed: 0 }
  while (counts.slices + counts.failed < MOST_SLICES && now() - startedAt <= MOST_MS) {
    const row = await claimDeletion({ db, now: now() }).catch((cause: unknown) => {
      log.error('deletions not read', { cause })
      return null
    })
    if (!row) break
    try {
      await playDeletion(system(row.kind === 'account' ? row.subjectId : ''), row)
      counts.slices++
    } catch (cause) {
      counts.failed++
      log.error('deletion interrupted', { subject: row.subjectId, phase: row.phase, cause })
    }
  }
  return counts
}
