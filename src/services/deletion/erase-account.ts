/**
 * Erases an account. Nothing is remembered between slices: each finds what is still there, so that a crash at any point
 * only costs a repetition. The order matters:
 * 1. memberships, so that nobody can write any more, with the people who are in no other account. Each is told first, and
 *    stays while the mail provider is away, for a day at most; the other steps don't wait for that;
 * 2. sites, one by one: the object's storage and the keys' copies at the edge first, since the rows in D1 are what we
 *    find them by;
 * 3. the rows of all other tables, the audit log last;
 * 4. after ten minutes all of it again, for what was being written meanwhile; then the account's own row.
 */
import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import {
  accounts,
  apiKeys,
  connectionChanges,
  deletions,
  integrations,
  memberships,
  sites,
  users,
} from '../../db/schema/index.ts'
import { inGroups } from '../api-keys/index.ts'
import type { ServiceContext } from '../context.ts'
import { nameAccount, tellDeleted } from './announce.ts'
import type { ClaimedDeletion } from './claim.ts'
import { erasePerson } from './erase-person.ts'
import { type Progress, startSlice } from './progress.ts'
import { emptyTables } from './tables.ts'

/** Rows deleted by one slice. */
const ROWS_PER_SLICE = 2_000
/** Rows of one query. A slice ends before them if its queries are used up. */
const MEMBERS_PER_PAGE = 10
const SITES_PER_PAGE = 20
const KEYS_PER_PAGE = 50
/** Most queries for a member: their mail, and all that is kept about them. */
const QUERIES_PER_MEMBER = 20
/** Most queries for a site, the removal of its keys' copies included. */
const QUERIES_PER_SITE = KEYS_PER_PAGE + 10

interface Member {
  userId: string
  email: string | null
  isElsewhere: boolean
}

function listMembers({ db }: ServiceContext, accountId: string): Promise<Member[]> {
  const others = sql`(SELECT count(*) FROM memberships AS other WHERE other.user_id = ${memberships.userId}) > 1`
  return db
    .select({
      userId: memberships.userId,
      email: users.email,
      isElsewhere: sql<boolean>`${others}`.mapWith(Boolean),
    })
    .from(memberships)
    .leftJoin(users, eq(users.id, memberships.userId))
    .where(eq(memberships.accountId, accountId))
    .orderBy(asc(memberships.userId))
    .limit(MEMBERS_PER_PAGE)
}

async function eraseMember(ctx: ServiceContext, accountId: string, { userId, isElsewhere }: Member): Promise<void> {
  if (!isElsewhere) return erasePerson(ctx, userId)
  const own = and(eq(memberships.accountId, accountId), eq(memberships.userId, userId))
  await ctx.db.delete(memberships).where(own)
}

/** Erases some members. `wait`: those who are left can't be told now. */
async function eraseMembers(ctx: ServiceContext, row: ClaimedDeletion): Promise<Progress> {
  const accountId = row.subjectId
  const fits = startSlice(ctx)
  const page = await listMembers(ctx, accountId)
  if (page.length === 0) return 'done'
  const what = await nameAccount(ctx, accountId)
  for (const member of page) {
    if (!fits(QUERIES_PER_MEMBER)) return 'more'
    const { userId, email } = member
    if (email !== null && !(await tellDeleted(ctx, row, { userId, email, what }))) return 'wait'
    await eraseMember(ctx, accountId, member)
  }
  return 'more'
}

/** Removes the copies of some of a site's keys at the edge, and then the keys. @returns whether none is left */
async function eraseKeys(ctx: ServiceContext, accountId: string, siteId: string): Promise<boolean> {
  const own = and(eq(apiKeys.siteId, siteId), eq(apiKeys.accountId, accountId))
  const page = await ctx.db.select({ id: apiKeys.id, hash: apiKeys.hash }).from(apiKeys).where(own).limit(KEYS_PER_PAGE)
  await inGroups(page, ({ hash }) => ctx.apiKeys.remove(hash))
  if (page.length === 0) return true
  const ids = page.map(({ id }) => id)
  await ctx.db.delete(apiKeys).where(and(own, inArray(apiKeys.id, ids)))
  return page.length < KEYS_PER_PAGE
}

/** Erases a site, or some of its keys. @returns whether nothing of it is left */
async function eraseSite(ctx: ServiceContext, accountId: string, siteId: string): Promise<boolean> {
  if (!(await eraseKeys(ctx, accountId, siteId))) return false
  await ctx.site(siteId).forget()
  await ctx.db.batch([
    ctx.db
      .delete(connectionChanges)
      .where(and(eq(connectionChanges.siteId, siteId), eq(connectionChanges.accountId, accountId))),
    ctx.db.delete(integrations).where(and(eq(integrations.siteId, siteId), eq(integrations.accountId, accountId))),
    ctx.db.delete(sites).where(and(eq(sites.id, siteId), eq(sites.accountId, accountId))),
  ])
  // whoever read the site just before could have woken its object
  await ctx.site(siteId).forget()
  return true
}

/** The account's sites; once there are none, those that only a row of another table still names. */
async function listSites({ db }: ServiceContext, accountId: string): Promise<string[]> {
  const own = await db
    .select({ id: sites.id })
    .from(sites)
    .where(eq(sites.accountId, accountId))
    .orderBy(asc(sites.id))
    .limit(SITES_PER_PAGE)
  if (own.length > 0) return own.map(({ id }) => id)
  const orphans = await db.all<{ id: string }>(
    sql`SELECT site_id AS id FROM integrations WHERE account_id = ${accountId}
      UNION SELECT site_id FROM api_keys WHERE account_id = ${accountId}
      UNION SELECT site_id FROM connection_changes WHERE account_id = ${accountId} LIMIT ${SITES_PER_PAGE}`,
  )
  return orphans.map(({ id }) => id)
}

/** Erases some sites, with what names them. @returns whether there were none */
async function eraseSites(ctx: ServiceContext, accountId: string): Promise<boolean> {
  const fits = startSlice(ctx)
  const ids = await listSites(ctx, accountId)
  for (const id of ids) {
    if (!fits(QUERIES_PER_SITE) || !(await eraseSite(ctx, accountId, id))) return false
  }
  return ids.length === 0
}

/** Erases a slice of an account; `done` if nothing was left to erase but its own row. */
export async function eraseAccountSlice(ctx: ServiceContext, row: ClaimedDeletion): Promise<Progress> {
  const members = await eraseMembers(ctx, row)
  if (members === 'more') return 'more'
  const isEmpty =
    (await eraseSites(ctx, row.subjectId)) && (await emptyTables(ctx, row.subjectId, ROWS_PER_SLICE)) === 0
  if (members === 'wait') return 'wait'
  return isEmpty ? 'done' : 'more'
}

/** Removes the account's own row and the request to delete it. */
export async function eraseAccountRow({ db }: ServiceContext, accountId: string): Promise<void> {
  await db.batch([
    db.delete(accounts).where(eq(accounts.id, accountId)),
    db.delete(deletions).where(eq(deletions.subjectId, accountId)),
  ])
}
