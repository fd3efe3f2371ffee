import { log } from './log.ts'

/** Work behind a response, or beside a job: nobody waits for its result, so its failure is logged. */
export const logFailure = (work: Promise<unknown>): Promise<unknown> =>
  work.catch((cause: unknown) => log.error('background work failed', { cause }))
