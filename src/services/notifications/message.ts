import { type SQL, sql } from 'drizzle-orm'
import type { ConnectionChange, OutgoingMessage } from '../../contract/notifications.ts'
import type { Db } from '../../db/client.ts'
import { postMessage, type WaitingMessage } from '../../db/events/outbox.ts'
import type { IdPrefix } from '../../lib/ids.ts'

/** The e-mail about an endpoint that can't be reached. */
export interface EndpointFailing {
  type: 'endpoint.failing'
  timestamp: string
  data: { endpoint_id: string; name: string; host: string; since: string; detail: string; fix: string }
}

/** The stored form of a message: a webhook's body, or the values of an e-mail. */
export type StoredMessage =
  | Extract<OutgoingMessage, { type: 'connection.changed' | 'connection.security' }>
  | EndpointFailing

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`

/** A message in one line: `Shop is unreachable`, `3 sites need attention, 1 is ready again`. */
export function summarize(changes: readonly ConnectionChange[], more: number): string {
  const [first] = changes
  if (first && changes.length === 1 && more === 0) {
    return first.to === 'ready'
      ? `${first.site_name} is connected and ready again`
      : `${first.site_name} is ${STATES[first.to]}`
  }
  const ready = changes.filter((change) => change.to === 'ready').length
  const needing = changes.length - ready
  const parts = [
    ...(needing > 0 ? [`${count(needing, 'site needs', 'sites need')} attention`] : []),
    ...(ready > 0 ? [`${count(ready, 'site is', 'sites are')} ready again`] : []),
    ...(more > 0 ? [`${more} more follow`] : []),
  ]
  return parts.join(', ')
}

/** Each state as it reads after "is". */
export const STATES: Record<ConnectionChange['to'], string> = {
  not_connected: 'not connected',
  authenticating: 'authenticating',
  structure_syncing: 'connected, its structure is on its way',
  ready: 'connected and ready',
  degraded: 'degraded',
  unreachable: 'unreachable',
  key_revoked: 'cut off: its API key was revoked',
  disabled: 'switched off',
}

export interface NewMessage {
  accountId: string
  message: StoredMessage
  summary: string
  changes: number
  endpointIds: readonly string[]
  userIds: readonly string[]
}

interface PostContext {
  db: Db
  now: number
  newId: (prefix: IdPrefix) => string
}

/**
 * The statement that posts a message, for the batch of the change that it tells of. The next tick makes its deliveries.
 * @param when posts only if this holds
 */
export function postOne({ db, now, newId }: PostContext, { accountId, message, ...rest }: NewMessage, when: SQL) {
  const waiting: WaitingMessage = { ...rest, type: message.type, body: JSON.stringify(message) }
  return postMessage(db, { id: newId('msg'), accountId, body: sql`${JSON.stringify(waiting)}`, when, now })
}
