import { jitteredMs } from '../../lib/backoff.ts'
import type { ItemFault, ItemRecord } from './record.ts'

const FIXES: Readonly<Record<string, string>> = {
  parent_not_sent: 'Send the parent first, or choose another one.',
  parent_cycle: 'Choose a parent that is not below the item itself.',
  media_not_found: 'Choose an image that can be opened in a browser.',
  content_altered:
    'Remove the characters that the site’s database cannot store, or ask the host for the utf8mb4 character set.',
}
const DEFAULT_FIX = 'Correct what detail names and send the item again.'

/** Why an item could not be sent, and what its editor can do about it. */
export const faultOf = (code: string, detail: string): ItemFault => ({ code, detail, fix: FIXES[code] ?? DEFAULT_FIX })

const BASE_MS = 60_000
const CAP_MS = 6 * 3_600_000

/** Delay in milliseconds before a failed item is retried: one minute to six hours, with jitter. */
export function itemBackoffMs(attempt: number, random: number): number {
  return Math.round(jitteredMs(attempt, random, BASE_MS, CAP_MS))
}

/** Marks an item as failed and schedules its retry. */
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
