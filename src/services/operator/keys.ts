import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { KeysProgress } from '../../contract/operator.ts'
import { accounts, apiKeys, sites } from '../../db/schema/index.ts'
import { type ApiKeyRecord, inGroups, toApiKeyRecord } from '../api-keys/index.ts'
import { ServiceError } from '../errors.ts'
import type { OperatorContext } from './backup-id.ts'
import { assertRestore } from './restores.ts'

/** KV takes 1,000 operations of one request. */
const KEYS_PER_CALL = 200
const CURSOR = /^(copy|strangers):([\x21-\x7e]{0,600})$/

/** Copies some of D1's keys to KV, by their ids. */
async function copyKeys(ctx: OperatorContext, after: string): Promise<KeysProgress> {
  const rows = await ctx.db
    .select({ key: apiKeys, siteIsActive: sites.isActive, suspendedAt: accounts.suspendedAt })
    .from(apiKeys)
    .innerJoin(sites, and(eq(sites.id, apiKeys.siteId), eq(sites.accountId, apiKeys.accountId)))
    .innerJoin(accounts, eq(accounts.id, apiKeys.accountId))
    .where(gt(apiKeys.id, after))
    .orderBy(asc(apiKeys.id))
    .limit(KEYS_PER_CALL)
  await inGroups(rows, ({ key, ...surroundings }) => ctx.apiKeys.put(key.hash, toApiKeyRecord(key, surroundings)))
  const last = rows.at(-1)
  const next = last && rows.length === KEYS_PER_CALL ? `copy:${last.key.id}` : 'strangers:'
  return { next, written: rows.length, removed: 0 }
}

/** Puts a tombstone over keys that are usable in KV and that D1 does not know: they were made after the backup. */
async function refuseStrangers(ctx: OperatorContext, cursor: string): Promise<KeysProgress> {
  const { hashes, next } = await ctx.apiKeys.list(cursor, KEYS_PER_CALL)
  const usable = new Map<string, ApiKeyRecord>()
  await inGroups(hashes, async (hash) => {
    const record = await ctx.apiKeys.get(hash)
    if (record !== null && record !== 'unreadable' && record.status !== 'revoked') usable.set(hash, record)
  })
  const ids = JSON.stringify([...usable.values()].map((record) => record.key_id))
  const rows = await ctx.db
    .select({ hash: apiKeys.hash })
    .from(apiKeys)
    .where(sql`${apiKeys.id} IN (SELECT value FROM json_each(${ids}))`)
  const known = new Set(rows.map(({ hash }) => hash))
  const strangers = [...usable].filter(([hash]) => !known.has(hash))
  await inGroups(strangers, ([hash, record]) => ctx.apiKeys.put(hash, { ...record, status: 'revoked' }))
  return { next: next === null ? null : `strangers:${next}`, written: 0, removed: strangers.length }
}

/**
 * Makes the copies of keys in KV what D1 says, some at a time.
 * @throws ServiceError `restore_not_found`, `invalid_cursor`
 */
export async function rebuildKeys({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { restoreId: string; cursor?: string | undefined }
}): Promise<KeysProgress> {
  await assertRestore(ctx, input.restoreId, 'everything', 'sites')
  const [, phase, rest = ''] = CURSOR.exec(input.cursor ?? 'copy:') ?? []
  if (phase === undefined) throw new ServiceError('invalid_cursor')
  return phase === 'copy' ? copyKeys(ctx, rest) : refuseStrangers(ctx, rest)
}
