import type { Transport } from '../../../contract/polling.ts'
import { firstRow, type SiteDatabase } from '../database.ts'

/**
 * Polls within this time belong together: the site polls again at once while there is work. They don't count as an
 * interval.
 */
const BURST_MS = 5_000
/** Weight of the newest interval in the moving average. */
const NEWEST_WEIGHT = 0.4

/**
 * A site that polls about as often as it is asked to has stopped when it is this late. One whose cron depends on rare
 * visitors comes irregularly, so it has stopped after so many of its usual intervals.
 */
const SILENT_MS = 15 * 60_000
const SILENT_INTERVALS = 3
const REGULAR_MS = 30 * 60_000

/** How long after its last poll a site counts as silent. */
const silenceMs = (intervalMs: number): number =>
  intervalMs <= REGULAR_MS ? intervalMs + SILENT_MS : SILENT_INTERVALS * intervalMs

/** A site that polls is asked to poll often until this long after somebody used it. */
export const AWAKE_MS = 15 * 60_000
/** What is left of that time before it is stored anew. */
const LEAST_AWAKE_MS = 10 * 60_000

/**
 * A poll that brings nothing writes no row, unless the last poll that was stored is this old. The object may leave
 * memory seconds after a poll, so to a new instance the last poll may be this much younger than the stored one:
 * - a site that polls counts as silent up to 16 minutes later, within the hour in which every site is checked. The time is
 *   a little longer than the projection's, which stores the last poll, too (runs/receive-poll.ts);
 * - a site that is called polls every 15 minutes, so the stored poll is at most 45 minutes old. It must be younger than
 *   an hour to show that the site can poll.
 */
export const POLL_STORED_MS = { polling: 16 * 60_000, direct: 30 * 60_000 } as const
/** Once in this time two polls in a row are stored, so that the interval is measured by whatever instances receive them. */
const SAMPLE_MS = 6 * 3_600_000
/** An interval this much shorter or longer than the average is not usual yet, so the next one is measured, too. */
const UNUSUAL = 0.5

const averageOf = (intervalMs: number | null, gap: number): number =>
  Math.round(intervalMs === null ? gap : intervalMs * (1 - NEWEST_WEIGHT) + gap * NEWEST_WEIGHT)

/** The average; but a site that polls much more often than usual has begun to do so, and the past says nothing of it. */
const nextInterval = (intervalMs: number | null, gap: number): number =>
  intervalMs !== null && gap < intervalMs * UNUSUAL ? gap : averageOf(intervalMs, gap)

export interface TransportState {
  transport: Transport
  /** Failed direct calls in a row. */
  directFailures: number
  /** When the site last polled, in milliseconds since 1970. May be late by `POLL_STORED_MS` in a new instance. */
  lastPollAt: number | null
  /** Whether no poll came after the one that is stored. */
  isLastPoll: boolean
  /** Average time between polls; null before the second poll. */
  intervalMs: number | null
  /** Direct calls that failed since the site polls, and when the last one was; milliseconds since 1970. */
  directTries: number
  triedAt: number | null
  /** Whether the plugin reads packed requests (transport/direct/pack.ts), as its last status said. */
  isPacking: boolean
  /** When the state was last written to D1; null if it must be written. */
  projectedAt: number | null
  /** Until when the site is asked to poll often, in milliseconds since 1970; null if nobody has used it. */
  awakeUntil: number | null
}

const START: TransportState = {
  transport: 'direct',
  directFailures: 0,
  lastPollAt: null,
  isLastPoll: false,
  intervalMs: null,
  directTries: 0,
  triedAt: null,
  isPacking: false,
  projectedAt: null,
  awakeUntil: null,
}

/**
 * How commands reach the site; see transport/choice.ts. The row is also kept in memory, because everything that comes asks
 * for it some times: only this instance writes it.
 */
export class TransportTable {
  readonly #database: SiteDatabase
  readonly #polledAt: () => number | null
  #row: TransportState | null = null
  /** The last poll and the average, if this instance received a poll; what is stored may be older. */
  #seen: Pick<TransportState, 'lastPollAt' | 'intervalMs'> | null = null
  #isUnusual = false

  /** @param polledAt the last poll that was stored with its key, in milliseconds since 1970 */
  constructor(database: SiteDatabase, polledAt: () => number | null) {
    this.#database = database
    this.#polledAt = polledAt
  }

  read(): TransportState {
    const stored = this.#stored()
    const isYounger = this.#seen !== null && (this.#seen.lastPollAt ?? 0) > (stored.lastPollAt ?? 0)
    return isYounger ? { ...stored, ...this.#seen, isLastPoll: false } : stored
  }

  #stored(): TransportState {
    const stored = (this.#row ??= this.#readRow())
    const polledAt = this.#polledAt()
    const isYounger = polledAt !== null && polledAt > (stored.lastPollAt ?? 0)
    return isYounger ? { ...stored, lastPollAt: polledAt, isLastPoll: false } : stored
  }

  #readRow(): TransportState {
    const sql = `SELECT transport, direct_failures AS directFailures, last_poll_at AS lastPollAt,
      interval_ms AS intervalMs, direct_tries AS directTries, tried_at AS triedAt, packing AS isPacking,
      is_last_poll AS isLastPoll, projected_at AS projectedAt, awake_until AS awakeUntil FROM transport`
    const row = firstRow(this.#database, sql)
    const flags = { isPacking: row?.['isPacking'] === 1, isLastPoll: row?.['isLastPoll'] === 1 }
    return row ? ({ ...row, ...flags } as unknown as TransportState) : START
  }

  save(change: Partial<TransportState>): TransportState {
    const before = this.#stored().lastPollAt
    const state = { ...this.read(), ...change }
    const { transport, lastPollAt, intervalMs } = state
    if (lastPollAt !== before) {
      const isNewSample = Math.floor((lastPollAt ?? 0) / SAMPLE_MS) !== Math.floor((before ?? 0) / SAMPLE_MS)
      state.isLastPoll = transport === 'polling' && (isNewSample || this.#isUnusual)
    }
    if (lastPollAt !== null && lastPollAt !== before) this.#seen = { lastPollAt, intervalMs }
    // forgotten first: a statement that fails must not leave behind what it did not store
    this.#row = null
    this.#database.rows(
      `INSERT OR REPLACE INTO transport (one, transport, direct_failures, last_poll_at, is_last_poll, interval_ms, direct_tries, tried_at, packing, projected_at, awake_until)
       VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      state.transport,
      state.directFailures,
      state.lastPollAt,
      state.isLastPoll ? 1 : 0,
      state.intervalMs,
      state.directTries,
      state.triedAt,
      state.isPacking ? 1 : 0,
      state.projectedAt,
      state.awakeUntil,
    )
    return state
  }

  /** Somebody uses the site: if it polls, it is asked to do so often. Stored at most every five minutes. */
  wake(now: number): void {
    const isFresh = this.#awakeMs(now) >= LEAST_AWAKE_MS
    if (!isFresh && this.#stored().transport === 'polling') this.save({ awakeUntil: now + AWAKE_MS })
  }

  /** Whether somebody has just used the site. */
  isAwake(now: number): boolean {
    return this.#awakeMs(now) > 0
  }

  /** What is left of the time for which the site is asked to poll often; a time further ahead was written by a wrong clock. */
  #awakeMs(now: number): number {
    const leftMs = (this.#stored().awakeUntil ?? 0) - now
    return leftMs <= AWAKE_MS ? leftMs : 0
  }

  /** When a site that polls counts as silent, in milliseconds since 1970; null before its first poll. */
  #silentFrom({ lastPollAt, intervalMs }: TransportState, unseenMs: number): number | null {
    return lastPollAt === null ? null : lastPollAt + silenceMs(intervalMs ?? 0) + unseenMs + 1
  }

  /** Whether the site has not polled for much longer than usual. */
  isSilent(now: number): boolean {
    const state = this.read()
    const isExact = state.lastPollAt === this.#seen?.lastPollAt
    return now >= (this.#silentFrom(state, isExact ? 0 : POLL_STORED_MS.polling) ?? 0)
  }

  /**
   * When a site that polls will have fallen silent, in milliseconds since 1970: it is then called directly at once. Null
   * if it was called since, or is called anyway. What an instance without this one's memory would say: else the alarm would
   * be moved to and fro by instances that have received a poll and those that have not.
   */
  silentAt(): number | null {
    const state = { ...this.read(), lastPollAt: this.#stored().lastPollAt }
    const at = state.transport === 'direct' ? null : this.#silentFrom(state, POLL_STORED_MS.polling)
    return at === null || (state.triedAt ?? 0) >= at ? null : at
  }

  /**
   * Records a poll of the site. It is stored if the stored one is old (`POLL_STORED_MS`), or if it shows an interval: the
   * poll before is known to be the last one, because this instance received it or the row says so.
   */
  notePoll(now: number): void {
    const { lastPollAt: stored } = this.#stored()
    const { transport, lastPollAt, isLastPoll, intervalMs } = this.read()
    const isKnown = isLastPoll || lastPollAt === this.#seen?.lastPollAt
    const gap = lastPollAt !== null && isKnown && now - lastPollAt >= BURST_MS ? now - lastPollAt : null
    if (gap !== null) this.#isUnusual = Math.abs(gap - (intervalMs ?? 0)) > UNUSUAL * (intervalMs ?? 0)
    this.#seen = { lastPollAt: now, intervalMs: gap === null ? intervalMs : nextInterval(intervalMs, gap) }
    const isOld = stored === null || now - stored >= POLL_STORED_MS[transport]
    if (isOld || (isLastPoll && gap !== null)) this.save({ ...this.#seen })
  }
}
