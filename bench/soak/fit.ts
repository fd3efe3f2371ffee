/** How figures went over time. Robust: one sample that is far off moves no result. */
import { median } from '../lib/compare.ts'

/** A figure at a time, in minutes since the load began. */
export interface Point {
  at: number
  value: number
}

/** Fewer samples show no trend. */
const LEAST_POINTS = 4
/** Pairs of more samples than this take long and say no more: every n-th is taken. */
const MOST_POINTS = 600

function thinOut(points: readonly Point[]): readonly Point[] {
  const step = Math.ceil(points.length / MOST_POINTS)
  return step <= 1 ? points : points.filter((_, index) => index % step === 0)
}

/**
 * Slope by Theil and Sen: the median of the slopes of all pairs.
 * @returns change per minute; NaN of too few points
 */
export function slopeOf(points: readonly Point[]): number {
  if (points.length < LEAST_POINTS) return Number.NaN
  const taken = thinOut(points)
  const slopes: number[] = []
  for (const [index, left] of taken.entries()) {
    for (const right of taken.slice(index + 1)) {
      if (right.at !== left.at) slopes.push((right.value - left.value) / (right.at - left.at))
    }
  }
  return slopes.length === 0 ? Number.NaN : median(slopes)
}

export interface Trend {
  points: number
  /** Minutes from the first to the last point. */
  minutes: number
  median: number
  /** Change per hour, by the robust fit. */
  perHour: number
  /** What the fit says at the end over what it says at the beginning. */
  ratio: number
}

/** The straight line through the points: its slope, and how much higher it ends than it begins. */
export function trendOf(points: readonly Point[]): Trend {
  const [first, last] = [points[0], points.at(-1)]
  const minutes = first && last ? last.at - first.at : 0
  const slope = slopeOf(points)
  const middle = median(points.map(({ value }) => value))
  const offset = median(points.map(({ at, value }) => value - slope * at))
  const [begin, end] = [offset + slope * (first?.at ?? 0), offset + slope * (last?.at ?? 0)]
  return { points: points.length, minutes, median: middle, perHour: slope * 60, ratio: end / begin }
}

/** The figure round a time: the median of the points at most `aroundMinutes` away; NaN of none. */
export const figureAt = (points: readonly Point[], at: number, aroundMinutes: number): number =>
  median(points.filter((point) => Math.abs(point.at - at) <= aroundMinutes).map(({ value }) => value))
