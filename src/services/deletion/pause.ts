/**
 * Switches the sites of an account off while it waits to be deleted, and on again if that is cancelled. A site remembers
 * that it was switched off for this (`pause`): `stopping` is written before the work and `stopped` after it, so that a
 * crash in between is made up for, and a site that its owner had switched off stays off.
 */
import { and, asc, eq, isNotNull, isNull, or } from 'drizzle-orm'
import { sites } from '../../db/schema/index.ts'
import type { ServiceContext } from '../context.ts'
import { updateSite } from '../sites/index.ts'

const SITES_PER_SLICE = 20

const inAccount = (accountId: string) => eq(sites.accountId, accountId)

async function listSites({ db }: ServiceContext, condition: ReturnType<typeof and>): Promise<string[]> {
  const rows = await db
    .select({ id: sites.id })
    .from(sites)
    .where(condition)
    .orderBy(asc(sites.id))
    .limit(SITES_PER_SLICE)
  return rows.map(({ id }) => id)
}

const setPause = ({ db }: ServiceContext, siteId: string, pause: 'stopping' | 'stopped' | null) =>
  db.update(sites).set({ pause }).where(eq(sites.id, siteId))

/** Switches some sites off. @returns whether none is left */
export async function pauseSlice(ctx: ServiceContext, accountId: string): Promise<boolean> {
  const running = and(eq(sites.isActive, true), isNull(sites.pause))
  const ids = await listSites(ctx, and(inAccount(accountId), or(running, eq(sites.pause, 'stopping'))))
  for (const siteId of ids) {
    await setPause(ctx, siteId, 'stopping')
    await updateSite({ ctx, input: { siteId, is_active: false } })
    await setPause(ctx, siteId, 'stopped')
  }
  return ids.length < SITES_PER_SLICE
}

/** Switches some sites on again. @returns whether none is left */
export async function resumeSlice(ctx: ServiceContext, accountId: string): Promise<boolean> {
  const ids = await listSites(ctx, and(inAccount(accountId), isNotNull(sites.pause)))
  for (const siteId of ids) {
    await updateSite({ ctx, input: { siteId, is_active: true } })
    await setPause(ctx, siteId, null)
  }
  return ids.length < SITES_PER_SLICE
}
