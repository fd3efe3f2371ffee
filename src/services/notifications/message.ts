import { sql } from 'drizzle-orm'
import { type ConnectionChange, DELIVERY_LIFETIME_S, type OutgoingMessage } from '../../contract/notifications.ts'
import type { Db } from '../../db/client.ts'
import { notificationDeliveries, notificationMessages } from '../../db/schema/index.ts'
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
  /** The account's newest number plus one. Of two concurrent writers the second fails with its whole batch. */
  seq: number
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

/** The statements that store messages with one delivery per recipient, for a batch. */
export function postMessages({ db, now, newId }: PostContext, messages: readonly NewMessage[]) {
  const rows = messages.map((each) => ({ ...each, id: newId('msg') }))
  const recipients = rows.flatMap(({ id: message, accountId: account, endpointIds, userIds }) => [
    ...endpointIds.map((endpoint) => ({ id: newId('dlv'), account, message, channel: 'webhook', endpoint })),
    ...userIds.map((user) => ({ id: newId('dlv'), account, message, channel: 'email', user })),
  ])
  // as JSON: D1 allows a hundred parameters, and an account may have more members
  const deliveries = sql`SELECT value ->> 'id', value ->> 'account', value ->> 'message', value ->> 'channel',
    value ->> 'endpoint', value ->> 'user', 'pending', 0, ${now}, ${now + DELIVERY_LIFETIME_S * 1000}, NULL, NULL, NULL,
    ${now}, NULL FROM json_each(${JSON.stringify(recipients)})`
  const createdAt = new Date(now)
  return [
    db.insert(notificationDeliveries).select(deliveries),
    ...rows.map(({ id, accountId, seq, message, summary, changes }) =>
      db
        .insert(notificationMessages)
        .values({ id, accountId, seq, type: message.type, summary, changes, body: JSON.stringify(message), createdAt }),
    ),
  ] as const
}
