import { and, asc, desc, eq, gt, type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { isUniqueViolation } from '../../db/errors.ts'
import { auditLog } from '../../db/schema/index.ts'
import { hmacSha256Hex } from '../../lib/hmac.ts'
import { log } from '../../lib/log.ts'
import { type Actor, type ServiceContext, describeActor } from '../context.ts'

/** Separates these hashes from the pepper's other uses. */
const DOMAIN = 'igny8:audit:v1'

/** The hashed columns of a record; `metadata` is the stored text. */
interface AuditLink {
  accountId: string
  seq: number
  actor: string
  action: string
  entityId: string
  metadata: string
  requestId: string
  /** Milliseconds since 1970. */
  createdAt: number
}

/** HMAC-SHA-256, keyed with the pepper, over every column and the previous record's hash. */
function hashAuditLink(pepper: string, previousHash: string, link: AuditLink): Promise<string> {
  const { accountId, seq, actor, action, entityId, metadata, requestId, createdAt } = link
  const fields = [previousHash, accountId, seq, actor, action, entityId, metadata, requestId, createdAt]
  return hmacSha256Hex(pepper, `${DOMAIN}\n${JSON.stringify(fields)}`)
}

/** How often a write is retried when another writer of the account was first. */
const MAX_ATTEMPTS = 8

type AuditContext = Pick<ServiceContext<Actor>, 'db' | 'actor' | 'config' | 'now' | 'requestId'>

type Statement = BatchItem<'sqlite'>

interface AuditEntry {
  /** The action, `entity.verb` in the past tense: `api_key.revoked`. */
  action: string
  entityId: string
  /** Never a secret. */
  metadata?: Record<string, unknown>
  /** The account whose log it is; default: the actor's. */
  accountId?: string
  /** Default: the context's. */
  actor?: Actor
  /** Writes the record only if this holds after the changes. For changes that are themselves conditional. */
  when?: SQL
}

interface AppendInput<T> {
  entry: AuditEntry
  /** The changes to record. They commit in one batch with the record. */
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
 * Runs changes and their audit record in one batch: both commit or neither. If another writer took the next place in
 * the account's chain, the whole batch runs again after it. The newest hash also goes to the Worker's log, which is the
 * only evidence if somebody cuts records off the end of the table.
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

/** Runs the batch and moves the record's result, which is last, to the front. */
async function runBatch(ctx: AuditContext, statements: Statement[]): Promise<[unknown[], ...unknown[]]> {
  const results: unknown[] = await ctx.db.batch(statements as [Statement, ...Statement[]])
  const written = results.pop()
  return [Array.isArray(written) ? written : [], ...results]
}

const PAGE_ROWS = 500

interface AuditHead {
  seq: number
  hash: string
}

/** `brokenSeq`: the first place of the chain where the record is not the one written; null if all are intact. */
interface AuditVerdict {
  brokenSeq: number | null
  head: AuditHead | null
}

function readPage(ctx: Pick<ServiceContext, 'db' | 'actor'>, after: number) {
  return ctx.db
    .select({
      accountId: auditLog.accountId,
      seq: auditLog.seq,
      actor: auditLog.actor,
      action: auditLog.action,
      entityId: auditLog.entityId,
      metadata: sql<string>`${auditLog.metadata}`,
      requestId: auditLog.requestId,
      createdAt: sql<number>`${auditLog.createdAt}`,
      hash: auditLog.hash,
    })
    .from(auditLog)
    .where(and(eq(auditLog.accountId, ctx.actor.accountId), gt(auditLog.seq, after)))
    .orderBy(asc(auditLog.seq))
    .limit(PAGE_ROWS)
}

/**
 * Verifies the account's audit log from its start and finds the first record that was changed, moved, inserted or
 * removed. Forging a chain that passes takes the pepper.
 *
 * Cutting records off the end leaves a shorter, intact chain. That is detected only with a `knownHead` from outside the
 * database (each append logs the newest one); the chain then counts as broken after its last record. A cut before the
 * head was recorded anywhere goes undetected.
 */
export async function verifyAuditChain({
  ctx,
  input = {},
}: {
  ctx: Pick<ServiceContext, 'db' | 'actor' | 'config'>
  input?: { knownHead?: AuditHead }
}): Promise<AuditVerdict> {
  const { knownHead } = input
  let head: AuditHead | null = null
  for (;;) {
    const rows = await readPage(ctx, head?.seq ?? 0)
    for (const { hash, ...link } of rows) {
      const seq: number = (head?.seq ?? 0) + 1
      const expected = await hashAuditLink(ctx.config.apiKeyPepper, head?.hash ?? '', link)
      if (link.seq !== seq || hash !== expected) return { brokenSeq: seq, head }
      if (knownHead?.seq === seq && knownHead.hash !== hash) return { brokenSeq: seq, head }
      head = { seq, hash }
    }
    if (rows.length < PAGE_ROWS) break
  }
  const length = head?.seq ?? 0
  return { brokenSeq: knownHead && knownHead.seq > length ? length + 1 : null, head }
}
