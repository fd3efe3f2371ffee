interface Part {
  active: number
  since: number
  totalMs: number
}

/**
 * For how long each kind of work was under way; pieces of a kind that overlap count once. The runtime's clock stands still
 * but for I/O, so that it is waiting that is measured, and no secret of a computation.
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

  /** As `Server-Timing` has it (https://www.w3.org/TR/server-timing/), in milliseconds: `auth;dur=4, db;dur=11`. */
  describe(): string {
    return [...this.#parts].map(([name, { totalMs }]) => `${name};dur=${totalMs}`).join(', ')
  }
}
