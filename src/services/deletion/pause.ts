/**
 * Switches the sites of an account off while it waits to be deleted, and on again if that is cancelled. A site remembers
 * that it was switched off for this (`pause`): `stopping` is written before the work and `stopped` after it, so that a
 * crash in between is made up for, and a site that its owner had switched off stays off.
 */
import { and, asc, eq, isNotNull, isNull, or } from 'drizzle-orm'
import { sites } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { updateSite } from '../sites/index.ts'
import { type Progress, startSlice } from './progress.ts'

/** Rows of one query. A slice ends before them if its queries are used up. */
const SITES_PER_PAGE = 20
/** Queries for a site: the change, its record, sealing that, and some keys' copies at the edge. */
const QUERIES_PER_SITE = 30

const inAccount = (accountId: string) => eq(sites.accountId, accountId)

async function listSites({ db }: ServiceContext, condition: ReturnType<typeof and>): Promise<string[]> {
  const rows = await db
    .select({ id: sites.id })
    .from(sites)
    .where(condition)
    .orderBy(asc(sites.id))
    .limit(SITES_PER_PAGE)
  return rows.map(({ id }) => id)
}

const setPause = ({ db }: ServiceContext, siteId: string, pause: 'stopping' | 'stopped' | null) =>
  db.update(sites).set({ pause }).where(eq(sites.id, siteId))

/** Switches some sites off. */
export async function pauseSlice(ctx: ServiceContext, accountId: string): Promise<Progress> {
  const fits = startSlice(ctx)
  const running = and(eq(sites.isActive, true), isNull(sites.pause))
  const ids = await listSites(ctx, and(inAccount(accountId), or(running, eq(sites.pause, 'stopping'))))
  for (const siteId of ids) {
    if (!fits(QUERIES_PER_SITE)) break
    await setPause(ctx, siteId, 'stopping')
    await updateSite({ ctx, input: { siteId, is_active: false } })
    await setPause(ctx, siteId, 'stopped')
  }
  return ids.length === 0 ? 'done' : 'more'
}

/** Switches some sites on again. */
export async function resumeSlice(ctx: ServiceContext, accountId: string): Promise<Progress> {
  const fits = startSlice(ctx)
  const ids = await listSites(ctx, and(inAccount(accountId), isNotNull(sites.pause)))
  for (const siteId of ids) {
    if (!fits(QUERIES_PER_SITE)) break
    await updateSite({ ctx, input: { siteId, is_active: true } })
    await setPause(ctx, siteId, null)
  }
  return ids.length === 0 ? 'done' : 'more'
}
