import { isSolvedByPolling } from '../../contract/link-errors.ts'
import { LinkError } from './direct/errors.ts'

/** Pause before a refused request is repeated. */
export const SECOND_TRY_MS = 500

/**
 * Whether a single such refusal would end direct calls. Errors that pass by themselves are repeated by the run, after
 * its own pause.
 */
const isFinal = (cause: unknown) => cause instanceof LinkError && !cause.retryable && isSolvedByPolling(cause.code)

/**
 * Calls the site, and once more if it refused in a way that would end direct calls: a firewall that refuses one request,
 * or an answer that arrives garbled once, makes no site that can't be called. Commands must keep their ids.
 * @throws LinkError of the second call
 */
export async function callTwice<T>(sleep: (ms: number) => Promise<void>, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (!isFinal(cause)) throw cause
    await sleep(SECOND_TRY_MS)
    return call()
  }
}
