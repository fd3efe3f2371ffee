import { count, desc, eq, sql, sum } from 'drizzle-orm'
import { MOST_ENDPOINTS } from '../../contract/notifications.ts'
import { QUOTA_KINDS, type QuotaKind, type Usage } from '../../contract/quotas.ts'
import { syncEvents } from '../../db/events/schema.ts'
import { accountQuotas, auditLog, integrations, notificationEndpoints } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { countOf, defaultQuota } from './quotas.ts'

/** Counting the events of an account stops here: it reads an index entry for each. */
const MOST_COUNTED = 50_000

/** Events of the account, up to a bound. While it is moved, an event that is being copied may count twice. */
async function countEvents({ events }: ServiceContext, accountId: string): Promise<number> {
  const { read } = await events.of(accountId)
  const counts = await Promise.all(
    read.map((shard) => {
      const some = shard
        .select({ one: sql`1`.as('one') })
        .from(syncEvents)
        .where(eq(syncEvents.accountId, accountId))
        .limit(MOST_COUNTED + 1)
        .as('some')
      return shard.select({ count: sql<number>`count(*)` }).from(some)
    }),
  )
  return counts.reduce((sum, [row]) => sum + (row?.count ?? 0), 0)
}

/** What the actor's account uses, and its quotas. */
export async function readUsage({ ctx }: { ctx: ServiceContext }): Promise<Usage> {
  const { accountId } = ctx.actor
  const { db } = ctx
  const [sites, keys, members, invitations, endpoints] = await db.batch([
    countOf(ctx, 'sites', accountId),
    countOf(ctx, 'api_keys', accountId),
    countOf(ctx, 'members', accountId),
    countOf(ctx, 'invitations', accountId),
    db.select({ count: count() }).from(notificationEndpoints).where(eq(notificationEndpoints.accountId, accountId)),
  ])
  const [own, ofIntegrations, audit] = await db.batch([
    db.select().from(accountQuotas).where(eq(accountQuotas.accountId, accountId)),
    db
      .select({ count: sql<number>`count(*)`, bytes: sum(integrations.storedBytes).mapWith(Number) })
      .from(integrations)
      .where(eq(integrations.accountId, accountId)),
    db
      .select({ seq: auditLog.seq })
      .from(auditLog)
      .where(eq(auditLog.accountId, accountId))
      .orderBy(desc(auditLog.seq))
      .limit(1),
  ])
  const used = { sites, api_keys: keys, members, invitations }
  const mostOf = (kind: QuotaKind) => own.find((row) => row.kind === kind)?.most ?? defaultQuota(ctx, kind)
  const limited = Object.fromEntries(
    QUOTA_KINDS.map((kind) => [kind, { used: used[kind][0]?.count ?? 0, most: mostOf(kind) }]),
  ) as Record<QuotaKind, { used: number; most: number }>
  const counted = await countEvents(ctx, accountId)
  return {
    ...limited,
    endpoints: { used: endpoints[0]?.count ?? 0, most: MOST_ENDPOINTS },
    integrations: { used: ofIntegrations[0]?.count ?? 0, most: mostOf('sites') },
    events: { used: Math.min(counted, MOST_COUNTED), most: null, is_more: counted > MOST_COUNTED },
    audit_records: { used: audit[0]?.seq ?? 0, most: null },
    stored_bytes: { used: ofIntegrations[0]?.bytes ?? 0 },
  }
}
