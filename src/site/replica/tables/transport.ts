import type { Transport } from '../../../contract/polling.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** Calls within this are one conversation; the time between conversations is what somebody has to wait for. */
const CONVERSATION_MS = 5_000
/** Weight of the newest interval in what is expected. */
const NEWEST_SHARE = 0.4

export interface TransportState {
  transport: Transport
  /** Calls of the site in a row that failed because it couldn't be reached. */
  directFailures: number
  /** When the site last called for its commands, in milliseconds since 1970. */
  lastPollAt: number | null
  /** Between the site's calls, as seen; null before there were two. */
  intervalMs: number | null
  /** When D1 was last told. */
  projectedAt: number | null
}

const START: TransportState = {
  transport: 'direct',
  directFailures: 0,
  lastPollAt: null,
  intervalMs: null,
  projectedAt: null,
}

/** How commands reach the site, and how that goes. */
export class TransportTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  read(): TransportState {
    const sql = `SELECT transport, direct_failures AS directFailures, last_poll_at AS lastPollAt,
      interval_ms AS intervalMs, projected_at AS projectedAt FROM transport`
    const row = firstRow(this.#database, sql)
    return row ? (row as unknown as TransportState) : START
  }

  save(change: Partial<TransportState>): TransportState {
    const link = { ...this.read(), ...change }
    this.#database.rows(
      `INSERT OR REPLACE INTO transport (one, transport, direct_failures, last_poll_at, interval_ms, projected_at)
       VALUES (1, ?, ?, ?, ?, ?)`,
      link.transport,
      link.directFailures,
      link.lastPollAt,
      link.intervalMs,
      link.projectedAt,
    )
    return link
  }

  /** Notes that the site has called. */
  notePoll(now: number): void {
    const { lastPollAt, intervalMs } = this.read()
    const gap = lastPollAt === null ? null : now - lastPollAt
    if (gap === null || gap < CONVERSATION_MS) {
      this.save({ lastPollAt: now })
      return
    }
    const interval = intervalMs === null ? gap : intervalMs * (1 - NEWEST_SHARE) + gap * NEWEST_SHARE
    this.save({ lastPollAt: now, intervalMs: Math.round(interval) })
  }
}
