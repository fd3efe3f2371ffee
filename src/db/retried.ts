import { backoffMs, type Backoff } from '../lib/backoff.ts'
import { log } from '../lib/log.ts'
import { observe } from '../lib/metrics.ts'
import { pause } from '../lib/pause.ts'
import { DatabaseUnavailable, isOverload, isPassing } from './errors.ts'
import { isRepeatable } from './repeatable.ts'

/** Executions of a statement that D1 fails for a passing reason. */
const TRIES = 3
const PAUSE: Backoff = { firstMs: 60, longestMs: 400, jitter: 0.75 }

/**
 * Runs a statement again after a passing error, if it may run twice. An overloaded database is left alone.
 * @throws DatabaseUnavailable if D1 fails for a passing reason, and the statement may not run again or has run often enough
 */
async function retry<T>(work: () => Promise<T>, mayRepeat: boolean, onFault: OnFault): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (cause) {
      if (!isPassing(cause)) throw cause
      if (!mayRepeat || attempt === TRIES || isOverload(cause)) {
        observe('d1_fault', { outcome: isOverload(cause) ? 'overloaded' : mayRepeat ? 'given_up' : 'not_repeatable' })
        const fault = new DatabaseUnavailable(cause)
        onFault(fault)
        throw fault
      }
      observe('d1_fault', { outcome: 'repeated' })
      log.warn('D1 failed, trying again', { attempt, cause })
      await pause(backoffMs(PAUSE, attempt, Math.random()))
    }
  }
}

type OnFault = (fault: DatabaseUnavailable) => void

/** A statement that is retried. Has the methods that drizzle uses. */
class RetriedStatement {
  readonly statement: D1PreparedStatement
  readonly mayRepeat: boolean
  readonly #onFault: OnFault

  constructor(statement: D1PreparedStatement, mayRepeat: boolean, onFault: OnFault) {
    this.statement = statement
    this.mayRepeat = mayRepeat
    this.#onFault = onFault
  }

  bind(...values: unknown[]): RetriedStatement {
    return new RetriedStatement(this.statement.bind(...values), this.mayRepeat, this.#onFault)
  }

  all = () => retry(() => this.statement.all(), this.mayRepeat, this.#onFault)
  first = () => retry(() => this.statement.first(), this.mayRepeat, this.#onFault)
  raw = () => retry(() => this.statement.raw(), this.mayRepeat, this.#onFault)
  run = () => retry(() => this.statement.run(), this.mayRepeat, this.#onFault)
}

/** A D1 session whose statements are retried; a batch is one transaction, and may run twice if all of it may. */
export const retrySession = (session: D1DatabaseSession, onFault: OnFault) => ({
  prepare: (query: string) => new RetriedStatement(session.prepare(query), isRepeatable(query), onFault),
  batch: (statements: RetriedStatement[]) =>
    retry(
      () => session.batch(statements.map(({ statement }) => statement)),
      statements.every(({ mayRepeat }) => mayRepeat),
      onFault,
    ),
})
export type RetriedSession = ReturnType<typeof retrySession>
