import { log } from '../../lib/log.ts'
import type { ServiceContext } from '../context.ts'

/** Pauses before each repetition: a Worker may go on for 30 seconds after its answer. */
const PAUSES_MS = [1_000, 5_000, 15_000]

type Step = () => Promise<unknown>

/** Repeats a step until it succeeds or the Worker's time is up. Never rejects. */
async function repeat(step: Step, keyId: string): Promise<void> {
  for (const pauseMs of PAUSES_MS) {
    await scheduler.wait(pauseMs)
    try {
      await step()
      return
    } catch (cause) {
      log.warn('end of an API key not passed on, trying again', { key: keyId, cause })
    }
  }
  log.error('end of an API key not passed on', { key: keyId })
}

/**
 * Passes the end of a key on. Tries every step, even if one fails, and repeats what failed in the background.
 * @param keyId for the log
 * @returns the reason of the first failure; null if there was none
 */
export async function passOn(
  { background }: Pick<ServiceContext, 'background'>,
  keyId: string,
  steps: readonly Step[],
): Promise<{ reason: unknown } | null> {
  const outcomes = await Promise.allSettled(steps.map((step) => step()))
  for (const [index, step] of steps.entries())
    if (outcomes[index]?.status === 'rejected') background(repeat(step, keyId))
  return outcomes.find((outcome) => outcome.status === 'rejected') ?? null
}
