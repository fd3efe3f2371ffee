import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { auditLog } from '../../db/schema/index.ts'
import type { Context } from '../context.ts'
import { hashAuditLink } from './hash.ts'

const PAGE_ROWS = 500

export interface AuditHead {
  seq: number
  hash: string
}

/** `brokenSeq`: the first place of the chain that is not what was written there, null where all are. */
export interface AuditVerdict {
  brokenSeq: number | null
  head: AuditHead | null
}

function readPage(ctx: Pick<Context, 'db' | 'actor'>, after: number) {
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
 * Follows the account's audit log from its start and tells the first record that was changed, moved, put in or taken
 * out. Without the pepper nobody can make a chain that passes.
 *
 * Records cut off the end leave a chain that is shorter and whole: they are noticed only against a `knownHead` from
 * outside the database (each append writes the newest one to the Worker's log), then as broken behind the last record
 * left. Whoever cuts the end before its head was noted anywhere is not found out.
 */
export async function verifyAuditChain({
  ctx,
  input = {},
}: {
  ctx: Pick<Context, 'db' | 'actor' | 'config'>
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
