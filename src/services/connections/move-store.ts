import { and, eq, exists, inArray, ne, not, or, type SQL, sql } from 'drizzle-orm'
import type { Transport } from '../../contract/polling.ts'
import { recordEventOf } from '../../db/record-event.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { addressForms } from '../../lib/site-address.ts'
import { appendAudit } from '../audit/index.ts'
import { verifiedColumns } from './verified-columns.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { publishChange, scheduleCheck, toRpcCall, unwrap } from '../site-calls.ts'
import { type IntegrationRow, SITE_TENANT, tenantFilter } from '../tenant.ts'

/** A site under its new address, as it was seen there. */
export interface Move {
  to: string
  /** Addresses it had: what IGNY8 knew, and what the site itself was connected as. */
  from: string[]
  transport: Transport
  commandsUrl: string | null
  /** Takes the place of every other one at once. */
  secret: string
  /** Milliseconds since 1970. */
  startedAt: number
}

/** Whether another site of the account has this address, in whatever form, for itself or for its integration. */
function isTaken({ db }: ServiceContext, { accountId, siteId }: IntegrationRow, to: string): SQL | undefined {
  const forms = addressForms(to)
  return or(
    exists(
      db
        .select({ id: sites.id })
        .from(sites)
        .where(and(eq(sites.accountId, accountId), ne(sites.id, siteId), inArray(sites.url, forms))),
    ),
    exists(
      db
        .select({ id: integrations.id })
        .from(integrations)
        .where(
          and(
            eq(integrations.accountId, accountId),
            ne(integrations.siteId, siteId),
            inArray(integrations.siteUrl, forms),
          ),
        ),
    ),
  )
}

/** @throws ServiceError `site_url_taken` */
export async function assertAddressFree(ctx: ServiceContext, row: IntegrationRow, to: string): Promise<void> {
  const [own] = await ctx.db
    .select({ taken: sql<number>`${isTaken(ctx, row, to)}` })
    .from(sites)
    .where(and(eq(sites.id, row.siteId), tenantFilter(ctx.actor, SITE_TENANT)))
    .limit(1)
  if (own?.taken) throw new ServiceError('site_url_taken', `Another site of the account has the address ${to}.`)
}

/** Addresses, event and audit record: all of them, or none where the address was taken or changed meanwhile. */
async function commit(ctx: ServiceContext, row: IntegrationRow, move: Move): Promise<Date | null> {
  const proven = await verifiedColumns(ctx, row, { ...move, siteUrl: move.to, signingSecrets: [move.secret] })
  const own = and(eq(integrations.id, row.id), tenantFilter(ctx.actor, integrations))
  const moved = and(own, eq(integrations.siteUrl, move.to), eq(integrations.credentials, proven.credentials))
  const isMoved = exists(ctx.db.select({ id: integrations.id }).from(integrations).where(moved))
  const metadata = { from: row.siteUrl, to: move.to }
  const note = row.siteUrl === move.to ? `At ${move.to} as before.` : `Moved from ${row.siteUrl} to ${move.to}.`
  const [rows] = await appendAudit({
    ctx,
    input: {
      entry: { action: 'site.moved', entityId: row.siteId, metadata, when: isMoved },
      changes: [
        ctx.db
          .update(integrations)
          .set(proven)
          .where(and(own, eq(integrations.siteUrl, row.siteUrl), not(isTaken(ctx, row, move.to) ?? sql`false`)))
          .returning({ id: integrations.id }),
        ctx.db
          .update(sites)
          .set({ url: move.to, updatedAt: proven.updatedAt })
          .where(and(eq(sites.id, row.siteId), tenantFilter(ctx.actor, SITE_TENANT), isMoved)),
        recordEventOf(ctx, moved, { action: 'move', startedAt: move.startedAt, note }),
      ],
    },
  })
  return rows.length > 0 ? proven.nextCheckAt : null
}

/**
 * Stores that a site has moved, and has its object follow: links of its items, and a look at everything, since who moves a
 * site rewrites its database.
 * @throws ServiceError `site_url_taken`, `conflict` where it was moved or taken meanwhile
 */
export async function storeMove(ctx: ServiceContext, row: IntegrationRow, move: Move): Promise<void> {
  const checkAt = await commit(ctx, row, move)
  if (checkAt === null) {
    await assertAddressFree(ctx, row, move.to)
    throw new ServiceError('conflict')
  }
  unwrap(await ctx.site(row.siteId).relocate(toRpcCall(ctx, row), move.from, move.to))
  await scheduleCheck(ctx, row, checkAt.getTime())
  publishChange(ctx, row.siteId)
}
