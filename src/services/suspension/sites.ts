/**
 * Tells the sites of an account that it is suspended, or is so no more. What decides is the account's row, which every
 * request of a person, every object that asks about a key, and every run and health check reads. This makes it hold at once,
 * where an answer is remembered: in KV, in the objects, and in what is under way there.
 */
import { and, asc, eq, isNotNull, isNull, ne, notInArray, sql } from 'drizzle-orm'
import { accounts, integrations, sites } from '../../db/schema/index.ts'
import { rewriteSiteKeys } from '../api-keys/index.ts'
import type { ServiceContext } from '../context.ts'

/** Sites of one slice. */
const SITES_PER_SLICE = 10
/** Queries and writes of a site: its integration, its keys and their copies at the edge. A site has some keys. */
export const QUERIES_PER_SITE = 30
export const QUERIES_PER_SLICE = SITES_PER_SLICE * QUERIES_PER_SITE + 10

/** The reason by which a connection that was switched off with its account is known. */
export const SUSPENDED_REASON = 'account_suspended'

type Direction = 'stopping' | 'lifting'

/** States that a person chose stay as they are. */
const KEPT = ['disabled', 'key_revoked'] as const

function switchConnection(ctx: ServiceContext, siteId: string, direction: Direction) {
  const now = new Date(ctx.now())
  const state =
    direction === 'stopping'
      ? ({ connection: 'disabled', connectionReason: SUSPENDED_REASON, nextCheckAt: null } as const)
      : ({ connection: 'not_connected', connectionReason: null, nextCheckAt: now } as const)
  const isConcerned =
    direction === 'stopping'
      ? notInArray(integrations.connection, [...KEPT])
      : and(eq(integrations.connection, 'disabled'), eq(integrations.connectionReason, SUSPENDED_REASON))
  return ctx.db
    .update(integrations)
    .set({ ...state, connectionDetail: null, connectionSince: now, updatedAt: now })
    .where(and(eq(integrations.siteId, siteId), eq(integrations.accountId, ctx.actor.accountId), isConcerned))
}

/** Tells one site. Repeating it is harmless. */
async function tellSite(ctx: ServiceContext, siteId: string, direction: Direction): Promise<void> {
  const { accountId } = ctx.actor
  await switchConnection(ctx, siteId, direction)
  await ctx.site(siteId).recheckKeys()
  await rewriteSiteKeys({ ctx, input: { siteId } })
  const rows = await ctx.db
    .select({ id: integrations.id })
    .from(integrations)
    .where(and(eq(integrations.siteId, siteId), eq(integrations.accountId, accountId)))
  for (const { id } of rows) {
    if (direction === 'stopping') await ctx.site(siteId).stop(id)
    else await ctx.site(siteId).scheduleCheck({ accountId, siteId, integrationId: id }, ctx.now())
  }
  await ctx.db
    .update(sites)
    .set({ isSuspended: direction === 'stopping' })
    .where(and(eq(sites.id, siteId), eq(sites.accountId, accountId)))
}

/** How far an account is, once no site is left to be told. It may have been suspended or lifted anew meanwhile. */
const finish = ({ db, actor }: ServiceContext, direction: Direction) =>
  db
    .update(accounts)
    .set({ suspension: direction === 'stopping' ? 'stopped' : null })
    .where(
      and(
        eq(accounts.id, actor.accountId),
        eq(accounts.suspension, direction),
        direction === 'stopping' ? isNotNull(accounts.suspendedAt) : isNull(accounts.suspendedAt),
      ),
    )

/**
 * Tells some sites of the context's account. A site that can't be reached stops it; the cron goes on a minute later.
 * @returns how many were told; 0: all know it
 */
export async function tellSites(ctx: ServiceContext, direction: Direction): Promise<number> {
  const rows = await ctx.db
    .select({ id: sites.id })
    .from(sites)
    .where(and(eq(sites.accountId, ctx.actor.accountId), ne(sites.isSuspended, direction === 'stopping')))
    .orderBy(asc(sites.id))
    .limit(SITES_PER_SLICE)
  for (const { id } of rows) await tellSite(ctx, id, direction)
  if (rows.length < SITES_PER_SLICE) await finish(ctx, direction)
  return rows.length
}

/** Accounts whose sites are being told, the ones of the cron's next slices. */
export async function listUntold({ db }: Pick<ServiceContext, 'db'>, limit: number) {
  const rows = await db
    .select({ id: accounts.id, suspension: accounts.suspension })
    .from(accounts)
    .where(and(isNotNull(accounts.suspension), sql`${accounts.suspension} <> 'stopped'`))
    .limit(limit)
  return rows.flatMap(({ id, suspension }) =>
    suspension === 'stopping' || suspension === 'lifting' ? [{ id, direction: suspension }] : [],
  )
}
