import { and, eq, isNull } from 'drizzle-orm'
import { apiKeys } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { tenantFilter } from '../tenant-filter.ts'
import { toApiKeyRecord } from './internal.ts'

/** As many as a Worker has connections. */
const PARALLEL = 6

/** Runs work over all items, a few at a time. */
export async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += PARALLEL) {
    await Promise.all(items.slice(start, start + PARALLEL).map(work))
  }
}

/** Tells the edge that a site was switched on or off, for each of its keys that isn't revoked. */
export async function rewriteSiteKeys({
  ctx,
  input,
}: {
  ctx: Context
  input: { siteId: string; isActive: boolean }
}): Promise<void> {
  const rows = await ctx.db
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.siteId, input.siteId), tenantFilter(ctx.actor, apiKeys), isNull(apiKeys.revokedAt)))
  await inGroups(rows, (row) => ctx.apiKeys.put(row.hash, toApiKeyRecord(row, input.isActive)))
}
