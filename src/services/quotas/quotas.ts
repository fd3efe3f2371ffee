/**
 * Quotas of an account. What creates a row adds the guard to its batch, behind the insert: it counts the account's rows
 * by an index and makes the whole batch fail if there are too many. The count and the insert are one transaction, so
 * parallel requests can't pass the quota together. Nothing is counted beside the rows themselves, so nothing can drift.
 */
import { and, count, eq, sql } from 'drizzle-orm'
import type { BatchItem } from 'drizzle-orm/batch'
import { DEFAULT_QUOTAS, type QuotaKind } from '../../contract/quotas.ts'
import { isCheckViolation } from '../../db/errors.ts'
import { accountQuotas, apiKeys, invitations, memberships, overQuota, sites } from '../../db/schema/index.ts'
import type { Actor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'

type QuotaContext = Pick<ServiceContext<Actor>, 'db' | 'config'>

const TABLES = {
  sites,
  api_keys: apiKeys,
  members: memberships,
  invitations,
} as const satisfies Record<QuotaKind, unknown>

const NOUNS: Record<QuotaKind, string> = {
  sites: 'sites',
  api_keys: 'API keys',
  members: 'members',
  invitations: 'open invitations',
}

/** How many rows of a kind an account has. */
export function countOf({ db }: Pick<QuotaContext, 'db'>, kind: QuotaKind, accountId: string) {
  const table = TABLES[kind]
  return db.select({ count: count() }).from(table).where(eq(table.accountId, accountId))
}

/** The account's own quota, if the operator has set one. */
const ownQuota = ({ db }: QuotaContext, kind: QuotaKind, accountId: string) =>
  db
    .select({ most: accountQuotas.most })
    .from(accountQuotas)
    .where(and(eq(accountQuotas.accountId, accountId), eq(accountQuotas.kind, kind)))

export const defaultQuota = ({ config }: Pick<QuotaContext, 'config'>, kind: QuotaKind): number =>
  config.quotas[kind] ?? DEFAULT_QUOTAS[kind]

/** How many rows of a kind the account may have. */
export async function readQuota(ctx: QuotaContext, kind: QuotaKind, accountId: string): Promise<number> {
  const [own] = await ownQuota(ctx, kind, accountId)
  return own?.most ?? defaultQuota(ctx, kind)
}

function guardOf(ctx: QuotaContext, kind: QuotaKind, accountId: string) {
  const most = sql`coalesce((${ownQuota(ctx, kind, accountId)}), ${defaultQuota(ctx, kind)})`
  return ctx.db.insert(overQuota).select(sql`select ${kind} where (${countOf(ctx, kind, accountId)}) > ${most}`)
}

const exceeded = (kind: QuotaKind, most: number, cause?: unknown) =>
  new ServiceError('quota_exceeded', `This account may have ${most} ${NOUNS[kind]}, and has them.`, { cause })

/** Whether one more fits, to say so before somebody tries. Only the guard of the batch decides. @throws ServiceError `quota_exceeded` */
export async function assertWithinQuota({
  ctx,
  kind,
  accountId,
}: {
  ctx: QuotaContext
  kind: QuotaKind
  accountId: string
}): Promise<void> {
  const [[has], most] = await Promise.all([countOf(ctx, kind, accountId), readQuota(ctx, kind, accountId)])
  if ((has?.count ?? 0) >= most) throw exceeded(kind, most)
}

/**
 * Runs `work` with a guard for its batch: the statement goes behind the insert.
 * @throws ServiceError `quota_exceeded`, and nothing of the batch is written
 */
export async function withinQuota<T>(
  { ctx, kind, accountId }: { ctx: QuotaContext; kind: QuotaKind; accountId: string },
  work: (guard: BatchItem<'sqlite'>) => Promise<T>,
): Promise<T> {
  try {
    return await work(guardOf(ctx, kind, accountId))
  } catch (cause) {
    if (!isCheckViolation(cause, 'within_quota')) throw cause
    throw exceeded(kind, await readQuota(ctx, kind, accountId), cause)
  }
}
