import { and, asc, eq, gt, inArray, lt } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { mailLimits, mailSuppressions } from '../../db/schema/index.ts'
import { addressKey } from './address.ts'
import type { MailContext } from './admit.ts'

const DAY_MS = 86_400_000

/** For how long an address stays on a list. Who wants no invitations is asked again after two years at the earliest. */
export const SUPPRESSED_FOR_MS = { invitations: 730 * DAY_MS, all: 7 * DAY_MS } as const
type List = keyof typeof SUPPRESSED_FOR_MS

/** Puts an address, by its key, on a list. */
export async function suppressKey({ db, now }: MailContext, address: string, list: List): Promise<void> {
  const expiresAt = new Date(now() + SUPPRESSED_FOR_MS[list])
  await db
    .insert(mailSuppressions)
    .values({ address, list, expiresAt })
    .onConflictDoUpdate({ target: [mailSuppressions.address, mailSuppressions.list], set: { expiresAt } })
}

/** Sends nothing to an address for a week, after the provider said that mail comes back from it. */
export const suppressAddress = async (ctx: MailContext, address: string) =>
  suppressKey(ctx, await addressKey(ctx.config, address), 'all')

const isOn = (address: string, list: List) =>
  and(eq(mailSuppressions.address, address), eq(mailSuppressions.list, list))

export async function isSuppressed({ db, now }: MailContext, address: string, list: List): Promise<boolean> {
  const found = await db
    .select({ list: mailSuppressions.list })
    .from(mailSuppressions)
    .where(and(isOn(address, list), gt(mailSuppressions.expiresAt, new Date(now()))))
    .limit(1)
  return found.length > 0
}

export async function releaseKey({ db }: MailContext, address: string, list: List): Promise<void> {
  await db.delete(mailSuppressions).where(isOn(address, list))
}

/** Deletes limits and suppressions that are over, oldest first. @returns how many */
export async function pruneMail({ db, now, limit }: { db: Db; now: number; limit: number }): Promise<number> {
  const before = new Date(now)
  const limits = db
    .select({ address: mailLimits.address })
    .from(mailLimits)
    .where(lt(mailLimits.expiresAt, before))
    .orderBy(asc(mailLimits.expiresAt))
    .limit(limit)
  const suppressions = db
    .select({ address: mailSuppressions.address })
    .from(mailSuppressions)
    .where(lt(mailSuppressions.expiresAt, before))
    .orderBy(asc(mailSuppressions.expiresAt))
    .limit(limit)
  const [counts, lists] = await db.batch([
    db
      .delete(mailLimits)
      .where(and(inArray(mailLimits.address, limits), lt(mailLimits.expiresAt, before)))
      .returning({ address: mailLimits.address }),
    db
      .delete(mailSuppressions)
      .where(and(inArray(mailSuppressions.address, suppressions), lt(mailSuppressions.expiresAt, before)))
      .returning({ address: mailSuppressions.address }),
  ])
  return counts.length + lists.length
}
