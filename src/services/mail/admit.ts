/**
 * What keeps mail from being used against its recipients. Before a mail leaves, three things are asked about its address,
 * whichever account it comes from:
 *
 * - Is it on a list? Who unsubscribed gets no invitations; where mail came back, none is sent for a week.
 * - Does an unverified person have it? Then it may be a stranger's, and gets only what its owner can act on.
 * - Has it had enough? Mails that anybody can cause share one budget of 20 a day, and those with a link to prove the
 *   address one of 5 an hour; notices, which their recipient asked for, have one of 200 a day. Security mail has none:
 *   else whoever exhausts it could change a password unseen. Nobody but the account's own sessions can cause it.
 *
 * One row per address and budget, gone when the budget is full again.
 */
import { and, eq, gt, sql } from 'drizzle-orm'
import type { Config } from '../../config.ts'
import type { Db } from '../../db/client.ts'
import { mailLimits, mailSuppressions, users } from '../../db/schema/index.ts'
import { failure, type Outcome } from '../channels/outcome.ts'
import { addressKey } from './address.ts'
import type { MailKind, MailLocale } from './kinds.ts'

export interface MailContext {
  db: Db
  config: Config
  now: () => number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Most mails per address and window. */
export const MAIL_BUDGETS = {
  proofs: { most: 5, windowMs: HOUR_MS },
  strangers: { most: 20, windowMs: DAY_MS },
  notices: { most: 200, windowMs: DAY_MS },
} as const
type Budget = keyof typeof MAIL_BUDGETS

/** What each kind is charged to. A kind that isn't here is security mail. */
const CHARGED: Partial<Record<MailKind, readonly Budget[]>> = {
  verify_email: ['proofs', 'strangers'],
  reset_password: ['proofs', 'strangers'],
  confirm_new_email: ['proofs', 'strangers'],
  invitation: ['strangers'],
  connection_changed: ['notices'],
  endpoint_failing: ['notices'],
}

/** What an address gets before its owner has verified it: proofs, and invitations, which name whoever sent them. */
const TO_UNVERIFIED: ReadonlySet<MailKind> = new Set([
  'verify_email',
  'reset_password',
  'confirm_new_email',
  'invitation',
])

const refuse = (code: 'email_suppressed' | 'email_unverified' | 'email_limited', detail: string) =>
  failure(code, detail, { isFinal: true })

/** Takes one mail from a budget, in one statement, so that mails at once share it. @returns whether there was one */
async function take({ db, now }: MailContext, address: string, budget: Budget): Promise<boolean> {
  const { most, windowMs } = MAIL_BUDGETS[budget]
  const at = now()
  const isOver = sql`${mailLimits.expiresAt} <= ${at}`
  const expiresAt = new Date(at + windowMs)
  const taken = await db
    .insert(mailLimits)
    .values({ address, budget, count: 1, expiresAt })
    .onConflictDoUpdate({
      target: [mailLimits.address, mailLimits.budget],
      set: {
        count: sql`CASE WHEN ${isOver} THEN 1 ELSE ${mailLimits.count} + 1 END`,
        expiresAt: sql`CASE WHEN ${isOver} THEN ${expiresAt.getTime()} ELSE ${mailLimits.expiresAt} END`,
      },
      setWhere: sql`${isOver} OR ${mailLimits.count} < ${most}`,
    })
    .returning({ count: mailLimits.count })
  return taken.length > 0
}

/** Whether a mail may go to an address, and in which language. Charges the budgets of its kind. */
export async function admitMail(
  ctx: MailContext,
  { to, kind }: { to: string; kind: MailKind },
): Promise<{ refused: Outcome | null; locale: MailLocale | null }> {
  const address = await addressKey(ctx.config, to)
  const isCurrent = gt(mailSuppressions.expiresAt, new Date(ctx.now()))
  const [lists, [person]] = await ctx.db.batch([
    ctx.db
      .select({ list: mailSuppressions.list })
      .from(mailSuppressions)
      .where(and(eq(mailSuppressions.address, address), isCurrent)),
    ctx.db
      .select({ isVerified: users.emailVerified, locale: users.locale })
      .from(users)
      .where(eq(users.email, to.toLowerCase()))
      .limit(1),
  ])
  const locale = person?.locale ?? null
  const isListed = lists.some(({ list }) => list === 'all' || kind === 'invitation')
  if (isListed) return { refused: refuse('email_suppressed', 'The address takes no such e-mail.'), locale }
  if (person && !person.isVerified && !TO_UNVERIFIED.has(kind))
    return { refused: refuse('email_unverified', 'The address is not verified.'), locale }
  for (const budget of CHARGED[kind] ?? []) {
    if (!(await take(ctx, address, budget)))
      return { refused: refuse('email_limited', 'The address has had too many e-mails.'), locale }
  }
  return { refused: null, locale }
}
