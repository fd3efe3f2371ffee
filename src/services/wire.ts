import type { Page } from '../contract/common.ts'
import { ServiceError } from './errors.ts'

const ID = /^[a-z]+_[0-9A-Za-z]{1,60}$/

/**
 * The id in a cursor: that of the previous page's last row.
 * @throws ServiceError `invalid_cursor`
 */
export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  if (!ID.test(cursor)) throw new ServiceError('invalid_cursor')
  return cursor
}

/** Makes a page from rows that were read with a limit of `limit + 1`. */
export function toPage<R extends { id: string }, T>(rows: R[], limit: number, present: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit)
  return { results: shown.map(present), next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null }
}
