/** The rows of codes: made by a person's yes, claimed by one exchange. */
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { CODE_LIFETIME_S } from '../../contract/connect.ts'
import { insertWhile } from '../../db/insert-while.ts'
import { accounts, connectCodes, memberships, sites, users } from '../../db/schema/index.ts'
import { toBase64Url } from '../../lib/base64.ts'
import { equalInConstantTime, hmacSha256Hex } from '../../lib/hmac.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { siteExists } from '../tenant.ts'

export type CodeRow = typeof connectCodes.$inferSelect

const CODE_BYTES = 32

/** The name under which a code is stored. */
export const hashCode = ({ config }: Pick<ServiceContext<Actor>, 'config'>, code: string): Promise<string> =>
  hmacSha256Hex(config.apiKeyPepper, `igny8:connect-code:v1\n${code}`)

export const createCode = (): string => toBase64Url(crypto.getRandomValues(new Uint8Array(CODE_BYTES)))

/** Whether a challenge was made of a verifier, as RFC 7636 says for S256. */
export async function isMadeOf(challenge: string, verifier: string): Promise<boolean> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return equalInConstantTime(toBase64Url(new Uint8Array(digest)), challenge)
}

/** The statement that stores a code in the place of the site's last one, while the site exists. */
export function putCode({ db }: Pick<ServiceContext, 'db'>, row: CodeRow) {
  const site = siteExists({ db }, { id: row.siteId, accountId: row.accountId })
  return insertWhile(db, connectCodes, row, site)
    .onConflictDoUpdate({ target: connectCodes.siteId, set: row })
    .returning({ siteId: connectCodes.siteId })
}

export const expiryOf = (now: number): Date => new Date(now + CODE_LIFETIME_S * 1000)

/** A code with what its exchange depends on as it is now: the site, the account, and the person who said yes. */
export async function findCode(ctx: ServiceContext<Actor>, code: string) {
  // no tenant filter: the code tells us the tenant; its verifier is asked for before anything is told or done
  const [found] = await ctx.db
    .select({
      row: connectCodes,
      siteName: sites.name,
      accountName: accounts.name,
      role: memberships.role,
      isActive: users.isActive,
    })
    .from(connectCodes)
    .innerJoin(sites, and(eq(sites.id, connectCodes.siteId), eq(sites.accountId, connectCodes.accountId)))
    .innerJoin(accounts, eq(accounts.id, connectCodes.accountId))
    .leftJoin(
      memberships,
      and(eq(memberships.accountId, connectCodes.accountId), eq(memberships.userId, connectCodes.approvedBy)),
    )
    .leftJoin(users, eq(users.id, connectCodes.approvedBy))
    .where(eq(connectCodes.codeHash, await hashCode(ctx, code)))
    .limit(1)
  return found ?? null
}

/** Uses a code up. Of any number of requests at once it is true for one. */
export async function claimCode(ctx: ServiceContext<Actor>, row: CodeRow): Promise<boolean> {
  const now = new Date(ctx.now())
  const claimed = await ctx.db
    .update(connectCodes)
    .set({ usedAt: now })
    .where(
      and(
        eq(connectCodes.siteId, row.siteId),
        eq(connectCodes.accountId, row.accountId),
        eq(connectCodes.codeHash, row.codeHash),
        isNull(connectCodes.usedAt),
        gt(connectCodes.expiresAt, now),
      ),
    )
    .returning({ siteId: connectCodes.siteId })
  return claimed.length > 0
}

/** Holds once this code is stored. For the record of the person's yes. */
export const isStored = ({ codeHash, accountId }: CodeRow) =>
  sql`EXISTS (SELECT 1 FROM ${connectCodes} WHERE ${connectCodes.codeHash} = ${codeHash} AND ${connectCodes.accountId} = ${accountId})`
