/**
 * Erases an account. Nothing is remembered between slices: each finds what is still there, so that a crash at any point
 * only costs a repetition. The order matters:
 * 1. memberships, so that nobody can write any more, with the people who are in no other account;
 * 2. sites, one by one: the object's storage and the keys' copies at the edge first, since the rows in D1 are what we
 *    find them by;
 * 3. the rows of all other tables, the audit log last;
 * 4. after ten minutes all of it again, for what was being written meanwhile; then the account's own row.
 */
import { and, asc, count, eq, inArray } from 'drizzle-orm'
import {
  accounts,
  apiKeys,
  connectionChanges,
  deletions,
  integrations,
  memberships,
  sites,
} from '../../db/schema/index.ts'
import { inGroups } from '../api-keys/index.ts'
import type { ServiceContext } from '../context.ts'
import { addressOf, nameAccount, tellFormerMember } from './announce.ts'
import { erasePerson } from './erase-person.ts'
import { emptyTables } from './tables.ts'

/** Rows deleted by one slice. */
const ROWS_PER_SLICE = 2_000
const SITES_PER_SLICE = 20
const MEMBERS_PER_SLICE = 20
/** Keys read at once. */
const KEYS_PER_PAGE = 100

async function isElsewhere({ db }: ServiceContext, userId: string): Promise<boolean> {
  const [row] = await db.select({ n: count() }).from(memberships).where(eq(memberships.userId, userId))
  return (row?.n ?? 0) > 1
}

/** Erases some members. @returns how many there were */
async function eraseMembers(ctx: ServiceContext, accountId: string): Promise<number> {
  const rows = await ctx.db
    .select({ userId: memberships.userId })
    .from(memberships)
    .where(eq(memberships.accountId, accountId))
    .orderBy(asc(memberships.userId))
    .limit(MEMBERS_PER_SLICE)
  const name = rows.length > 0 ? await nameAccount(ctx, accountId) : ''
  for (const { userId } of rows) {
    const email = await addressOf(ctx, userId)
    if (await isElsewhere(ctx, userId)) {
      const own = and(eq(memberships.accountId, accountId), eq(memberships.userId, userId))
      await ctx.db.delete(memberships).where(own)
    } else await erasePerson(ctx, userId)
    if (email !== null) ctx.background(tellFormerMember(ctx, email, name))
  }
  return rows.length
}

/** Removes the copies of a site's keys at the edge. */
async function removeKeyCopies(ctx: ServiceContext, siteId: string): Promise<void> {
  for (let offset = 0; ; offset += KEYS_PER_PAGE) {
    const page = await ctx.db
      .select({ hash: apiKeys.hash })
      .from(apiKeys)
      .where(eq(apiKeys.siteId, siteId))
      .orderBy(asc(apiKeys.createdAt), asc(apiKeys.id))
      .limit(KEYS_PER_PAGE)
      .offset(offset)
    await inGroups(page, ({ hash }) => ctx.apiKeys.remove(hash))
    if (page.length < KEYS_PER_PAGE) return
  }
}

async function eraseSite(ctx: ServiceContext, accountId: string, siteId: string): Promise<void> {
  await removeKeyCopies(ctx, siteId)
  await ctx.site(siteId).forget()
  const ofSite = and(eq(integrations.siteId, siteId), eq(integrations.accountId, accountId))
  const own = ctx.db.select({ id: integrations.id }).from(integrations).where(ofSite)
  await ctx.db.batch([
    ctx.db.delete(connectionChanges).where(inArray(connectionChanges.integrationId, own)),
    ctx.db.delete(integrations).where(ofSite),
    ctx.db.delete(apiKeys).where(and(eq(apiKeys.siteId, siteId), eq(apiKeys.accountId, accountId))),
    ctx.db.delete(sites).where(and(eq(sites.id, siteId), eq(sites.accountId, accountId))),
  ])
  // whoever read the site just before could have woken its object
  await ctx.site(siteId).forget()
}

/** Erases some sites. @returns how many there were */
async function eraseSites(ctx: ServiceContext, accountId: string): Promise<number> {
  const rows = await ctx.db
    .select({ id: sites.id })
    .from(sites)
    .where(eq(sites.accountId, accountId))
    .orderBy(asc(sites.id))
    .limit(SITES_PER_SLICE)
  for (const { id } of rows) await eraseSite(ctx, accountId, id)
  return rows.length
}

/** Erases a slice of an account. @returns whether nothing was left to erase but its own row */
export async function eraseAccountSlice(ctx: ServiceContext, accountId: string): Promise<boolean> {
  if ((await eraseMembers(ctx, accountId)) > 0) return false
  if ((await eraseSites(ctx, accountId)) > 0) return false
  return (await emptyTables(ctx.db, accountId, ROWS_PER_SLICE)) === 0
}

/** Removes the account's own row and the request to delete it. */
export async function eraseAccountRow({ db }: ServiceContext, accountId: string): Promise<void> {
  await db.batch([
    db.delete(accounts).where(eq(accounts.id, accountId)),
    db.delete(deletions).where(eq(deletions.subjectId, accountId)),
  ])
}
