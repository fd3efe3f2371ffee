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
import { isOpen } from '../suspension/state.ts'
import { canGetEmail, wantsEmail } from './preferences.ts'

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
    .where(and(lte(connectionWatch.dueAt, new Date(now)), isOpen({ db }, connectionWatch.accountId)))
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

/** When each account was told last; `notifiedAt` also guards a dispatch against another one. */
const messagesSoFar = ({ db, accountIds, now }: ReadInput) =>
  db
    .select({
      accountId: sql<string>`account.value`.as('account_id'),
      dueCount: sql<number>`(SELECT count(*) FROM connection_watch
        WHERE account_id = account.value AND due_at <= ${now})`.as('due_count'),
      notifiedAt: sql<string | null>`(SELECT notified_at FROM accounts WHERE id = account.value)`.as('notified_at'),
    })
    .from(sql`json_each(${JSON.stringify(accountIds)}) AS account`)

/** The times of an account's messages within the hour, oldest first. */
export function recentTimes(notifiedAt: string | null, now: number): number[] {
  const times = notifiedAt === null ? [] : (JSON.parse(notifiedAt) as number[])
  return times.filter((at) => at > now - HOUR_MS)
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
    .where(and(inArray(memberships.accountId, [...accountIds]), canGetEmail, wantsEmail))

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
