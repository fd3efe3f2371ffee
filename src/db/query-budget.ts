/** Queries that D1 takes of one invocation, be it a request or a tick. Each statement of a batch counts. */
const QUERIES_PER_INVOCATION = 1_000

/** Counts the queries of an invocation, so that long work ends in time and goes on in the next one. */
export class QueryBudget {
  #left = QUERIES_PER_INVOCATION

  spend(queries: number): void {
    this.#left -= queries
  }

  /** How many more queries the invocation may make. */
  readonly left = (): number => this.#left
}
