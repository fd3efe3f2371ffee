import * as z from 'zod'
import { fromBase64Url, toBase64Url } from '../../lib/base64.ts'
import { ServiceError } from '../errors.ts'
import { SealState } from './seal.ts'

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
    /** What the parts before have written; null in the first one. */
    seal: SealState.unwrap().nullable(),
  }),
)
export type Place = Readonly<z.infer<typeof Place>>

/** The cursor of a place: base64url of its JSON. It names rows of the account alone, so it needs no seal. */
export const writeCursor = (place: Place): string => toBase64Url(new TextEncoder().encode(JSON.stringify(place)))

/** @throws ServiceError `invalid_cursor` */
export function readPlace(cursor: string, kinds: readonly string[]): Place {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromBase64Url(cursor))
    const place = Place.parse(JSON.parse(text))
    if (kinds.includes(place.kind)) return place
  } catch (cause) {
    throw new ServiceError('invalid_cursor', undefined, { cause })
  }
  throw new ServiceError('invalid_cursor')
}
