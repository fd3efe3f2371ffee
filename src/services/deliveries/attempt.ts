import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  memberships,
  notificationDeliveries,
  notificationEndpoints,
  notificationMessages,
  users,
} from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { failure, type Outcome, sendEmail, sendWebhook } from '../channels/index.ts'
import type { ServiceContext } from '../context.ts'
import type { EndpointRow } from '../endpoints/index.ts'
import { canGetEmail, type StoredMessage, wantsEmail } from '../notifications/index.ts'

/** Longer than a page of attempts takes. After it an attempt counts as interrupted and is made again. */
const LEASE_MS = 3 * 60_000
/** How many due deliveries a page is chosen from. */
const CANDIDATES = 500

interface ClaimInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  limit: number
  /** False while the e-mail provider is down. */
  withEmail: boolean
}

/**
 * Claims a page of due deliveries: of each endpoint the one with the fewest attempts, healthy endpoints before failing
 * ones, so that a hanging endpoint delays no other. The claim sets a lease: two concurrent ticks claim each delivery
 * once, and an interrupted attempt becomes due again.
 */
export async function claimDeliveries({ db, now, limit, withEmail }: ClaimInput) {
  const channel = withEmail ? sql`` : sql`AND channel <> 'email'`
  const due = sql`SELECT account_id, id, endpoint_id, attempts, next_attempt_at FROM notification_deliveries
    WHERE next_attempt_at <= ${now} ${channel} ORDER BY next_attempt_at LIMIT ${CANDIDATES}`
  const ranked = sql`SELECT due.account_id, due.id, due.next_attempt_at, endpoint.failing_since IS NOT NULL AS is_ill,
      row_number() OVER (PARTITION BY ifnull(due.endpoint_id, due.id) ORDER BY due.attempts, due.id) AS place
    FROM (${due}) AS due LEFT JOIN notification_endpoints AS endpoint
      ON endpoint.account_id = due.account_id AND endpoint.id = due.endpoint_id`
  const page = sql`SELECT account_id, id FROM (${ranked}) WHERE place = 1 ORDER BY is_ill, next_attempt_at LIMIT ${limit}`
  return db
    .update(notificationDeliveries)
    .set({ nextAttemptAt: new Date(now + LEASE_MS), attempts: sql`${notificationDeliveries.attempts} + 1` })
    .where(sql`(${notificationDeliveries.accountId}, ${notificationDeliveries.id}) IN (${page})`)
    .returning()
}

export type ClaimedDelivery = Awaited<ReturnType<typeof claimDeliveries>>[number]

/** A claimed delivery with its message and recipient; both recipients are null if it no longer exists. */
export interface PreparedDelivery {
  delivery: ClaimedDelivery
  body: string
  endpoint: EndpointRow | null
  address: string | null
}

const isMessage = and(
  eq(notificationMessages.accountId, notificationDeliveries.accountId),
  eq(notificationMessages.id, notificationDeliveries.messageId),
)

/** The recipient must still be a member who wants e-mail: people who left learn nothing about the account. */
const isRecipient = and(
  eq(memberships.accountId, notificationDeliveries.accountId),
  eq(memberships.userId, notificationDeliveries.userId),
  wantsEmail,
)

/** Loads messages and recipients of a page of deliveries, in one query. */
export async function loadDeliveries(db: Db, page: readonly ClaimedDelivery[]): Promise<PreparedDelivery[]> {
  const ids = page.map(({ id }) => id)
  const accounts = [...new Set(page.map(({ accountId }) => accountId))]
  const rows = await db
    .select({
      id: notificationDeliveries.id,
      body: notificationMessages.body,
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
    .leftJoin(users, and(eq(users.id, memberships.userId), canGetEmail))
    .where(and(inArray(notificationDeliveries.accountId, accounts), inArray(notificationDeliveries.id, ids)))
  const found = new Map(rows.map((row) => [row.id, row]))
  return page.map((delivery) => {
    const row = found.get(delivery.id)
    if (!row) return { delivery, body: '', endpoint: null, address: null }
    return { ...row, delivery }
  })
}

type AttemptContext = Pick<ServiceContext, 'db' | 'config' | 'now'>

const isFinal = { isFinal: true }

const GONE = failure('recipient_gone', 'The recipient no longer exists.', isFinal)

async function attemptWebhook(ctx: AttemptContext, { delivery, endpoint, body }: PreparedDelivery): Promise<Outcome> {
  if (!endpoint) return GONE
  if (!endpoint.isActive) return failure('switched_off', 'The endpoint was switched off.', isFinal)
  return sendWebhook({ ctx, input: { endpoint, id: delivery.messageId, body } })
}

async function attemptEmail(ctx: AttemptContext, prepared: PreparedDelivery): Promise<Outcome> {
  const { delivery, body, address } = prepared
  if (address === null) return GONE
  const message = JSON.parse(body) as StoredMessage
  const { accountId, userId, id: idempotencyKey } = delivery
  return sendEmail({ ctx, input: { to: address, message, accountId, userId: userId ?? '', idempotencyKey } })
}

/** Makes one delivery attempt. Never throws: a fault of ours is an outcome, too, so that retries end. */
export async function attemptDelivery(ctx: AttemptContext, prepared: PreparedDelivery): Promise<Outcome> {
  try {
    return await (prepared.delivery.channel === 'email' ? attemptEmail(ctx, prepared) : attemptWebhook(ctx, prepared))
  } catch (cause) {
    log.error('delivery broke off', { delivery: prepared.delivery.id, cause })
    return failure('internal_error', 'The attempt was interrupted by a fault of ours.')
  }
}
