import { sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { DELIVERY_LIFETIME_S } from '../../contract/notifications.ts'
import { notificationDeliveries, notificationMessages } from '../../db/schema/index.ts'
import type { IdPrefix } from '../../lib/ids.ts'
import type { StoredMessage } from './message.ts'

interface MessageInput {
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

/** The statements that store a message, and a delivery of it to each recipient; for one batch. */
export function postMessage({ db, now, newId }: PostContext, input: MessageInput) {
  const { accountId, seq, message, summary, changes } = input
  const messageId = newId('msg')
  const recipients = [
    ...input.endpointIds.map((id) => ({ id: newId('dlv'), channel: 'webhook', endpoint_id: id, user_id: null })),
    ...input.userIds.map((id) => ({ id: newId('dlv'), channel: 'email', endpoint_id: null, user_id: id })),
  ]
  // as JSON: a query has a hundred parameters, and an account any number of members
  const deliveries = sql`SELECT value ->> 'id', ${accountId}, ${messageId}, value ->> 'channel', value ->> 'endpoint_id',
    value ->> 'user_id', 'pending', 0, ${now}, ${now + DELIVERY_LIFETIME_S * 1000}, NULL, NULL, NULL, ${now}, NULL
    FROM json_each(${JSON.stringify(recipients)})`
  const row = { id: messageId, accountId, seq, type: message.type, summary, changes, createdAt: new Date(now) }
  return [
    db.insert(notificationMessages).values({ ...row, body: JSON.stringify(message) }),
    db.insert(notificationDeliveries).select(deliveries),
  ] as const
}
