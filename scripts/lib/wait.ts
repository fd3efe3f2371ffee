import { setTimeout as pause } from 'node:timers/promises'

/** Asks again and again until `probe` gives something; what it throws counts as nothing, and is the cause in the end. */
export async function waitFor<T>(what: string, timeoutMs: number, probe: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + timeoutMs
  let cause: unknown
  for (let delay = 20; Date.now() < end; delay = Math.min(delay * 1.5, 250)) {
    try {
      const found = await probe()
      if (found !== undefined) return found
    } catch (error) {
      if (error instanceof FatalWaitError) throw error
      cause = error
    }
    await pause(delay)
  }
  throw new Error(`${what} did not happen within ${timeoutMs / 1000} s`, { cause })
}

/** Thrown by a probe when waiting on makes no sense. */
export class FatalWaitError extends Error {}
