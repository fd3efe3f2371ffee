import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { idempotencyKeys } from '../../db/schema/index.ts'
import type { Actor, Context } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { openAnswer, type StoredAnswer } from './answer.ts'

/** A crashed request's key can be taken over after this. Longer than any request runs. */
const LEASE_MS = 60_000
/** A key is new again after a day. */
const LIFETIME_MS = 86_400_000
/** How long a repeat waits for the first request before it is told to come again. */
const WAIT_MS = 8_000
const POLL_MS = 50

interface ClaimInput {
  /** Hash of actor, route and key. */
  id: string
  /** Hash of the request's body. */
  fingerprint: string
}

/** `mine`: the caller runs the request, and settles the key with this lease; `answered`: it ran before. */
export type Claim = { kind: 'mine'; leaseUntil: Date } | { kind: 'answered'; answer: StoredAnswer }

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function tryClaim(ctx: Context<Actor>, input: ClaimInput): Promise<Date | null> {
  const now = ctx.now()
  const fresh = {
    fingerprint: input.fingerprint,
    status: null,
    response: null,
    leaseUntil: new Date(now + LEASE_MS),
    expiresAt: new Date(now + LIFETIME_MS),
  }
  const crashed = and(
    isNull(idempotencyKeys.status),
    lt(idempotencyKeys.leaseUntil, new Date(now)),
    eq(idempotencyKeys.fingerprint, input.fingerprint),
  )
  const claimed = await ctx.db
    .insert(idempotencyKeys)
    .values({ id: input.id, accountId: 'accountId' in ctx.actor ? ctx.actor.accountId : '', ...fresh })
    .onConflictDoUpdate({
      target: idempotencyKeys.id,
      set: fresh,
      setWhere: or(lt(idempotencyKeys.expiresAt, new Date(now)), crashed) ?? sql`false`,
    })
    .returning({ id: idempotencyKeys.id })
  return claimed.length === 1 ? fresh.leaseUntil : null
}

/**
 * Claims an idempotency key, or waits for the answer of the request that holds it.
 * @throws ServiceError `idempotency_key_reused` when the key belongs to another body, `request_in_progress` when the
 *   first request is still running after eight seconds
 */
export async function claimIdempotencyKey({ ctx, input }: { ctx: Context<Actor>; input: ClaimInput }): Promise<Claim> {
  for (let waited = 0; waited <= WAIT_MS; waited += POLL_MS) {
    const leaseUntil = await tryClaim(ctx, input)
    if (leaseUntil) return { kind: 'mine', leaseUntil }
    const [row] = await ctx.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.id, input.id)).limit(1)
    if (row && row.fingerprint !== input.fingerprint) throw new ServiceError('idempotency_key_reused')
    if (row?.response) return { kind: 'answered', answer: await openAnswer(ctx.config.keyRing, input.id, row.response) }
    await pause(POLL_MS)
  }
  throw new ServiceError('request_in_progress', undefined, { retryAfterS: WAIT_MS / 1000 })
}
