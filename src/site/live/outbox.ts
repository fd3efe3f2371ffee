import { MAX_LIVE_ITEMS } from '../../contract/live.ts'

/** Least time between two rounds of messages, so that a run tells of its progress about five times a second. */
const ROUND_MS = 200

/** What changed: the state of a run, items, or what D1 says of the integration. */
export type LiveChange = { run: string } | { item: string } | { row: true }

/** What one round tells. */
export interface LiveRound {
  runs: string[]
  items: string[]
  /** Items changed that are not named. */
  more: boolean
  row: boolean
}

/** Collects what watchers are to be told, and says when: at once after a pause, else with the next round. */
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

  /** Milliseconds until the next round may be. */
  delay(now: number): number {
    return Math.min(ROUND_MS, Math.max(0, this.#lastRoundAt + ROUND_MS - now))
  }

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
