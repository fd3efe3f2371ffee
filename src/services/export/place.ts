import * as z from 'zod'
import { ServiceError } from '../errors.ts'

/** Where a part of an export ended, and the next one begins. */
const Place = z.lazy(() =>
  z.strictObject({
    /** The section that comes next. */
    kind: z.string().max(40),
    /** The key of its last row that was written; of items, the last site that is done. */
    after: z.union([z.string().max(300), z.number().int()]).nullable(),
    /** A site of which some items were written, and the row number of the last one. */
    site: z.strictObject({ id: z.string().max(80), row: z.number().int().min(0) }).nullable(),
    /** Sites so far that did not answer. */
    failures: z.number().int().min(0).max(1_000_000),
  }),
)
export type Place = Readonly<z.infer<typeof Place>>

/** The cursor of a place: base64url of its JSON. It names rows of the account alone, so it needs no seal. */
export function writeCursor(place: Place): string {
  const bytes = Array.from(new TextEncoder().encode(JSON.stringify(place)), (byte) => String.fromCharCode(byte))
  return btoa(bytes.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** @throws ServiceError `invalid_cursor` */
export function readPlace(cursor: string, kinds: readonly string[]): Place {
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    const place = Place.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)))
    if (kinds.includes(place.kind)) return place
  } catch (cause) {
    throw new ServiceError('invalid_cursor', undefined, { cause })
  }
  throw new ServiceError('invalid_cursor')
}
