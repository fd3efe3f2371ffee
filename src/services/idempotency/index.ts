import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import * as z from 'zod'
import { idempotencyKeys } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { pruneBefore, type PruneInput } from '../retention/index.ts'
import { pause } from '../../lib/pause.ts'
import { openSecret, sealSecret, type KeyRing } from '../../lib/secrets.ts'

/**
 * What is kept of a response: its status and JSON text (empty for 204) if that is small. Else `id`, the id in the text,
 * by which the answer can be made again; null if it can't.
 */
export const StoredAnswer = z.lazy(() =>
  z.union([
    z.object({ status: z.number().int(), body: z.string().max(MAX_KEPT_CHARS) }),
    z.object({ status: z.number().int(), id: z.string().max(MAX_ID_CHARS).nullable() }),
  ]),
)

export type StoredAnswer = z.infer<typeof StoredAnswer>

/** The longest text that is kept for repeats, so that the table grows by requests and not by what they carry. */
const MAX_KEPT_CHARS = 4_096
const MAX_ID_CHARS = 64

const IdOf = z.lazy(() => z.object({ id: z.string().max(MAX_ID_CHARS) }))

/** What to keep of a response. @param canRepeat whether the route can make its answer again by an id */
export function toStoredAnswer(status: number, body: string, canRepeat: boolean): StoredAnswer {
  if (body.length <= MAX_KEPT_CHARS) return { status, body }
  const named = canRepeat ? IdOf.safeParse(JSON.parse(body)) : undefined
  return { status, id: named?.data?.id ?? null }
}

const rowOf = (id: string) => `idempotency_keys/${id}`

/** Sealed, because some responses have an API key in them. */
const sealAnswer = (ring: KeyRing, id: string, answer: StoredAnswer) =>
  sealSecret(ring, JSON.stringify(answer), rowOf(id))

async function openAnswer(ring: KeyRing, id: string, sealed: string): Promise<StoredAnswer> {
  return StoredAnswer.parse(JSON.parse(await openSecret(ring, sealed, rowOf(id))))
}

/** Longer than any request runs. After it, a repeat takes over the key of a crashed request. */
const LEASE_MS = 60_000
/** After a day a key can be used anew. */
const LIFETIME_MS = 86_400_000
/** How long a repeat waits for the first request. */
const WAIT_MS = 8_000
const POLL_MS = 50

interface ClaimInput {
  /** Hash of actor, route and key. */
  id: string
  /** Hash of the request's body. */
  fingerprint: string
}

/** `claimed`: the caller runs the request and completes it with this lease; `answered`: it ran before. */
type Claim = { kind: 'claimed'; leaseUntil: Date } | { kind: 'answered'; answer: StoredAnswer }

async function tryClaim(ctx: ServiceContext<Actor>, input: ClaimInput): Promise<Date | null> {
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
 * Claims an idempotency key, or waits for the response of the request that holds it.
 * @throws ServiceError `idempotency_key_reused` if the key was used with another body, `request_in_progress` if the
 *   first request is still running after eight seconds
 */
export async function claimIdempotencyKey({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: ClaimInput
}): Promise<Claim> {
  for (let waited = 0; waited <= WAIT_MS; waited += POLL_MS) {
    const leaseUntil = await tryClaim(ctx, input)
    if (leaseUntil) return { kind: 'claimed', leaseUntil }
    const [row] = await ctx.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.id, input.id)).limit(1)
    if (row && row.fingerprint !== input.fingerprint) throw new ServiceError('idempotency_key_reused')
    if (row?.response) return { kind: 'answered', answer: await openAnswer(ctx.config.keyRing, input.id, row.response) }
    await pause(POLL_MS)
  }
  throw new ServiceError('request_in_progress', undefined, { retryAfterS: WAIT_MS / 1000 })
}

interface CompleteInput {
  id: string
  /** The lease of the claim. A request that outlived it must not change the key, which another request holds now. */
  leaseUntil: Date
  /** Null if the request had no effect; the key is free again. */
  answer: StoredAnswer | null
}

/** Completes a claim: stores the response for replays, or frees the key. */
export async function completeRequest({
  ctx,
  input,
}: {
  ctx: ServiceContext<Actor>
  input: CompleteInput
}): Promise<void> {
  const mine = and(
    eq(idempotencyKeys.id, input.id),
    isNull(idempotencyKeys.status),
    eq(idempotencyKeys.leaseUntil, input.leaseUntil),
  )
  if (input.answer === null) {
    await ctx.db.delete(idempotencyKeys).where(mine)
    return
  }
  const response = await sealAnswer(ctx.config.keyRing, input.id, input.answer)
  await ctx.db.update(idempotencyKeys).set({ status: input.answer.status, response }).where(mine)
}

/** Deletes expired keys, oldest first. @returns how many */
export const pruneIdempotencyKeys = (input: PruneInput): Promise<number> =>
  pruneBefore(input, idempotencyKeys, {
    key: idempotencyKeys.id,
    endedAt: idempotencyKeys.expiresAt,
    before: new Date(input.now),
  })
