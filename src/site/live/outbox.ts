import { MAX_LIVE_ITEMS } from '../../contract/live.ts'

/** Minimum time between two rounds: the progress of a run is sent about five times a second. */
const ROUND_MS = 200

/** What changed: a run or an item (by id), or the integration's row in D1. */
export type LiveChange = { run: string } | { item: string } | { row: true }

/** What one round sends. */
export interface LiveRound {
  runs: string[]
  items: string[]
  /** Whether more items changed than are named. */
  more: boolean
  row: boolean
}

/** Collects changes for the next round. The first change after a pause is sent at once. */
export class LiveOutbox {
  #runs = new Set<string>()
  #items = new Set<string>()
  #more = false
  #row = false
  #lastRoundAt = 0

  add(change: LiveChange): void {
    if ('run' in change) this.#runs.add(change.run)
    else if ('row' in change) this.#row = true
    else if (this.#items.size < MAX_LIVE_ITEMS || this.#items.has(change.item)) this.#items.add(change.item)
    else this.#more = true
  }

  get isEmpty(): boolean {
    return this.#runs.size === 0 && this.#items.size === 0 && !this.#row
  }

  /** Milliseconds until the next round may start. */
  delay(now: number): number {
    return Math.min(ROUND_MS, Math.max(0, this.#lastRoundAt + ROUND_MS - now))
  }

  /** Empties the outbox for a round. */
  take(now: number): LiveRound {
    const round = { runs: [...this.#runs], items: [...this.#items], more: this.#more, row: this.#row }
    this.#runs = new Set()
    this.#items = new Set()
    this.#more = false
    this.#row = false
    this.#lastRoundAt = now
    return round
  }
}
