/** What is made to go wrong now, so that it can be told from what goes wrong by itself. */
export class Faults {
  d1 = false
  #d1EndedAt = 0
  #evictedAt = 0

  noteD1End(): void {
    this.d1 = false
    this.#d1EndedAt = Date.now()
  }

  noteEviction(): void {
    this.#evictedAt = Date.now()
  }

  /** Whether D1 fails, or did until a moment ago. */
  isD1Faulty = (tailMs: number): boolean => this.d1 || Date.now() - this.#d1EndedAt < tailMs

  /** Whether a request may have met one of them. */
  isFaulty = (tailMs: number): boolean => this.isD1Faulty(tailMs) || Date.now() - this.#evictedAt < tailMs
}
