import { log } from '../../lib/log.ts'

/** Pauses before each repetition: a Worker may go on for 30 seconds after its answer. */
const PAUSES_MS = [1_000, 5_000, 15_000]

/**
 * Repeats what failed of ending a key, until it succeeds or the Worker's time is up. Never rejects.
 * @param keyId for the log
 */
export async function repeatInBackground(work: () => Promise<unknown>, keyId: string): Promise<void> {
  for (const pauseMs of PAUSES_MS) {
    await scheduler.wait(pauseMs)
    try {
      await work()
      return
    } catch (cause) {
      log.warn('end of an API key not passed on, trying again', { key: keyId, cause })
    }
  }
  log.error('end of an API key not passed on', { key: keyId })
}
