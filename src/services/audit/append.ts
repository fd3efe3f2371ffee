import { desc, eq, sql, type SQL } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { isUniqueViolation } from '../../db/errors.ts'
import { auditLog } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { describeActor, type Actor, type Context } from '../context.ts'
import { hashAuditLink, type AuditLink } from './hash.ts'

/** Writers of one account that collide wait for each other this often. */
const MAX_ATTEMPTS = 8

type AuditContext = Pick<Context<Actor>, 'db' | 'actor' | 'config' | 'now' | 'requestId'>
type Statement = BatchItem<'sqlite'>

export interface AuditEntry {
  /** What was done, `entity.verb` in the past tense: `api_key.revoked`. */
  action: string
  entityId: string
  /** Never a secret. */
  metadata?: Record<string, unknown>
  /** Whose log; default: the actor's account. */
  accountId?: string
  /** Default: the context's. */
  actor?: Actor
  /** Records only if this holds after the change, which may have been conditional itself. */
  when?: SQL
}

interface AppendInput<T> {
  entry: AuditEntry
  /** What is recorded; committed together with the record or not at all. */
  changes: T
}

function accountOf({ actor }: AuditContext, entry: AuditEntry): string {
  if (entry.accountId !== undefined) return entry.accountId
  if (actor.kind === 'anonymous') throw new Error(`${entry.action}: nobody's account`)
  return actor.accountId
}

async function nextLink(ctx: AuditContext, entry: AuditEntry): Promise<AuditLink & { hash: string }> {
  const accountId = accountOf(ctx, entry)
  const [head] = await ctx.db
    .select({ seq: auditLog.seq, hash: auditLog.hash })
    .from(auditLog)
    .where(eq(auditLog.accountId, accountId))
    .orderBy(desc(auditLog.seq))
    .limit(1)
  const link: AuditLink = {
    accountId,
    seq: (head?.seq ?? 0) + 1,
    actor: describeActor(entry.actor ?? ctx.actor),
    action: entry.action,
    entityId: entry.entityId,
    metadata: JSON.stringify(entry.metadata ?? {}),
    requestId: ctx.requestId,
    createdAt: ctx.now(),
  }
  return { ...link, hash: await hashAuditLink(ctx.config.apiKeyPepper, head?.hash ?? '', link) }
}

function insertLink(ctx: AuditContext, link: AuditLink & { hash: string }, when: SQL) {
  const { accountId, seq, actor, action, entityId, metadata, requestId, createdAt, hash } = link
  const values = sql`${accountId}, ${seq}, ${actor}, ${action}, ${entityId}, ${metadata}, ${requestId}, ${createdAt}, ${hash}`
  return ctx.db
    .insert(auditLog)
    .select(sql`select ${values} where ${when}`)
    .returning({ seq: auditLog.seq })
}

/**
 * Runs changes and their audit record as one batch, so that neither is without the other. Where another writer took
 * the next place in the account's chain the whole batch is run again behind it. The log's newest hash also goes to
 * the Worker's log: the one place from which a record that was cut off the end can be told.
 * @returns the results of the changes, in their order
 */
export async function appendAudit<const T extends readonly Statement[]>({
  ctx,
  input,
}: {
  ctx: AuditContext
  input: AppendInput<T>
}): Promise<BatchResponse<T>> {
  for (let attempt = 1; ; attempt++) {
    const link = await nextLink(ctx, input.entry)
    const record = insertLink(ctx, link, input.entry.when ?? sql`true`)
    try {
      const [written, ...results] = await runBatch(ctx, [...input.changes, record])
      if (written.length > 0) log.info('audit', { account: link.accountId, seq: link.seq, head: link.hash })
      return results as BatchResponse<T>
    } catch (error) {
      if (!isUniqueViolation(error, 'audit_log') || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/** The batch's results with the last one, which is the record's, first. */
async function runBatch(ctx: AuditContext, statements: Statement[]): Promise<[unknown[], ...unknown[]]> {
  const results: unknown[] = await ctx.db.batch(statements as [Statement, ...Statement[]])
  const written = results.pop()
  return [Array.isArray(written) ? written : [], ...results]
}
