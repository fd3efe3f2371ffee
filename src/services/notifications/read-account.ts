import { and, asc, count, desc, eq, gt, inArray, isNull, lte, max, or } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import {
  connectionWatch,
  integrations,
  memberships,
  notificationEndpoints,
  notificationMessages,
  sites,
  users,
} from '../../db/schema/index.ts'
import { MOST_CHANGES } from '../../contract/notifications.ts'

const HOUR_MS = 3_600_000

/** Who gets e-mail without having chosen. */
const TOLD_BY_ROLE = ['owner', 'admin'] as const

const dueChanges = (db: Db, accountId: string, now: number) =>
  db
    .select({
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
      and(eq(integrations.id, connectionWatch.integrationId), eq(integrations.accountId, accountId)),
    )
    .innerJoin(sites, and(eq(sites.id, integrations.siteId), eq(sites.accountId, accountId)))
    .where(and(eq(connectionWatch.accountId, accountId), lte(connectionWatch.dueAt, new Date(now))))
    .orderBy(asc(connectionWatch.dueAt))
    .limit(MOST_CHANGES)

/** Members who get e-mail: as they chose, else by their role. */
export const emailRecipients = (db: Db, accountId: string) =>
  db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.accountId, accountId), eq(users.isActive, true), wantsEmail))

/** Whether a membership gets e-mail. */
export const wantsEmail = or(
  eq(memberships.notifyEmail, true),
  and(isNull(memberships.notifyEmail), inArray(memberships.role, [...TOLD_BY_ROLE])),
)

/** The number of an account's newest message; 0 before the first. */
export const lastSeq = (db: Db, accountId: string) =>
  db
    .select({ seq: notificationMessages.seq })
    .from(notificationMessages)
    .where(eq(notificationMessages.accountId, accountId))
    .orderBy(desc(notificationMessages.seq))
    .limit(1)

/** Everything that decides what an account is told now, as of one moment. */
export async function readAccount({ db, accountId, now }: { db: Db; accountId: string; now: number }) {
  const ofAccount = and(
    eq(notificationMessages.accountId, accountId),
    eq(notificationMessages.type, 'connection.changed'),
    gt(notificationMessages.createdAt, new Date(now - HOUR_MS)),
  )
  const [due, [total], [newest], [recent], endpoints, people] = await db.batch([
    dueChanges(db, accountId, now),
    db
      .select({ due: count() })
      .from(connectionWatch)
      .where(and(eq(connectionWatch.accountId, accountId), lte(connectionWatch.dueAt, new Date(now)))),
    lastSeq(db, accountId),
    db
      .select({ messages: count(), lastAt: max(notificationMessages.createdAt) })
      .from(notificationMessages)
      .where(ofAccount),
    db
      .select({ id: notificationEndpoints.id })
      .from(notificationEndpoints)
      .where(and(eq(notificationEndpoints.accountId, accountId), eq(notificationEndpoints.isActive, true))),
    emailRecipients(db, accountId),
  ])
  return {
    due,
    dueCount: total?.due ?? 0,
    seq: newest?.seq ?? 0,
    messagesOfHour: recent?.messages ?? 0,
    lastMessageAt: recent?.lastAt?.getTime() ?? null,
    endpointIds: endpoints.map(({ id }) => id),
    userIds: people.map(({ userId }) => userId),
  }
}
export type AccountNews = Awaited<ReturnType<typeof readAccount>>
export type DueChange = AccountNews['due'][number]
