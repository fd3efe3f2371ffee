import type { AuditVerdict, AuditVerify, Break } from '../../contract/audit.ts'
import type { Db } from '../../db/client.ts'
import type { ServiceContext } from '../context.ts'
import { type AuditHead, type AuditRow, findBreak, findCopies, readChainPage, sealChain } from './chain.ts'

/** Pages of 500 records that one call verifies: a request has a bounded number of queries and seconds. */
const PAGES_PER_CALL = 20

interface WalkInput {
  db: Db
  pepper: string
  accountId: string
  /** The record after which to go on, as an earlier call returned it. */
  after: AuditHead | null
  knownHead?: AuditHead | undefined
  maxPages: number
}

interface Walk {
  verified: number
  /** The last intact record. */
  head: AuditHead | null
  broken: { seq: number; reason: Break } | null
  isComplete: boolean
}

/** What a page's first broken record is, and the intact one before it. */
async function walkPage({ db, pepper, accountId, knownHead }: WalkInput, start: AuditHead | null, rows: AuditRow[]) {
  const copies = await findCopies(db, accountId, rows)
  let head = start
  for (const row of rows) {
    const seq: number = (head?.seq ?? 0) + 1
    const found = await findBreak(pepper, head, row)
    if (found) return { head, broken: { seq, reason: found === 'unsealed' && copies.has(row.mac) ? 'copied' : found } }
    if (knownHead?.seq === seq && knownHead.hash !== row.hash)
      return { head, broken: { seq, reason: 'moved' as const } }
    head = { seq, hash: row.hash }
  }
  return { head, broken: null }
}

async function walkChain(input: WalkInput): Promise<Walk> {
  let head = input.after
  const start = head?.seq ?? 0
  for (let page = 0; page < input.maxPages; page++) {
    const rows = await readChainPage(input.db, input.accountId, head?.seq ?? 0)
    if (rows.length === 0) return { verified: (head?.seq ?? 0) - start, head, broken: null, isComplete: true }
    const walked = await walkPage(input, head, rows)
    head = walked.head
    if (walked.broken) {
      return { verified: (head?.seq ?? 0) - start, head, broken: walked.broken, isComplete: true }
    }
  }
  return { verified: (head?.seq ?? 0) - start, head, broken: null, isComplete: false }
}

type VerifyContext = Pick<ServiceContext, 'db' | 'actor' | 'config' | 'now'>

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
  ctx: VerifyContext
  input?: { knownHead?: AuditHead }
}): Promise<{ brokenSeq: number | null; reason: Break | null; head: AuditHead | null }> {
  const { knownHead } = input
  const { accountId } = ctx.actor
  const pepper = ctx.config.apiKeyPepper
  await sealChain({ db: ctx.db, pepper }, accountId)
  const walk = await walkChain({ db: ctx.db, pepper, accountId, after: null, knownHead, maxPages: Infinity })
  const length = walk.head?.seq ?? 0
  if (!walk.broken && knownHead && knownHead.seq > length)
    return { brokenSeq: length + 1, reason: 'missing', head: walk.head }
  return { brokenSeq: walk.broken?.seq ?? null, reason: walk.broken?.reason ?? null, head: walk.head }
}

/**
 * Verifies a stretch of the account's log, for a person: from its start, or after a record that the answer before named.
 * That record is taken as the caller names it, as an auditor holds a head of their own against the log.
 */
export async function verifyAuditPage({
  ctx,
  input,
}: {
  ctx: VerifyContext
  input: AuditVerify
}): Promise<AuditVerdict> {
  const pepper = ctx.config.apiKeyPepper
  const { accountId } = ctx.actor
  if (!input.after) await sealChain({ db: ctx.db, pepper }, accountId)
  const after = input.after ?? null
  const { isComplete, ...walk } = await walkChain({ db: ctx.db, pepper, accountId, after, maxPages: PAGES_PER_CALL })
  return { ...walk, is_complete: isComplete }
}
