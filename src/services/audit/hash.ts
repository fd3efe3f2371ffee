import { hmacSha256Hex } from '../../lib/hmac.ts'

/** Keeps these hashes apart from the other uses of the pepper. */
const DOMAIN = 'igny8:audit:v1'

/** What a link of the chain covers, `metadata` as the text that is stored. */
export interface AuditLink {
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

/** The hash of a link: HMAC-SHA-256 under the pepper over every column and the hash before it. */
export function hashAuditLink(pepper: string, previousHash: string, link: AuditLink): Promise<string> {
  const { accountId, seq, actor, action, entityId, metadata, requestId, createdAt } = link
  const fields = [previousHash, accountId, seq, actor, action, entityId, metadata, requestId, createdAt]
  return hmacSha256Hex(pepper, `${DOMAIN}\n${JSON.stringify(fields)}`)
}
