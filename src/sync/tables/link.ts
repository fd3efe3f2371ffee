import type { Carrier } from '../../contract/exchange.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/** Calls within this are one conversation; the time between conversations is what somebody has to wait for. */
const CONVERSATION_MS = 5_000
/** Weight of the newest interval in what is expected. */
const NEWEST_SHARE = 0.4

export interface LinkState {
  carrier: Carrier
  /** Calls of the site in a row that failed because it couldn't be reached. */
  directFailures: number
  /** When the site last called for its commands, in milliseconds since 1970. */
  lastExchangeAt: number | null
  /** Between the site's calls, as seen; null before there were two. */
  intervalMs: number | null
  /** When D1 was last told. */
  projectedAt: number | null
}

const START: LinkState = {
  carrier: 'direct',
  directFailures: 0,
  lastExchangeAt: null,
  intervalMs: null,
  projectedAt: null,
}

/** How commands reach the site, and how that goes. */
export class LinkTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  read(): LinkState {
    const sql = `SELECT carrier, direct_failures AS directFailures, last_exchange_at AS lastExchangeAt,
      interval_ms AS intervalMs, projected_at AS projectedAt FROM link`
    const row = firstRow(this.#database, sql)
    return row ? (row as unknown as LinkState) : START
  }

  save(change: Partial<LinkState>): LinkState {
    const link = { ...this.read(), ...change }
    this.#database.rows(
      `INSERT OR REPLACE INTO link (one, carrier, direct_failures, last_exchange_at, interval_ms, projected_at)
       VALUES (1, ?, ?, ?, ?, ?)`,
      link.carrier,
      link.directFailures,
      link.lastExchangeAt,
      link.intervalMs,
      link.projectedAt,
    )
    return link
  }

  /** Notes that the site has called. */
  noteExchange(now: number): void {
    const { lastExchangeAt, intervalMs } = this.read()
    const gap = lastExchangeAt === null ? null : now - lastExchangeAt
    if (gap === null || gap < CONVERSATION_MS) {
      this.save({ lastExchangeAt: now })
      return
    }
    const interval = intervalMs === null ? gap : intervalMs * (1 - NEWEST_SHARE) + gap * NEWEST_SHARE
    this.save({ lastExchangeAt: now, intervalMs: Math.round(interval) })
  }
}
