import type { Run } from '../../api/types.ts'

const WINDOW_MS = 10_000
const LEAST_SPAN_MS = 1_000
const SECOND_MS = 1_000

interface Sample {
  at: number
  done: number
  byType: Record<string, number>
}

export interface Rates {
  /** Items per second over all types; null if unknown. */
  overall: number | null
  byType: Record<string, number>
}

/** Rate of a run over the last ten seconds, or since its start. */
export class RateMeter {
  #samples: Sample[] = []
  #runId: string | null = null

  /** Adds a sample of the run's progress. */
  add({ id, progress }: Run, now: number): void {
    if (id !== this.#runId) this.#samples = []
    this.#runId = id
    const byType = Object.fromEntries(Object.entries(progress.by_type).map(([type, { done }]) => [type, done]))
    // keeps one sample older than the window to measure from
    const found = this.#samples.findIndex(({ at }) => at >= now - WINDOW_MS)
    const firstInside = found === -1 ? this.#samples.length : found
    this.#samples = [...this.#samples.slice(Math.max(0, firstInside - 1)), { at: now, done: progress.done, byType }]
  }

  rates(run: Run, now: number): Rates {
    const [first] = this.#samples
    const span = first ? now - first.at : 0
    if (!first || span < LEAST_SPAN_MS) return { overall: averageOf(run, now), byType: {} }
    const perSecond = (before: number, after: number) => Math.max(0, ((after - before) * SECOND_MS) / span)
    const byType: Record<string, number> = {}
    for (const [type, { done }] of Object.entries(run.progress.by_type)) {
      const before = Object.hasOwn(first.byType, type) ? (first.byType[type] ?? 0) : 0
      byType[type] = perSecond(before, done)
    }
    return { overall: perSecond(first.done, run.progress.done), byType }
  }
}

/** Rate since the run started, used until there are enough samples. */
function averageOf({ started_at, progress }: Run, now: number): number | null {
  const span = started_at === null ? 0 : now - Date.parse(started_at)
  return span < LEAST_SPAN_MS ? null : (progress.done * SECOND_MS) / span
}

/** Seconds until `left` items are done at `rate` per second; null if unknown. */
export const secondsLeft = (left: number, rate: number | null | undefined): number | null =>
  rate === null || rate === undefined || rate <= 0 || left <= 0 ? null : Math.ceil(left / rate)
