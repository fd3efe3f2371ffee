import { type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { auditLog } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { type Actor, type ServiceContext, describeActor } from '../context.ts'
import {
  type AuditContents,
  type AuditHead,
  createMac,
  isIntact,
  readChainPage,
  readLastPlace,
  sealChain,
} from './chain.ts'

export { sealLeftovers } from './chain.ts'

type AuditContext = Pick<ServiceContext<Actor>, 'db' | 'actor' | 'config' | 'now' | 'requestId' | 'background'>

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

/** Inserts a record at the account's next place, which SQLite finds within the batch. */
function insertRecord(ctx: AuditContext, contents: AuditContents, mac: string, when: SQL) {
  const { accountId, actor, action, entityId, metadata, requestId, createdAt } = contents
  const next = sql`(select coalesce(max(seq), 0) + 1 from audit_log where account_id = ${accountId})`
  const values = sql`${accountId}, ${next}, ${actor}, ${action}, ${entityId}, ${metadata}, ${requestId}, ${createdAt}, '', ${mac}`
  return ctx.db
    .insert(auditLog)
    .select(sql`select ${values} where ${when}`)
    .returning({ seq: auditLog.seq })
}

/**
 * Seals the account's chain after a record was written, unless a newer record is there: its writer seals this one, too.
 * If that fails, the next write or the next minute makes up for it.
 */
async function sealAfter(ctx: AuditContext, accountId: string, seq: number): Promise<void> {
  try {
    const isNewest = (await readLastPlace(ctx.db, accountId)) === seq
    if (isNewest) await sealChain({ db: ctx.db, pepper: ctx.config.apiKeyPepper }, accountId)
  } catch (cause) {
    log.warn('audit not sealed', { account: accountId, cause })
  }
}

/**
 * Runs changes and their audit record in one batch: both commit or neither, however many others write at once. The
 * record is sealed after the response (chain.ts). A person without an account has no log: the changes run alone.
 * @returns the results of the changes, in their order
 */
export async function appendAudit<const T extends readonly Statement[]>({
  ctx,
  input,
}: {
  ctx: AuditContext
  input: AppendInput<T>
}): Promise<BatchResponse<T>> {
  const { entry } = input
  const contents: AuditContents = {
    accountId: accountOf(ctx, entry),
    actor: describeActor(entry.actor ?? ctx.actor),
    action: entry.action,
    entityId: entry.entityId,
    metadata: JSON.stringify(entry.metadata ?? {}),
    requestId: ctx.requestId,
    createdAt: ctx.now(),
  }
  // a person who is in no account: nobody would read the record
  if (contents.accountId === '')
    return (await ctx.db.batch([...input.changes] as unknown as [Statement])) as BatchResponse<T>
  const mac = await createMac(ctx.config.apiKeyPepper, contents, crypto.randomUUID())
  const record = insertRecord(ctx, contents, mac, entry.when ?? sql`true`)
  const results: unknown[] = await ctx.db.batch([...input.changes, record] as unknown as [Statement, ...Statement[]])
  const [written] = results.pop() as { seq: number }[]
  if (written) ctx.background(sealAfter(ctx, contents.accountId, written.seq))
  return results as BatchResponse<T>
}

/** `brokenSeq`: the first place of the chain where the record is not the one written; null if all are intact. */
interface AuditVerdict {
  brokenSeq: number | null
  head: AuditHead | null
}

/**
 * Verifies the account's audit log from its start and finds the first record that was changed, moved, inserted or
 * removed. Forging a chain that passes takes the pepper.
 *
 * Cutting records off the end leaves a shorter, intact chain. That is detected only with a `knownHead` from outside the
 * database (each sealing logs the newest one); the chain then counts as broken after its last record. A cut before the
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
  const { accountId } = ctx.actor
  const pepper = ctx.config.apiKeyPepper
  await sealChain({ db: ctx.db, pepper }, accountId)
  let head: AuditHead | null = null
  for (;;) {
    const rows = await readChainPage(ctx.db, accountId, head?.seq ?? 0)
    if (rows.length === 0) break
    for (const row of rows) {
      const seq: number = (head?.seq ?? 0) + 1
      if (!(await isIntact(pepper, head, row))) return { brokenSeq: seq, head }
      if (knownHead?.seq === seq && knownHead.hash !== row.hash) return { brokenSeq: seq, head }
      head = { seq, hash: row.hash }
    }
  }
  const length = head?.seq ?? 0
  return { brokenSeq: knownHead && knownHead.seq > length ? length + 1 : null, head }
}
