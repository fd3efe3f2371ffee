import { and, eq, inArray } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  memberships,
  notificationDeliveries,
  notificationEndpoints,
  notificationMessages,
  users,
} from '../../db/schema/index.ts'
import type { EndpointRow } from '../endpoints/internal.ts'
import { wantsEmail } from '../notifications/recipients.ts'
import type { ClaimedDelivery } from './claim.ts'

/** A claimed delivery with what it takes to make it; without a recipient where there is none any more. */
export interface PreparedDelivery {
  delivery: ClaimedDelivery
  body: string
  summary: string
  endpoint: EndpointRow | null
  address: string | null
}

const isMessage = and(
  eq(notificationMessages.accountId, notificationDeliveries.accountId),
  eq(notificationMessages.id, notificationDeliveries.messageId),
)

/** Of members alone who still want it: who has left is told nothing of the account. */
const isRecipient = and(
  eq(memberships.accountId, notificationDeliveries.accountId),
  eq(memberships.userId, notificationDeliveries.userId),
  wantsEmail,
)

/** What a page of deliveries needs, in one query. */
export async function loadDeliveries(db: Db, page: readonly ClaimedDelivery[]): Promise<PreparedDelivery[]> {
  const ids = page.map(({ id }) => id)
  const accounts = [...new Set(page.map(({ accountId }) => accountId))]
  const rows = await db
    .select({
      id: notificationDeliveries.id,
      body: notificationMessages.body,
      summary: notificationMessages.summary,
      endpoint: notificationEndpoints,
      address: users.email,
    })
    .from(notificationDeliveries)
    .innerJoin(notificationMessages, isMessage)
    .leftJoin(
      notificationEndpoints,
      and(
        eq(notificationEndpoints.accountId, notificationDeliveries.accountId),
        eq(notificationEndpoints.id, notificationDeliveries.endpointId),
      ),
    )
    .leftJoin(memberships, isRecipient)
    .leftJoin(users, and(eq(users.id, memberships.userId), eq(users.isActive, true)))
    .where(and(inArray(notificationDeliveries.accountId, accounts), inArray(notificationDeliveries.id, ids)))
  const found = new Map(rows.map((row) => [row.id, row]))
  return page.map((delivery) => {
    const row = found.get(delivery.id)
    if (!row) return { delivery, body: '', summary: '', endpoint: null, address: null }
    return { ...row, delivery }
  })
}
