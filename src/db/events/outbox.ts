/**
 * The outbox: rows of the control database that still have to go into an event database. A message to an account is
 * written here in the batch of the change that it tells of, so neither is stored without the other. An event is written
 * here only if its database did not take it. The cron passes rows on and then deletes them; since ids are made before, a
 * row that is passed on twice is stored once.
 */
import { eq, type SQL, sql } from 'drizzle-orm'
import { DELIVERY_LIFETIME_S, type MESSAGE_TYPES } from '../../contract/notifications.ts'
import { log } from '../../lib/log.ts'
import type { Db } from '../client.ts'
import { isConstraintViolation, isPassing } from '../errors.ts'
import { outbox } from '../schema/index.ts'
import { insertRows, type RawRow, toRawRow } from './insert-rows.ts'
import { notificationDeliveries, notificationMessages, syncEvents } from './schema.ts'
import { type EventShards, FIRST_SHARD } from './shards.ts'

/** Events that wait at most; later ones are only logged. Each takes about half a kilobyte. */
export const MOST_WAITING = 200_000

type EventRow = typeof syncEvents.$inferInsert

/** A message with its recipients, as a row of the outbox has it. */
export interface WaitingMessage {
  type: (typeof MESSAGE_TYPES)[number]
  summary: string
  changes: number
  /** JSON: the body of a webhook. */
  body: string
  endpointIds: readonly string[]
  userIds: readonly string[]
}

/** Stores an event. It may run twice. */
export const insertEvent = (db: Db, row: EventRow) => db.insert(syncEvents).values(row).onConflictDoNothing()

const LAST = sql`ifnull((SELECT max(seq) FROM outbox), 0)`
const WAITING = sql`(${LAST} - ifnull((SELECT min(seq) FROM outbox), 0))`

/**
 * Keeps an event that its database did not take. Never fails.
 * @param cause why it was not taken
 */
export async function keepEvent(ctx: { db: Db; now: () => number }, row: EventRow, cause: unknown): Promise<void> {
  const body = JSON.stringify(toRawRow(syncEvents, row))
  const isBounded = sql`${WAITING} < ${MOST_WAITING}`
  try {
    const { meta } = await ctx.db
      .insert(outbox)
      .select(sql`SELECT ${LAST} + 1, ${row.id}, ${row.accountId}, 'event', ${body}, ${ctx.now()} WHERE ${isBounded}`)
      .onConflictDoNothing()
    if (meta.changes !== 0) return log.warn('event kept for later', { account: row.accountId, cause })
    log.error('event not recorded', { event: body, cause: new Error('the outbox is full', { cause }) })
  } catch (later) {
    log.error('event not recorded', { event: body, cause: later })
  }
}

/**
 * The statement that posts a message, for the batch of the change that it tells of.
 * @param body JSON of a {@link WaitingMessage}, as SQL
 */
export const postMessage = (
  db: Db,
  { id, accountId, body, when, now }: { id: string; accountId: string; body: SQL; when: SQL; now: number },
) =>
  db
    .insert(outbox)
    .select(sql`SELECT ${LAST} + 1, ${id}, ${accountId}, 'message', ${body}, ${now} WHERE ${when}`)
    .returning({ id: outbox.id })

type OutboxRow = typeof outbox.$inferSelect

/** The id of a message's delivery to its n-th recipient: the same each time, and in the order of messages. */
const deliveryId = (messageId: string, n: number) => `dlv_${messageId.slice(4, 28)}${n.toString(16).padStart(8, '0')}`

function deliveriesOf({ id, accountId, createdAt }: OutboxRow, { endpointIds, userIds }: WaitingMessage): RawRow[] {
  const recipients = [
    ...endpointIds.map((endpointId) => ({ channel: 'webhook' as const, endpointId })),
    ...userIds.map((userId) => ({ channel: 'email' as const, userId })),
  ]
  return recipients.map((recipient, n) =>
    toRawRow(notificationDeliveries, {
      ...recipient,
      id: deliveryId(id, n),
      accountId,
      messageId: id,
      status: 'pending',
      nextAttemptAt: createdAt,
      expiresAt: new Date(createdAt.getTime() + DELIVERY_LIFETIME_S * 1000),
      createdAt,
    }),
  )
}

/** The rows that the outbox's rows become. */
function unpack(rows: readonly OutboxRow[]) {
  const [events, messages, deliveries]: [RawRow[], RawRow[], RawRow[]] = [[], [], []]
  for (const row of rows) {
    if (row.kind === 'event') {
      events.push(JSON.parse(row.body) as RawRow)
      continue
    }
    const message = JSON.parse(row.body) as WaitingMessage
    const { id, accountId, createdAt } = row
    messages.push(toRawRow(notificationMessages, { ...message, id, accountId, createdAt }))
    deliveries.push(...deliveriesOf(row, message))
  }
  return { events, messages, deliveries }
}

/** Stores rows of the outbox in a shard, in one transaction. It may run twice. */
async function store(db: Db, rows: readonly OutboxRow[]): Promise<void> {
  const { events, messages, deliveries } = unpack(rows)
  // a delivery is looked for with its message
  await db.batch([
    insertRows(db, notificationMessages, messages),
    insertRows(db, notificationDeliveries, deliveries),
    insertRows(db, syncEvents, events),
  ])
}

/** Rows of one query, and bytes of one statement: D1 takes two megabytes. */
const PAGE = 200
const MOST_BYTES = 1_200_000

/** The first rows that fit into one statement; at least one. */
function fitting(rows: readonly OutboxRow[]): OutboxRow[] {
  let bytes = 0
  return rows.filter(({ body }, index) => (bytes += 2 * body.length + 1_000) <= MOST_BYTES || index === 0)
}

interface Flush {
  db: Db
  events: EventShards
  /** Most pages to pass on. */
  pages: number
}

/** The shard that takes rows of an account, as SQL. */
const SHARD_OF = sql`(SELECT coalesce(CASE WHEN events_phase = 'writing' THEN events_target END, events_shard)
  FROM accounts WHERE accounts.id = outbox.account_id)`

/** Rows that wait, oldest first, without those of shards that are away. */
const listWaiting = (db: Db, away: readonly string[]): Promise<OutboxRow[]> =>
  db
    .select()
    .from(outbox)
    .where(
      away.length === 0
        ? undefined
        : sql`ifnull(${SHARD_OF}, ${FIRST_SHARD}) NOT IN (SELECT value FROM json_each(${JSON.stringify(away)}))`,
    )
    .orderBy(outbox.seq)
    .limit(PAGE)

interface Group {
  db: Db
  rows: OutboxRow[]
}

/** Rows by the shard of their account, without those whose shard isn't bound. */
async function groupByShard(events: EventShards, rows: readonly OutboxRow[]): Promise<Map<string, Group>> {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    try {
      const { name, write } = await events.of(row.accountId)
      const group = groups.get(name) ?? { db: write, rows: [] }
      groups.set(name, group)
      group.rows.push(row)
    } catch (cause) {
      log.warn('outbox not passed on', { account: row.accountId, cause })
    }
  }
  return groups
}

/** A row that no database will take, however often it is tried: a fault of ours. It must not hold up all others. */
const isRefusal = (cause: unknown) => isConstraintViolation(cause) && !isPassing(cause)

/** Rows that are tried alone: each takes four queries. */
const MOST_ALONE = 20

/** Gives a row up that is refused alone; of several, some are tried alone. */
async function passOneByOne(db: Db, shard: Db, rows: readonly OutboxRow[], cause: unknown): Promise<number | null> {
  const [only, ...others] = rows
  if (only && others.length === 0) {
    log.error('event not recorded', { event: only.body, cause })
    await db.delete(outbox).where(eq(outbox.id, only.id))
    return 0
  }
  let passed = 0
  for (const row of rows.slice(0, MOST_ALONE)) {
    const one = await pass(db, { db: shard, rows: [row] })
    if (one === null) return null
    passed += one
  }
  return passed
}

/** @returns how many of the rows were passed on; null if the shard did not take them */
async function pass(db: Db, group: Group): Promise<number | null> {
  const some = fitting(group.rows)
  try {
    await store(group.db, some)
  } catch (cause) {
    if (isRefusal(cause)) return passOneByOne(db, group.db, some, cause)
    log.warn('outbox not passed on', { rows: some.length, cause })
    return null
  }
  const ids = JSON.stringify(some.map(({ id }) => id))
  // not by `seq`: once all rows are gone, new ones begin at 1 again
  await db.delete(outbox).where(sql`${outbox.id} IN (SELECT value FROM json_each(${ids}))`)
  return some.length
}

/**
 * Passes waiting rows on to the shards of their accounts, oldest first. A shard that is away stops only the accounts that
 * are in it. One query if nothing waits.
 * @returns how many rows were passed on
 */
export async function flushOutbox({ db, events, pages }: Flush): Promise<number> {
  const away = new Set<string>()
  let total = 0
  for (let page = 0; page < pages; page++) {
    const groups = await groupByShard(events, await listWaiting(db, [...away]))
    if (groups.size === 0) break
    for (const [name, group] of groups) {
      const passed = await pass(db, group)
      if (passed === null) away.add(name)
      else total += passed
    }
  }
  return total
}
