import { and, eq, exists, inArray, ne, not, or, type SQL, sql } from 'drizzle-orm'
import type { Transport } from '../../contract/polling.ts'
import { recordEvent } from '../../db/record-event.ts'
import { integrations, sites } from '../../db/schema/index.ts'
import { sealCredentials } from '../../lib/link-credentials.ts'
import { addressForms } from '../../lib/site-address.ts'
import { appendAudit } from '../audit/index.ts'
import { tellSecurity } from '../notifications/index.ts'
import { dropPendingChange } from './pending-changes.ts'
import { hasSite, isAsRead, mayAct } from './still.ts'
import { verifiedColumns } from './verified-columns.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { publishChange, scheduleCheck, toRpcCall, unwrap } from '../site-calls.ts'
import { type IntegrationRow, SITE_TENANT, tenantFilter } from '../tenant.ts'

/** A verified move. */
export interface Move {
  to: string
  /** The old addresses: the one IGNY8 stored, and the one the plugin was connected with. */
  from: string[]
  transport: Transport
  commandsUrl: string | null
  /** Replaces every older signing secret, without a grace period. */
  secret: string
  /** Milliseconds since 1970. */
  startedAt: number
}

/** Whether another site of the account, or its integration, has this address in any of its forms. */
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

/**
 * Writes the addresses and the audit record in one batch, and then the event; none of them if the address was taken, or the
 * integration, its site or the key changed since they were read.
 * @returns when the next health check is due; null if nothing was written
 */
async function commit(ctx: ServiceContext, row: IntegrationRow, move: Move): Promise<Date | null> {
  const credentials = await sealCredentials(ctx.config.keyRing, row.id, [move.secret], ctx.now())
  const columns = { ...verifiedColumns(ctx, row, { ...move, siteUrl: move.to }), credentials }
  const own = and(eq(integrations.id, row.id), tenantFilter(ctx.actor, integrations))
  const moved = and(own, eq(integrations.siteUrl, move.to), eq(integrations.credentials, credentials))
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
          .set(columns)
          .where(
            and(
              own,
              isAsRead(row),
              hasSite(ctx, row),
              mayAct(ctx, ctx.actor),
              not(isTaken(ctx, row, move.to) ?? sql`false`),
            ),
          )
          .returning({ id: integrations.id }),
        ctx.db
          .update(sites)
          .set({ url: move.to, updatedAt: columns.updatedAt })
          .where(and(eq(sites.id, row.siteId), tenantFilter(ctx.actor, SITE_TENANT), isMoved)),
        ...tellSecurity(ctx, {
          integration: row,
          changes: [
            { what: 'secret_replaced', from: null, to: null },
            ...(row.siteUrl === move.to ? [] : [{ what: 'address_changed' as const, ...metadata }]),
          ],
          actor: ctx.actor,
          when: isMoved,
        }),
        dropPendingChange(ctx.db, row, isMoved),
      ],
    },
  })
  if (rows.length === 0) return null
  await recordEvent(ctx, row, { action: 'move', startedAt: move.startedAt, note })
  return columns.nextCheckAt
}

/**
 * Stores a move and lets the site's object follow: it rewrites the links of its items and reads the whole site again,
 * because moving a site rewrites its database.
 * @throws ServiceError `site_url_taken`, or `conflict` if the integration changed since it was read
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
