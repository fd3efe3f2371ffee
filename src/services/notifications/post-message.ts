import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { DELIVERY_LIFETIME_S } from '../../contract/notifications.ts'
import { notificationDeliveries, notificationMessages } from '../../db/schema/index.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import type { StoredMessage } from './message.ts'

export interface NewMessage {
  accountId: string
  /** One more than the newest message's: a second writer of the same place fails with its whole batch. */
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

/** The statements that store messages, and a delivery of each to each of its recipients; for one batch. */
export function postMessages({ db, now, newId }: PostContext, messages: readonly NewMessage[]) {
  const rows = messages.map((each) => ({ ...each, id: newId('msg') }))
  const recipients = rows.flatMap(({ id: message, accountId: account, endpointIds, userIds }) => [
    ...endpointIds.map((endpoint) => ({ id: newId('dlv'), account, message, channel: 'webhook', endpoint })),
    ...userIds.map((user) => ({ id: newId('dlv'), account, message, channel: 'email', user })),
  ])
  // as JSON: a query has a hundred parameters, and an account any number of members
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
