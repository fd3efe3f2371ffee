/**
 * Guessing one account's password. Each failed attempt is charged to the account (the e-mail address, whether or not
 * somebody has it) and to where it came from, and each place waits for itself:
 *
 * - A *stranger* is a network: an IPv4 address or an IPv6 /64. Five attempts are free; then each failure doubles the wait,
 *   from 4 s to 15 minutes. The wait runs from that network's own last attempt, so nobody can move another's. When all
 *   strangers together have failed often within a day, an attempt costs every network more, up to an hour; the first
 *   attempt of a network stays free. So a botnet gets few guesses per address, and an owner who comes from a new place
 *   while they are at it gets in with the right password at once, or after one mistake and one wait.
 * - A *known device* has signed in to this account before and has a signed cookie that says so. It has a count and a wait of
 *   its own, and nothing that strangers do reaches it.
 *
 * A wait is never for good: with the right password after `Retry-After`, everybody gets in. An attempt during a wait is
 * refused unread, and does not lengthen it.
 *
 * The attempt is counted before the password is checked, in one statement, and taken back when it was right: else many at
 * once would all be the first. After ten failures of strangers the owner gets a mail, once a day at most.
 *
 * Rows hold keyed hashes alone and are gone a day after their last attempt (the one of all strangers after two). An
 * address writes no more of them than its rate limit allows.
 */
import { and, eq, gt, inArray, isNull, lt, or, sql, asc } from 'drizzle-orm'
import type { Db } from '../../db/client.ts'
import { signInAttempts, users } from '../../db/schema/index.ts'
import { hmacSha256Hex } from '../../lib/hmac.ts'
import { networkOf } from '../../lib/network.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { sendMail } from '../mail/index.ts'
import { issueDevice, readDevice } from './devices.ts'

const DAY_MS = 86_400_000
const FREE_ATTEMPTS = 5
const FIRST_WAIT_MS = 4_000
const LONGEST_WAIT_MS = 15 * 60_000
/** What an attempt costs a stranger at least, by the failures of all strangers within a day. */
const FLOORS = [
  { failures: 1_000, waitMs: 3_600_000 },
  { failures: 200, waitMs: 15 * 60_000 },
  { failures: 50, waitMs: 60_000 },
] as const
/** Failures of strangers after which the owner is told. */
const TOLD_AFTER = 10
/** The row of all strangers together. */
const EVERYBODY = '*'

type AttemptContext = Pick<ServiceContext<Actor>, 'db' | 'config' | 'now' | 'background'>

/** An attempt under way, to be ended by {@link endAttempt}. */
export interface Attempt {
  email: string
  subject: string
  source: string
  isKnownDevice: boolean
}

const keyed = ({ config }: Pick<AttemptContext, 'config'>, text: string) => hmacSha256Hex(config.sessionSecret, text)

/** The name under which the attempts on an address are counted. */
export const attemptSubject = (ctx: Pick<ServiceContext<Actor>, 'config'>, email: string) =>
  keyed(ctx, `attempt:${email.trim().toLowerCase()}`)

async function sourceOf(ctx: AttemptContext, email: string, headers: Headers) {
  const device = await readDevice(ctx, email, headers)
  if (device !== null) return { source: `device:${device}`, isKnownDevice: true }
  const network = networkOf(headers.get('cf-connecting-ip') ?? 'unknown')
  return { source: await keyed(ctx, `attempt-network:${network}`), isKnownDevice: false }
}

const refuse = (waitMs: number) => new ServiceError('too_many_attempts', undefined, { retryAfterS: waitMs / 1000 })

/** Counts one attempt of a place, unless it has to wait. @returns whether it was counted */
async function count({ db, now }: AttemptContext, { subject, source }: Attempt, floorMs: number): Promise<boolean> {
  const at = now()
  const isForgotten = sql`${signInAttempts.resetsAt} <= ${at}`
  const next = sql`(CASE WHEN ${isForgotten} THEN 1 ELSE ${signInAttempts.failures} + 1 END)`
  const doubled = sql`min(${LONGEST_WAIT_MS}, ${FIRST_WAIT_MS} << min(20, ${next} - ${FREE_ATTEMPTS + 1}))`
  const wait = sql`max(${floorMs}, CASE WHEN ${next} <= ${FREE_ATTEMPTS} THEN 0 ELSE ${doubled} END)`
  const later = new Date(at + DAY_MS)
  const counted = await db
    .insert(signInAttempts)
    .values({
      subject,
      source,
      failures: 1,
      waitUntil: new Date(at + floorMs),
      resetsAt: later,
      expiresAt: later,
    })
    .onConflictDoUpdate({
      target: [signInAttempts.subject, signInAttempts.source],
      set: { failures: next, waitUntil: sql`${at} + ${wait}`, resetsAt: later, expiresAt: later },
      setWhere: sql`${isForgotten} OR ${signInAttempts.waitUntil} <= ${at}`,
    })
    .returning({ failures: signInAttempts.failures })
  return counted.length > 0
}

/**
 * Counts an attempt before the password is checked.
 * @throws ServiceError `too_many_attempts` with the wait, in which the password must not be checked
 */
export async function beginAttempt({
  ctx,
  input: { email, headers },
}: {
  ctx: AttemptContext
  input: { email: string; headers: Headers }
}): Promise<Attempt> {
  const address = email.trim().toLowerCase()
  const subject = await attemptSubject(ctx, address)
  const attempt = { email: address, subject, ...(await sourceOf(ctx, address, headers)) }
  const now = new Date(ctx.now())
  const rows = await ctx.db
    .select()
    .from(signInAttempts)
    .where(
      and(
        eq(signInAttempts.subject, subject),
        inArray(signInAttempts.source, [attempt.source, EVERYBODY]),
        gt(signInAttempts.resetsAt, now),
      ),
    )
  const own = rows.find(({ source }) => source === attempt.source)
  const waitMs = (own?.waitUntil.getTime() ?? 0) - now.getTime()
  if (waitMs > 0) throw refuse(waitMs)
  const strangers = rows.find(({ source }) => source === EVERYBODY)?.failures ?? 0
  const floor = attempt.isKnownDevice ? undefined : FLOORS.find(({ failures }) => strangers >= failures)
  if (!(await count(ctx, attempt, floor?.waitMs ?? 0))) throw refuse(FIRST_WAIT_MS)
  return attempt
}

/** Counts a failure of all strangers within a day, and tells the owner when there are many. */
async function countForAll(ctx: AttemptContext, { email, subject }: Attempt): Promise<void> {
  const at = ctx.now()
  const isForgotten = sql`${signInAttempts.resetsAt} <= ${at}`
  const expiresAt = new Date(at + 2 * DAY_MS)
  const [all] = await ctx.db
    .insert(signInAttempts)
    .values({
      subject,
      source: EVERYBODY,
      failures: 1,
      waitUntil: new Date(at),
      resetsAt: new Date(at + DAY_MS),
      expiresAt,
    })
    .onConflictDoUpdate({
      target: [signInAttempts.subject, signInAttempts.source],
      set: {
        failures: sql`CASE WHEN ${isForgotten} THEN 1 ELSE ${signInAttempts.failures} + 1 END`,
        resetsAt: sql`CASE WHEN ${isForgotten} THEN ${at + DAY_MS} ELSE ${signInAttempts.resetsAt} END`,
        expiresAt,
      },
    })
    .returning({ failures: signInAttempts.failures, toldAt: signInAttempts.toldAt })
  const isTold = (all?.toldAt?.getTime() ?? 0) > at - DAY_MS
  if (!all || all.failures < TOLD_AFTER || isTold) return
  await tellOwner(ctx, { email, subject, failures: all.failures })
}

/** Tells the owner, once a day: of two attempts at once, one marks the row. */
async function tellOwner(ctx: AttemptContext, of: { email: string; subject: string; failures: number }): Promise<void> {
  const at = ctx.now()
  const isUntold = or(isNull(signInAttempts.toldAt), lt(signInAttempts.toldAt, new Date(at - DAY_MS + 1)))
  const marked = await ctx.db
    .update(signInAttempts)
    .set({ toldAt: new Date(at) })
    .where(and(eq(signInAttempts.subject, of.subject), eq(signInAttempts.source, EVERYBODY), isUntold))
    .returning({ failures: signInAttempts.failures })
  if (marked.length === 0) return
  const isOwner = and(eq(users.email, of.email), eq(users.isActive, true))
  const [owner] = await ctx.db.select({ email: users.email }).from(users).where(isOwner).limit(1)
  if (!owner) return
  const params = { count: String(of.failures), link: `${ctx.config.publicUrl}/account` }
  await sendMail({ ctx, input: { to: owner.email, kind: 'sign_in_attempts', params } })
}

/**
 * Ends an attempt. Right: it is forgotten, and so are the failures before it from there. Wrong: strangers count it
 * together, after the answer, so that the time says nothing about the address.
 * @returns the `Set-Cookie` by which the device is known from now on; null after a wrong attempt
 */
export async function endAttempt({
  ctx,
  input: { attempt, isRight },
}: {
  ctx: AttemptContext
  input: { attempt: Attempt; isRight: boolean }
}): Promise<string | null> {
  const { email, subject, source, isKnownDevice } = attempt
  if (!isRight) {
    if (!isKnownDevice) ctx.background(countForAll(ctx, attempt))
    return null
  }
  const isIt = and(eq(signInAttempts.subject, subject), eq(signInAttempts.source, source))
  await ctx.db.delete(signInAttempts).where(isIt)
  return issueDevice(ctx, email)
}

/** Deletes attempts that are forgotten, oldest first. @returns how many */
export async function pruneSignInAttempts({ db, now, limit }: { db: Db; now: number; limit: number }): Promise<number> {
  const old = db
    .select({ subject: signInAttempts.subject, source: signInAttempts.source })
    .from(signInAttempts)
    .where(lt(signInAttempts.expiresAt, new Date(now)))
    .orderBy(asc(signInAttempts.expiresAt))
    .limit(limit)
  const pruned = await db
    .delete(signInAttempts)
    .where(sql`(${signInAttempts.subject}, ${signInAttempts.source}) IN (${old})`)
    .returning({ source: signInAttempts.source })
  return pruned.length
}
