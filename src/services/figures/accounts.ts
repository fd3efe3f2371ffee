import { inArray, sql } from 'drizzle-orm'
import type { OperatorAccount } from '../../contract/operator-page.ts'
import { QUOTA_KINDS, type QuotaKind } from '../../contract/quotas.ts'
import { accountQuotas, accounts, apiKeys, invitations, memberships, sites } from '../../db/schema/index.ts'
import type { OperatorActor, ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { defaultQuota } from '../quotas/index.ts'
import { listSuspended } from '../suspension/index.ts'
import { readLastSites } from './hour.ts'

type OperatorContext = ServiceContext<OperatorActor>

/** Suspended accounts that are listed. */
const MOST_SUSPENDED = 50

const TABLES = { sites, api_keys: apiKeys, members: memberships, invitations } as const satisfies Record<
  QuotaKind,
  unknown
>

/** How much accounts have of what is limited, counted by the indexes of their rows. */
function selectAccounts({ db }: OperatorContext, ids: readonly string[]) {
  const countOf = (kind: QuotaKind) =>
    sql<number>`(SELECT count(*) FROM ${TABLES[kind]} AS counted WHERE counted.account_id = ${accounts}.id)`
  const mostOf = (kind: QuotaKind) =>
    sql<number | null>`(SELECT most FROM ${accountQuotas} AS quota
      WHERE quota.account_id = ${accounts}.id AND quota.kind = ${kind})`
  const columns = QUOTA_KINDS.flatMap((kind) => [
    [`used_${kind}`, countOf(kind).as(`used_${kind}`)] as const,
    [`most_${kind}`, mostOf(kind).as(`most_${kind}`)] as const,
  ])
  return db
    .select({
      id: accounts.id,
      createdAt: accounts.createdAt,
      suspendedAt: accounts.suspendedAt,
      suspensionReason: accounts.suspensionReason,
      suspension: accounts.suspension,
      ...Object.fromEntries(columns),
    })
    .from(accounts)
    .where(inArray(accounts.id, [...ids]))
}

type AccountRow = Awaited<ReturnType<typeof selectAccounts>>[number]

function presentAccount(ctx: OperatorContext, row: AccountRow): OperatorAccount {
  const counts: Record<string, unknown> = row
  const amount = (kind: QuotaKind) => ({
    used: Number(counts[`used_${kind}`]),
    most: (counts[`most_${kind}`] as number | null) ?? defaultQuota(ctx, kind),
  })
  const { suspendedAt, suspensionReason, suspension } = row
  return {
    id: row.id,
    created_at: row.createdAt.toISOString(),
    usage: {
      sites: amount('sites'),
      api_keys: amount('api_keys'),
      members: amount('members'),
      invitations: amount('invitations'),
    },
    suspension: suspendedAt && {
      since: suspendedAt.toISOString(),
      reason: suspensionReason ?? '',
      is_told: suspension === 'stopped',
    },
  }
}

/** An account with its use beside its quotas. @throws ServiceError `account_not_found` */
export async function getOperatorAccount({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { account_id: string }
}): Promise<OperatorAccount> {
  const [row] = await selectAccounts(ctx, [input.account_id])
  if (!row) throw new ServiceError('account_not_found')
  return presentAccount(ctx, row)
}

/**
 * The accounts with the most sites, those that are suspended, or one of them.
 * @throws ServiceError `account_not_found`
 */
export async function listOperatorAccounts({
  ctx,
  input,
}: {
  ctx: OperatorContext
  input: { account_id?: string | undefined; suspended: boolean }
}): Promise<OperatorAccount[]> {
  if (input.account_id !== undefined)
    return [await getOperatorAccount({ ctx, input: { account_id: input.account_id } })]
  const ids = input.suspended
    ? await listSuspended(ctx, MOST_SUSPENDED)
    : ((await readLastSites(ctx.db, ctx.now()))?.largest ?? [])
  if (ids.length === 0) return []
  const rows = await selectAccounts(ctx, ids)
  return rows
    .map((row) => presentAccount(ctx, row))
    .toSorted((left, right) => right.usage.sites.used - left.usage.sites.used)
}
