import { v7 } from 'uuid'

export type IdPrefix =
  | 'acc'
  | 'usr'
  | 'ses'
  | 'psk'
  | 'site'
  | 'int'
  | 'key'
  | 'run'
  | 'evt'
  | 'aud'
  | 'inv'
  | 'req'
  | 'cmd'
  | 'msg'
  | 'item'
  | 'hook'
  | 'dlv'
  | 'chg'
  | 'bak'
  | 'rst'
  | 'imp'
  | 'bulk'

/** A new opaque, time-ordered id: the prefix and a UUIDv7 without dashes, for example `site_019d8f0c…`. */
export function createId(prefix: IdPrefix): string {
  return `${prefix}_${v7().replaceAll('-', '')}`
}

/** Names the request that a message belongs to; both sides send it. */
export const REQUEST_ID_HEADER = 'x-request-id'
/** Names the run that commands belong to. */
export const RUN_ID_HEADER = 'x-run-id'

const FOREIGN_ID = /^[A-Za-z0-9_-]{1,64}$/

/**
 * The request id that the other side states. It is unsigned, so it is used only to find one request in the logs of both
 * sides; it is logged beside our own id.
 * @returns undefined if it is absent or has another shape than docs/protocol.md allows
 */
export function readForeignId(headers: Pick<Headers, 'get'>): string | undefined {
  const id = headers.get(REQUEST_ID_HEADER)
  return id !== null && FOREIGN_ID.test(id) ? id : undefined
}
