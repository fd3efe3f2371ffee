import { and, eq, isNull } from 'drizzle-orm'
import { idempotencyKeys } from '../../db/schema/index.ts'
import type { Actor, Context } from '../context.ts'
import { sealAnswer, type StoredAnswer } from './answer.ts'

interface CompleteInput {
  id: string
  /** As it was claimed: a request that ran past its lease neither answers nor frees the key of the one after it. */
  leaseUntil: Date
  /** Null: the request had no effect, so that the key is free again. */
  answer: StoredAnswer | null
}

/** Ends a claim with the answer to replay, or gives the key back. */
export async function completeRequest({ ctx, input }: { ctx: Context<Actor>; input: CompleteInput }): Promise<void> {
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
