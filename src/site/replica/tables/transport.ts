import type { Transport } from '../../../contract/polling.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/**
 * Polls within this time belong together: the site polls again at once while there is work. They don't count as an
 * interval.
 */
const BURST_MS = 5_000
/** Weight of the newest interval in the moving average. */
const NEWEST_WEIGHT = 0.4

/** A site has stopped polling after this many of its usual intervals, and never sooner than `SILENT_MS`. */
const SILENT_INTERVALS = 3
const SILENT_MS = 15 * 60_000

export const silentMs = ({ intervalMs }: Pick<TransportState, 'intervalMs'>): number =>
  Math.max(SILENT_MS, SILENT_INTERVALS * (intervalMs ?? 0))

export interface TransportState {
  transport: Transport
  /** Failed direct calls in a row. */
  directFailures: number
  /** When the site last polled, in milliseconds since 1970. */
  lastPollAt: number | null
  /** Average time between polls; null before the second poll. */
  intervalMs: number | null
  /** Direct calls that failed since the site polls, and when the last one was; milliseconds since 1970. */
  directTries: number
  triedAt: number | null
  /** Whether the plugin reads packed requests (transport/direct/pack.ts), as its last status said. */
  isPacking: boolean
  /** When the state was last written to D1; null if it must be written. */
  projectedAt: number | null
}

const START: TransportState = {
  transport: 'direct',
  directFailures: 0,
  lastPollAt: null,
  intervalMs: null,
  directTries: 0,
  triedAt: null,
  isPacking: false,
  projectedAt: null,
}

/** How commands reach the site; see transport/choice.ts. */
export class TransportTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  read(): TransportState {
    const sql = `SELECT transport, direct_failures AS directFailures, last_poll_at AS lastPollAt,
      interval_ms AS intervalMs, direct_tries AS directTries, tried_at AS triedAt, packing AS isPacking,
      projected_at AS projectedAt FROM transport`
    const row = firstRow(this.#database, sql)
    return row ? ({ ...row, isPacking: row['isPacking'] === 1 } as unknown as TransportState) : START
  }

  save(change: Partial<TransportState>): TransportState {
    const state = { ...this.read(), ...change }
    this.#database.rows(
      `INSERT OR REPLACE INTO transport (one, transport, direct_failures, last_poll_at, interval_ms, direct_tries, tried_at, packing, projected_at)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?)`,
      state.transport,
      state.directFailures,
      state.lastPollAt,
      state.intervalMs,
      state.directTries,
      state.triedAt,
      state.isPacking ? 1 : 0,
      state.projectedAt,
    )
    return state
  }

  /**
   * When a site that polls will have fallen silent, in milliseconds since 1970: it is then called directly at once. Null
   * if it was called since, or is called anyway.
   */
  silentAt(): number | null {
    const state = this.read()
    if (state.transport === 'direct' || state.lastPollAt === null) return null
    const at = state.lastPollAt + silentMs(state) + 1
    return (state.triedAt ?? 0) >= at ? null : at
  }

  /** Records a poll of the site. */
  notePoll(now: number): void {
    const { lastPollAt, intervalMs } = this.read()
    const gap = lastPollAt === null ? null : now - lastPollAt
    if (gap === null || gap < BURST_MS) {
      this.save({ lastPollAt: now })
      return
    }
    const interval = intervalMs === null ? gap : intervalMs * (1 - NEWEST_WEIGHT) + gap * NEWEST_WEIGHT
    this.save({ lastPollAt: now, intervalMs: Math.round(interval) })
  }
}
