/**
 * What a status and a date mean together, as an editor means them. WordPress decides by its own clock alone: it
 * publishes a scheduled post whose date has passed or is missing, and schedules a published one whose date is to come.
 * So the meaning is decided here, when an editor chooses:
 *
 *   status       date                     the item
 *   `future`     to come                  is scheduled
 *   `future`     passed, or none          is refused: nothing goes live that was only to be scheduled
 *   `publish`    named, to come           is scheduled, as in WordPress
 *   `publish`    named, passed            is published with this date
 *   `publish`    not named                is published now: a stored date to come becomes the current time
 *   any other    any                      is not live, and keeps its date
 *
 * A request that names neither, or leaves both as they are, decides nothing.
 */
import type { DocPatch } from './edit.ts'
import type { ItemDoc } from './doc.ts'
import { isFieldEqual } from './fields.ts'
import type { ItemRecord } from './record.ts'

/** A date that is no further ahead than this counts as now, since clocks differ. WordPress has the same limit. */
const NOW_MS = 60_000
/** A scheduled item that is this late was missed. WordPress' cron may be some minutes late on a quiet site. */
export const OVERDUE_MS = 5 * 60_000

/** WordPress stores whole seconds. */
export const toSeconds = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString()

const isAfter = (date: string | null, ms: number): boolean => date !== null && Date.parse(date) > ms

/** Whether status and date are the same in two documents. */
export const isSameSchedule = (left: ItemDoc, right: ItemDoc): boolean =>
  isFieldEqual(left, right, 'status') && isFieldEqual(left, right, 'date')

/** Why an item with this date can't be scheduled. */
const whyNot = (date: string | null): string =>
  date === null ? 'It has no date to be published at.' : `Its date, ${date}, has passed.`

/** The date of a published item. Where it is null, WordPress gives a new post the current time, and keeps a known date. */
function publishDate({ status, date }: ItemDoc, named: string | null | undefined, now: number): string | null {
  if (named) return named
  if (named === null) return status === 'publish' || date === null ? null : toSeconds(now)
  return isAfter(date, now) ? toSeconds(now) : date
}

/**
 * Decides what an editor's change of status and date means.
 * @returns the change with the resulting status and date, or why the item can't be scheduled
 */
export function applySchedule(before: ItemDoc, patch: DocPatch, now: number): DocPatch | { refused: string } {
  const after = { ...before, ...patch }
  if (isSameSchedule(before, after)) return patch
  const { status, date } = after
  if (status === 'publish' && patch.date && isAfter(date, now + NOW_MS - 1)) return { ...patch, status: 'future' }
  if (status === 'publish') return { ...patch, date: publishDate(before, patch.date, now) }
  if (status !== 'future' || isAfter(date, now)) return patch
  return { refused: whyNot(date) }
}

/** Why a document can't be stored as one side of an item: it would be scheduled for a time that has passed. */
export const scheduleFault = ({ status, date }: ItemDoc, now: number): string | null =>
  status === 'future' && !isAfter(date, now) ? whyNot(date) : null

/**
 * The item as it is to be sent. If it was scheduled here and its time passed before it could be sent, whoever scheduled
 * it wanted it live by then: it is published with the date it was scheduled for, and says when that was decided. What
 * the site has scheduled itself is left to the site.
 */
export function publishOverdue(record: ItemRecord, now: number): ItemRecord {
  const { local, external } = record
  const isMissed = local.status === 'future' && local.date !== null && !isAfter(local.date, now)
  if (!isMissed || (external !== null && isSameSchedule(local, external))) return record
  return {
    ...record,
    local: { ...local, status: 'publish' },
    publishedLateAt: now,
    revision: record.revision + 1,
    updatedAt: now,
  }
}

/**
 * When the post of a scheduled item is to be fetched again, in milliseconds since 1970: by then WordPress has published
 * it. If it has not, the plugin does so after that request. Null for an item that the site has not scheduled.
 */
export function verifyAt({ external }: ItemRecord, now: number): number | null {
  if (external?.status !== 'future' || external.date === null) return null
  return Math.max(Date.parse(external.date), now) + OVERDUE_MS + NOW_MS
}

/** When the published item went live late; null once its status or date changed. */
export const keepLateness = (record: ItemRecord, after: ItemDoc): number | null =>
  isSameSchedule(record.local, after) ? record.publishedLateAt : null

/** The time that a scheduled item has missed; null if it is not scheduled, or not late. */
export function overdueSince({ deletion, local }: ItemRecord, now: number): string | null {
  if (deletion !== null || local.status !== 'future' || local.date === null) return null
  return Date.parse(local.date) + OVERDUE_MS <= now ? local.date : null
}
