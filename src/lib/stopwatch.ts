interface Part {
  active: number
  since: number
  totalMs: number
}

/**
 * Measures the time spent on each kind of work; overlapping work of a kind counts once. The clock of the runtime
 * advances only with I/O, so this measures waiting and reveals nothing about a computation.
 */
export class Stopwatch {
  readonly #parts = new Map<string, Part>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  async time<T>(name: string, work: () => Promise<T>): Promise<T> {
    const part = this.#parts.get(name) ?? { active: 0, since: 0, totalMs: 0 }
    this.#parts.set(name, part)
    if (part.active++ === 0) part.since = this.#now()
    try {
      return await work()
    } finally {
      if (--part.active === 0) part.totalMs += this.#now() - part.since
    }
  }

  /** The value of a `Server-Timing` header (https://www.w3.org/TR/server-timing/), in ms: `auth;dur=4, db;dur=11`. */
  describe(): string {
    return [...this.#parts].map(([name, { totalMs }]) => `${name};dur=${totalMs}`).join(', ')
  }
}
