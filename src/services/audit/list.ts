import { and, desc, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { AuditFilter, AuditRecord } from '../../contract/audit.ts'
import type { ListQuery, Page } from '../../contract/common.ts'
import { auditLog } from '../../db/schema/index.ts'
import type { RequestOrigin } from '../../lib/request-origin.ts'
import { idsOfActors, type Names, presentActor } from '../actors.ts'
import type { ServiceContext } from '../context.ts'
import { ServiceError } from '../errors.ts'
import { hideAddresses } from './origin.ts'
import { loadNames } from './names.ts'

type AuditLogRow = typeof auditLog.$inferSelect
type ReadContext = Pick<ServiceContext, 'db' | 'actor' | 'config'>

const CURSOR = /^(\d{1,15})\.(\d{1,15})$/

/** The last row of a page: its time and its place. @throws ServiceError `invalid_cursor` */
function before(cursor: string | undefined): SQL | undefined {
  if (cursor === undefined) return undefined
  const [, at, seq] = CURSOR.exec(cursor) ?? []
  if (at === undefined || seq === undefined) throw new ServiceError('invalid_cursor')
  return sql`(${auditLog.createdAt}, ${auditLog.seq}) < (${Number(at)}, ${Number(seq)})`
}

/** The records of the actor's account that fit a filter, newest first. Each filter has its index. */
export function selectAudit({ db, actor }: Pick<ServiceContext, 'db' | 'actor'>, filter: AuditFilter, page: ListQuery) {
  const { actor: by, action, entity_id: entityId, from, to } = filter
  return db
    .select()
    .from(auditLog)
    .where(
      and(
        eq(auditLog.accountId, actor.accountId),
        by === undefined ? undefined : eq(auditLog.actor, by),
        action === undefined ? undefined : eq(auditLog.action, action),
        entityId === undefined ? undefined : eq(auditLog.entityId, entityId),
        from === undefined ? undefined : gte(auditLog.createdAt, new Date(from)),
        to === undefined ? undefined : lt(auditLog.createdAt, new Date(to)),
        before(page.cursor),
      ),
    )
    .orderBy(desc(auditLog.createdAt), desc(auditLog.seq))
    .limit(page.limit + 1)
}

export const cursorOf = ({ createdAt, seq }: AuditLogRow): string => `${createdAt.getTime()}.${seq}`

/** A filter by the address of somebody finds what the log keeps of it. */
export async function hideFilter({ config, actor }: ReadContext, filter: AuditFilter): Promise<AuditFilter> {
  if (filter.entity_id === undefined) return filter
  return { ...filter, entity_id: String(await hideAddresses(config.apiKeyPepper, actor.accountId, filter.entity_id)) }
}

function presentRecord(row: AuditLogRow, names: Names): AuditRecord {
  return {
    seq: row.seq,
    at: row.createdAt.toISOString(),
    actor: presentActor(row.actor, names),
    action: row.action,
    entity_id: row.entityId,
    entity_name: names.get(row.entityId) ?? null,
    metadata: row.metadata,
    request_id: row.requestId,
    origin: row.origin === '' ? null : (JSON.parse(row.origin) as RequestOrigin),
    sealed: row.hash !== '',
  }
}

/** The account's audit log, newest first. @throws ServiceError `invalid_cursor` */
export async function listAudit({
  ctx,
  input: { cursor, limit, ...filter },
}: {
  ctx: ReadContext
  input: ListQuery & AuditFilter
}): Promise<Page<AuditRecord>> {
  const pepper = ctx.config.apiKeyPepper
  const { accountId } = ctx.actor
  const rows = await selectAudit(ctx, await hideFilter(ctx, filter), { cursor, limit })
  const shown = rows.slice(0, limit)
  const ids = [...new Set([...idsOfActors(shown.map(({ actor }) => actor)), ...shown.map((row) => row.entityId)])]
  const names = await loadNames({ db: ctx.db, pepper, accountId, ids })
  const last = rows.length > limit ? shown.at(-1) : undefined
  return {
    results: shown.map((row) => presentRecord(row, names)),
    next: last ? cursorOf(last) : null,
  }
}
