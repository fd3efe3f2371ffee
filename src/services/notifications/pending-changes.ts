import { and, asc, eq, inArray, lte, sql } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  connectionWatch,
  integrations,
  memberships,
  notificationEndpoints,
  sites,
  users,
} from '../../db/schema/index.ts'
import { wantsEmail } from './preferences.ts'

interface FindInput {
  db: Db
  /** Milliseconds since 1970. */
  now: number
  limit: number
}

/** Accounts with due changes. */
export async function findDueAccounts({ db, now, limit }: FindInput): Promise<string[]> {
  const rows = await db
    .selectDistinct({ accountId: connectionWatch.accountId })
    .from(connectionWatch)
    .where(lte(connectionWatch.dueAt, new Date(now)))
    .limit(limit)
  return rows.map(({ accountId }) => accountId)
}

const HOUR_MS = 3_600_000
/** Most changes to read at once. */
const MOST_READ = 2_000

interface ReadInput {
  db: Db
  accountIds: readonly string[]
  now: number
}

const dueChanges = ({ db, accountIds, now }: ReadInput) =>
  db
    .select({
      accountId: connectionWatch.accountId,
      integrationId: connectionWatch.integrationId,
      told: connectionWatch.told,
      changes: connectionWatch.changes,
      connection: integrations.connection,
      reason: integrations.connectionReason,
      since: integrations.connectionSince,
      siteId: sites.id,
      siteName: sites.name,
      siteUrl: integrations.siteUrl,
    })
    .from(connectionWatch)
    .innerJoin(
      integrations,
      and(eq(integrations.id, connectionWatch.integrationId), eq(integrations.accountId, connectionWatch.accountId)),
    )
    .innerJoin(sites, and(eq(sites.id, integrations.siteId), eq(sites.accountId, connectionWatch.accountId)))
    .where(and(inArray(connectionWatch.accountId, [...accountIds]), lte(connectionWatch.dueAt, new Date(now))))
    .orderBy(asc(connectionWatch.accountId), asc(connectionWatch.dueAt))
    .limit(MOST_READ)

export type DueChange = Awaited<ReturnType<typeof dueChanges>>[number]

/** Each account's recent messages. Twenty suffice: there are fewer in an hour. */
const messagesSoFar = ({ db, accountIds, now }: ReadInput) => {
  const recent = sql`(SELECT * FROM notification_messages WHERE account_id = account.value ORDER BY seq DESC LIMIT 20)
    WHERE type = 'connection.changed' AND created_at > ${now - HOUR_MS}`
  return db
    .select({
      accountId: sql<string>`account.value`.as('account_id'),
      dueCount: sql<number>`(SELECT count(*) FROM connection_watch
        WHERE account_id = account.value AND due_at <= ${now})`.as('due_count'),
      seq: sql<number>`ifnull((SELECT max(seq) FROM notification_messages WHERE account_id = account.value), 0)`.as(
        'seq',
      ),
      messagesOfHour: sql<number>`(SELECT count(*) FROM ${recent})`.as('messages'),
      lastMessageAt: sql<number | null>`(SELECT max(created_at) FROM ${recent})`.as('last_at'),
    })
    .from(sql`json_each(${JSON.stringify(accountIds)}) AS account`)
}

const activeEndpoints = ({ db, accountIds }: ReadInput) =>
  db
    .select({ accountId: notificationEndpoints.accountId, id: notificationEndpoints.id })
    .from(notificationEndpoints)
    .where(and(inArray(notificationEndpoints.accountId, [...accountIds]), eq(notificationEndpoints.isActive, true)))

const emailRecipients = ({ db, accountIds }: ReadInput) =>
  db
    .select({ accountId: memberships.accountId, id: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        inArray(memberships.accountId, [...accountIds]),
        eq(users.isActive, true),
        eq(users.emailVerified, true),
        wantsEmail,
      ),
    )

/** Loads what a dispatch depends on, as of one moment, in four queries. */
export async function loadPendingChanges(input: ReadInput) {
  const [due, messages, endpoints, people] = await input.db.batch([
    dueChanges(input),
    messagesSoFar(input),
    activeEndpoints(input),
    emailRecipients(input),
  ])
  const of = <R extends { accountId: string }>(rows: readonly R[], accountId: string) =>
    rows.filter((row) => row.accountId === accountId)
  const accounts = messages.map((account) =>
    Object.assign(account, {
      due: of(due, account.accountId),
      endpointIds: of(endpoints, account.accountId).map(({ id }) => id),
      userIds: of(people, account.accountId).map(({ id }) => id),
    }),
  )
  return { accounts, isCut: due.length === MOST_READ }
}

export type PendingChanges = Awaited<ReturnType<typeof loadPendingChanges>>['accounts'][number]
