import { log } from '../lib/log.ts'
import type { Context } from '../services/context.ts'
import { claimDueChecks } from '../services/integrations/claim-due.ts'
import { testIntegration } from '../services/integrations/test.ts'

/** Most checks of one tick. */
const BATCH = 100
/** Checks under way at once: six connections may wait for headers. */
const PARALLEL = 5

/**
 * Looks at the connected sites whose next check is overdue; one that hangs or fails holds up no other.
 * @param systemContext makes the context in which the system acts for an account
 * @returns how many were looked at
 */
export async function checkHealth(systemContext: (accountId: string) => Context, now: number): Promise<number> {
  const due = await claimDueChecks({ db: systemContext('').db, now, limit: BATCH })
  const queue = due.values()
  const work = async () => {
    for (const { id, accountId } of queue) {
      try {
        await testIntegration({ ctx: systemContext(accountId), input: { id } })
      } catch (cause) {
        log.error('health check failed', { integration_id: id, cause })
      }
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, work))
  return due.length
}
