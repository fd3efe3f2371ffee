import { type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import type { AuditAction } from '../../contract/audit.ts'
import { auditLog } from '../../db/schema/index.ts'
import { log } from '../../lib/log.ts'
import { type Actor, type ServiceContext, describeActor } from '../context.ts'
import { type AuditContents, createMac, readLastPlace, sealChain } from './chain.ts'
import { digestOrigin, hideAddresses } from './origin.ts'

export type AuditContext = Pick<
  ServiceContext<Actor>,
  'db' | 'actor' | 'config' | 'now' | 'requestId' | 'origin' | 'recorded' | 'background'
>

type Statement = BatchItem<'sqlite'>

interface AuditEntry {
  action: AuditAction
  /** An id, or an e-mail address, of which a hash is kept. */
  entityId: string
  /** Never a secret, nor a person's name: the record stays when they are erased. Addresses are hashed. */
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

interface Written {
  contents: AuditContents
  origin: string
  mac: string
}

/** The record of an entry, with its MAC. */
async function writeRecord(ctx: AuditContext, entry: AuditEntry): Promise<Written> {
  const pepper = ctx.config.apiKeyPepper
  const accountId = accountOf(ctx, entry)
  const hide = (value: unknown) => hideAddresses(pepper, accountId, value)
  const nonce = crypto.randomUUID()
  const origin = ctx.origin === undefined ? '' : JSON.stringify(ctx.origin)
  const contents: AuditContents = {
    accountId,
    actor: describeActor(entry.actor ?? ctx.actor),
    action: entry.action,
    entityId: String(await hide(entry.entityId)),
    metadata: JSON.stringify(await hide(entry.metadata ?? {})),
    requestId: ctx.requestId,
    createdAt: ctx.now(),
    originDigest: await digestOrigin(pepper, nonce, origin),
  }
  return { contents, origin, mac: await createMac(pepper, contents, nonce) }
}

/** Inserts a record at the account's next place, which SQLite finds within the batch. */
function insertRecord(ctx: AuditContext, { contents, origin, mac }: Written, when: SQL) {
  const { accountId, actor, action, entityId, metadata, requestId, createdAt, originDigest } = contents
  const next = sql`(select coalesce(max(seq), 0) + 1 from audit_log where account_id = ${accountId})`
  const values = sql`${accountId}, ${next}, ${actor}, ${action}, ${entityId}, ${metadata}, ${requestId}, ${createdAt}, '', ${mac},
    ${origin}, ${originDigest}`
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
  ctx.recorded?.push(entry.action)
  // a person who is in no account: nobody would read the record
  if (accountOf(ctx, entry) === '')
    return (await ctx.db.batch([...input.changes] as unknown as [Statement])) as BatchResponse<T>
  const made = await writeRecord(ctx, entry)
  const record = insertRecord(ctx, made, entry.when ?? sql`true`)
  const results: unknown[] = await ctx.db.batch([...input.changes, record] as unknown as [Statement, ...Statement[]])
  const [written] = results.pop() as { seq: number }[]
  if (written) ctx.background(sealAfter(ctx, made.contents.accountId, written.seq))
  return results as BatchResponse<T>
}
