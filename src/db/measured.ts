import type { RetriedSession } from './retried.ts'

/** Runs work that makes some queries, and measures it. */
export type Measure = <T>(work: () => Promise<T>, queries: number) => Promise<T>

type Statement = ReturnType<RetriedSession['prepare']>

/** A statement that measures its execution. Has the methods that drizzle uses. */
class MeasuredStatement {
  readonly statement: Statement
  readonly #measure: Measure

  constructor(statement: Statement, measure: Measure) {
    this.statement = statement
    this.#measure = measure
  }

  bind(...values: unknown[]): MeasuredStatement {
    return new MeasuredStatement(this.statement.bind(...values), this.#measure)
  }

  all = () => this.#measure(() => this.statement.all(), 1)
  first = () => this.#measure(() => this.statement.first(), 1)
  raw = () => this.#measure(() => this.statement.raw(), 1)
  run = () => this.#measure(() => this.statement.run(), 1)
}

/** A D1 session that measures its queries. */
export const measureSession = (session: RetriedSession, measure: Measure) => ({
  prepare: (query: string) => new MeasuredStatement(session.prepare(query), measure),
  batch: (statements: MeasuredStatement[]) =>
    measure(() => session.batch(statements.map(({ statement }) => statement)), statements.length),
})
