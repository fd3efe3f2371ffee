/**
 * The account's chain of audit records. A record is written in two steps, because many writers may write at once:
 *
 * 1. The change and its record commit in one batch. SQLite gives the record its place (`seq`), so writers never compete
 *    for one. The record carries a MAC over its contents, so nobody without the pepper can add one.
 * 2. Sealing joins records to the chain in the order of their places: `hash` covers the hash before it, the place and
 *    the MAC. It depends on nothing else, so two sealers compute the same, and it may run again at any time: after each
 *    write, every minute, and before the log is verified.
 *
 * Until it is sealed, which takes milliseconds, a record could be removed or moved unnoticed by somebody who can write
 * to the database. Afterwards any change breaks the chain.
 */
import { and, asc, desc, eq, gt, max, ne, sql } from 'drizzle-orm'
import type { Break } from '../../contract/audit.ts'
import type { Db } from '../../db/client.ts'
import { auditLog } from '../../db/schema/index.ts'
import { hmacSha256Hex } from '../../lib/hmac.ts'
import { log } from '../../lib/log.ts'
import { digestOrigin } from './origin.ts'

/** Separates these hashes from the pepper's other uses. */
const CHAIN = 'igny8:audit:chain:v2'
const RECORD = 'igny8:audit:record:v3'
/** Records of releases that did not know where a request came from. */
const RECORD_V2 = 'igny8:audit:record:v2'
/** Records of releases that computed the hash when they wrote. */
const CHAIN_V1 = 'igny8:audit:v1'

/** What a record says; `metadata` is the stored text. */
export interface AuditContents {
  accountId: string
  actor: string
  action: string
  entityId: string
  metadata: string
  requestId: string
  /** Milliseconds since 1970. */
  createdAt: number
  /** Stands for the origin in the MAC; empty in records of earlier releases. */
  originDigest: string
}

/** A stored record. `hash` is empty until it is sealed. */
export interface AuditRow extends AuditContents {
  seq: number
  hash: string
  mac: string
  /** Empty if it isn't known or was erased. */
  origin: string
}

export interface AuditHead {
  seq: number
  hash: string
}

export interface ChainContext {
  db: Db
  pepper: string
}

/** A nonce, so that no two records have one MAC, and the MAC over it and the contents. */
export async function createMac(pepper: string, contents: AuditContents, nonce: string): Promise<string> {
  const { accountId, actor, action, entityId, metadata, requestId, createdAt, originDigest } = contents
  const fields = [nonce, accountId, actor, action, entityId, metadata, requestId, createdAt]
  const text =
    originDigest === ''
      ? `${RECORD_V2}\n${JSON.stringify(fields)}`
      : `${RECORD}\n${JSON.stringify([...fields, originDigest])}`
  return `${nonce}.${await hmacSha256Hex(pepper, text)}`
}

/** Whether a record is what this API wrote. Its origin may be missing, but not another. */
async function hasOwnMac(pepper: string, row: AuditRow): Promise<boolean> {
  const nonce = row.mac.split('.')[0] ?? ''
  if (row.mac !== (await createMac(pepper, row, nonce))) return false
  return row.origin === '' || row.originDigest === (await digestOrigin(pepper, nonce, row.origin))
}

function hashOf(pepper: string, previous: string, row: AuditRow): Promise<string> {
  const { accountId, seq, actor, action, entityId, metadata, requestId, createdAt, mac } = row
  if (mac !== '') return hmacSha256Hex(pepper, `${CHAIN}\n${JSON.stringify([previous, seq, mac])}`)
  const fields = [previous, accountId, seq, actor, action, entityId, metadata, requestId, createdAt]
  return hmacSha256Hex(pepper, `${CHAIN_V1}\n${JSON.stringify(fields)}`)
}

/** Why a record is not the one that was sealed at its place after `head`; null if it is. */
export async function findBreak(pepper: string, head: AuditHead | null, row: AuditRow): Promise<Break | null> {
  if (row.seq !== (head?.seq ?? 0) + 1) return 'missing'
  if (row.mac !== '' && !(await hasOwnMac(pepper, row))) return 'forged'
  // nothing but a MAC shows that a record which was never sealed is genuine
  if (row.hash === '') return row.mac === '' ? 'forged' : 'unsealed'
  if (row.hash === (await hashOf(pepper, head?.hash ?? '', row))) return null
  return row.mac === '' ? 'forged' : 'moved'
}

const PAGE_ROWS = 500

/** A page of an account's records after a place, in their order. */
export function readChainPage(db: Db, accountId: string, after: number): Promise<AuditRow[]> {
  return db
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
      mac: auditLog.mac,
      origin: auditLog.origin,
      originDigest: auditLog.originDigest,
    })
    .from(auditLog)
    .where(and(eq(auditLog.accountId, accountId), gt(auditLog.seq, after)))
    .orderBy(asc(auditLog.seq))
    .limit(PAGE_ROWS)
}

/** The place of an account's newest record; 0 if it has none. */
export async function readLastPlace(db: Db, accountId: string): Promise<number> {
  const [last] = await db
    .select({ seq: max(auditLog.seq) })
    .from(auditLog)
    .where(eq(auditLog.accountId, accountId))
  return last?.seq ?? 0
}

async function readSealedHead(db: Db, accountId: string): Promise<AuditHead | null> {
  const [head] = await db
    .select({ seq: auditLog.seq, hash: auditLog.hash })
    .from(auditLog)
    .where(and(eq(auditLog.accountId, accountId), ne(auditLog.hash, '')))
    .orderBy(desc(auditLog.seq))
    .limit(1)
  return head ?? null
}

/** MACs of a page that the account's log holds more than once: copies of genuine records. */
export async function findCopies(db: Db, accountId: string, rows: readonly AuditRow[]): Promise<Set<string>> {
  const macs = JSON.stringify(rows.map(({ mac }) => mac))
  const found = await db
    .select({ mac: auditLog.mac })
    .from(auditLog)
    .where(sql`account_id = ${accountId} and mac <> '' and mac in (select value from json_each(${macs}))`)
    .groupBy(auditLog.mac)
    .having(sql`count(*) > 1`)
  return new Set(found.map(({ mac }) => mac))
}

const writeHashes = (db: Db, accountId: string, hashes: readonly AuditHead[]) =>
  db.run(sql`update audit_log set hash = sealed.value ->> 'hash'
    from json_each(${JSON.stringify(hashes)}) as sealed
    where audit_log.account_id = ${accountId} and audit_log.seq = sealed.value ->> 'seq' and audit_log.hash = ''`)

/** Hashes of the first records of a page that are genuine and in their places. */
async function hashPage({ db, pepper }: ChainContext, start: AuditHead | null, rows: readonly AuditRow[]) {
  const copies = await findCopies(db, rows[0]?.accountId ?? '', rows)
  const hashes: AuditHead[] = []
  let head = start
  for (const row of rows) {
    const isGenuine = row.mac !== '' && !copies.has(row.mac) && (await hasOwnMac(pepper, row))
    if (!isGenuine || row.seq !== (head?.seq ?? 0) + 1) break
    head = { seq: row.seq, hash: await hashOf(pepper, head?.hash ?? '', row) }
    hashes.push(head)
  }
  return hashes
}

/**
 * Seals the records of an account that are not sealed yet, up to the first one that nobody with the pepper wrote. The
 * newest hash also goes to the Worker's log, which is the only evidence if somebody cuts records off the end.
 * @returns the place of the record that can't be sealed, behind which nothing is sealed any more; null if all are
 */
export async function sealChain({ db, pepper }: ChainContext, accountId: string): Promise<number | null> {
  for (;;) {
    const head = await readSealedHead(db, accountId)
    const rows = await readChainPage(db, accountId, head?.seq ?? 0)
    const hashes = rows.length === 0 ? [] : await hashPage({ db, pepper }, head, rows)
    const newest = hashes.at(-1)
    if (newest) {
      await writeHashes(db, accountId, hashes)
      log.info('audit', { account: accountId, seq: newest.seq, head: newest.hash })
    }
    if (hashes.length < rows.length) {
      const brokenSeq = ((newest ?? head)?.seq ?? 0) + 1
      log.error('audit record not written by this API', { account: accountId, seq: brokenSeq })
      return brokenSeq
    }
    if (rows.length < PAGE_ROWS) return null
  }
}

/** Accounts of one query. */
const PAGE_ACCOUNTS = 50
/** No account begins after this: a tick comes every minute. */
const MOST_SEALING_MS = 10_000

/** A page of the accounts with unsealed records, after an account. */
export const selectUnsealed = (db: Db, after: string) =>
  db
    .selectDistinct({ accountId: auditLog.accountId })
    .from(auditLog)
    .where(and(eq(auditLog.hash, sql`''`), gt(auditLog.accountId, after)))
    .orderBy(asc(auditLog.accountId))
    .limit(PAGE_ACCOUNTS)

/**
 * Seals what a crash left unsealed. An account whose next record can't be sealed is passed over and doesn't count
 * towards the limit; else such accounts, which stay unsealed, would come first in every tick, and no other would have
 * its turn.
 * @param limit most accounts to seal
 * @returns how many accounts were sealed, and how many have a record that can't be
 */
export async function sealLeftovers(
  ctx: ChainContext & { now: () => number },
  limit: number,
): Promise<{ sealed: number; broken: number }> {
  const startedAt = ctx.now()
  const counts = { sealed: 0, broken: 0 }
  let after = ''
  for (;;) {
    const page = await selectUnsealed(ctx.db, after)
    for (const { accountId } of page) {
      if (counts.sealed >= limit || ctx.now() - startedAt > MOST_SEALING_MS) return counts
      counts[(await sealChain(ctx, accountId)) === null ? 'sealed' : 'broken']++
      after = accountId
    }
    if (page.length < PAGE_ACCOUNTS) return counts
  }
}
