import { jitteredMs } from '../../lib/backoff.ts'
import type { ItemFault, ItemRecord } from './record.ts'

const BASE_MS = 60_000
const CAP_MS = 6 * 3_600_000

/** Delay before a failed item is tried again: from a minute to six hours, with jitter in its upper half. */
export function itemBackoffMs(attempt: number, random: number): number {
  return Math.round(jitteredMs(attempt, random, BASE_MS, CAP_MS))
}

/** The item with its failure, to be tried again by itself. */
export function failRecord(
  record: ItemRecord,
  fault: ItemFault,
  { now, random }: { now: () => number; random: () => number },
): ItemRecord {
  const attempts = record.attempts + 1
  return {
    ...record,
    error: fault,
    errorSince: record.errorSince ?? now(),
    attempts,
    retryAt: now() + itemBackoffMs(attempts, random()),
  }
}
