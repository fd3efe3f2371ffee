import { and, eq, isNull, lt, or } from 'drizzle-orm'
import { apiKeys } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import type { Actor, Context } from '../context.ts'

const SAMPLE_MS = 3_600_000
const MAX_REMEMBERED = 10_000

/** When this isolate last recorded a key's use, by key id. */
const recorded = new Map<string, number>()

type UseContext = Pick<Context<Actor>, 'db' | 'now'>

async function writeUse(ctx: UseContext, keyId: string, now: number): Promise<void> {
  const isOlder = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, new Date(now - SAMPLE_MS)))
  try {
    await ctx.db
      .update(apiKeys)
      .set({ lastUsedAt: new Date(now) })
      .where(and(eq(apiKeys.id, keyId), isOlder))
  } catch (cause) {
    recorded.delete(keyId)
    log.warn('use of an API key not recorded', { key: keyId, cause })
  }
}

/**
 * Records that a key was used, exact to an hour: at most one write per key and hour from each isolate.
 * @returns the write, to be kept alive beside the answer, which it never fails; null where none is due
 */
export function recordUse({ ctx, input }: { ctx: UseContext; input: { keyId: string } }): Promise<void> | null {
  const now = ctx.now()
  if (now - (recorded.get(input.keyId) ?? -Infinity) < SAMPLE_MS) return null
  if (recorded.size >= MAX_REMEMBERED) recorded.clear()
  recorded.set(input.keyId, now)
  return writeUse(ctx, input.keyId, now)
}
