const FOREIGN_ID = /^[A-Za-z0-9_-]{1,64}$/

/** The header in which both sides name the request that something is done for. */
export const REQUEST_ID_HEADER = 'x-request-id'
/** Beside it, the run whose commands these are. */
export const RUN_ID_HEADER = 'x-run-id'

/**
 * An id that the other side states. Nobody signs it and nobody proves it: it is for finding the same request in two logs,
 * and stands beside our own id.
 * @returns undefined where there is none, or it is not of the shape that docs/protocol.md names
 */
export function readForeignId(headers: Pick<Headers, 'get'>): string | undefined {
  const id = headers.get(REQUEST_ID_HEADER)
  return id !== null && FOREIGN_ID.test(id) ? id : undefined
}
