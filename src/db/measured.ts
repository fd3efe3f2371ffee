/** Sees the time that work takes. */
export type Measure = <T>(work: () => Promise<T>) => Promise<T>

/** A statement whose runs are measured; of one, drizzle uses these. */
class MeasuredStatement {
  readonly statement: D1PreparedStatement
  readonly #measure: Measure

  constructor(statement: D1PreparedStatement, measure: Measure) {
    this.statement = statement
    this.#measure = measure
  }

  bind(...values: unknown[]): MeasuredStatement {
    return new MeasuredStatement(this.statement.bind(...values), this.#measure)
  }

  all = () => this.#measure(() => this.statement.all())
  first = () => this.#measure(() => this.statement.first())
  raw = () => this.#measure(() => this.statement.raw())
  run = () => this.#measure(() => this.statement.run())
}

/** A session of D1 that tells how long it was asked. */
export const measureSession = (session: D1DatabaseSession, measure: Measure) => ({
  prepare: (query: string) => new MeasuredStatement(session.prepare(query), measure),
  batch: (statements: MeasuredStatement[]) =>
    measure(() => session.batch(statements.map(({ statement }) => statement))),
})
