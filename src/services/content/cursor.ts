import { ServiceError } from '../errors.ts'

const CURSOR = /^row_([1-9a-z][0-9a-z]{0,10})$/
const RADIX = 36

/** The cursor of a page that ends with this row; null after the last page. */
export const toRowCursor = (row: number | null): string | null => (row === null ? null : `row_${row.toString(RADIX)}`)

/** The row in a cursor. @throws ServiceError `invalid_cursor` */
export function readRowCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const row = Number.parseInt(CURSOR.exec(cursor)?.[1] ?? '', RADIX)
  if (!Number.isSafeInteger(row)) throw new ServiceError('invalid_cursor')
  return row
}
