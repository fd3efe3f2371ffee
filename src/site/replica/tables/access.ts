import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import type { IntegrationRef } from '../../rpc.ts'

interface AccessRow extends SqlRow, IntegrationRef {
  sealed: string | null
  at: number | null
}

interface KeyStatus {
  status: 'active' | 'revoked'
  /** Until when the key is accepted without asking D1, in milliseconds since 1970; null: not at all. */
  trustedUntil: number | null
}

/**
 * Cached from D1: the site's integration, its encrypted credentials, and the API keys that may act (key-gate.ts).
 *
 * Rows are also cached in memory, because every call reads them. That is safe: only this instance writes these tables,
 * and an instance that was replaced can no longer write.
 */
export class AccessTable {
  readonly #database: SiteDatabase
  readonly #keys = new Map<string, KeyStatus | null>()
  /** How often the object was told that keys changed, so that an answer of D1 from before is not remembered. */
  keyChanges = 0
  /** Undefined: not read yet. Null: no poll was stored with its key. */
  #polledAt: number | null | undefined
  /** Undefined: not read yet. Null: no row. */
  #integration: AccessRow | null | undefined

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #row(): AccessRow | null {
    if (this.#integration !== undefined) return this.#integration
    const sql = `SELECT integration_id AS integrationId, account_id AS accountId, site_id AS siteId, sealed, sealed_at AS at
                 FROM integration`
    this.#integration = firstRow<AccessRow>(this.#database, sql)
    return this.#integration
  }

  /** The site's integration, as named by the last call; null before the first call. */
  integration(): IntegrationRef | null {
    const row = this.#row()
    return row && { integrationId: row.integrationId, accountId: row.accountId, siteId: row.siteId }
  }

  /** Stores the site's integration, for work that no call starts. If it changed, cached credentials are dropped. */
  setIntegration({ integrationId, accountId, siteId }: IntegrationRef): void {
    if (this.#row()?.integrationId === integrationId) return
    this.#integration = undefined
    this.#database.rows(
      `INSERT INTO integration (one, integration_id, account_id, site_id) VALUES (1, ?, ?, ?)
       ON CONFLICT DO UPDATE SET integration_id = excluded.integration_id, sealed = NULL, sealed_at = NULL
       WHERE integration_id <> excluded.integration_id`,
      integrationId,
      accountId,
      siteId,
    )
  }

  /** The encrypted credentials and when they were read from D1; null if they must be read. */
  sealedCredentials(): { sealed: string | null; at: number } | null {
    const row = this.#row()
    return row && row.at !== null ? { sealed: row.sealed, at: row.at } : null
  }

  setSealedCredentials(integration: IntegrationRef, sealed: string | null, now: number): void {
    this.setIntegration(integration)
    this.#integration = undefined
    this.#database.rows('UPDATE integration SET sealed = ?, sealed_at = ?', sealed, now)
  }

  /** What is remembered of a key; null if nothing. */
  keyStatus(keyId: string): KeyStatus | null {
    const known = this.#keys.get(keyId)
    if (known !== undefined) return known
    const sql = 'SELECT status, trusted_until AS trustedUntil FROM key_gate WHERE key_id = ?'
    const row = firstRow<SqlRow & KeyStatus>(this.#database, sql, keyId)
    this.#keys.set(keyId, row)
    return row
  }

  /**
   * Remembers that D1 has a key as usable. A revoked key stays revoked.
   * @param isPoll whether it called for the site's poll: the same row then stores that (transport.ts)
   */
  trustKey(keyId: string, until: number, now: number, isPoll = false): void {
    this.#setKey(keyId, 'active', until, now, isPoll ? now : null)
  }

  /** The last poll that was stored with its key, in milliseconds since 1970; null for none. */
  polledAt(): number | null {
    if (this.#polledAt !== undefined) return this.#polledAt
    const sql = 'SELECT max(polled_at) AS at FROM key_gate'
    this.#polledAt = firstRow<{ at: number | null }>(this.#database, sql)?.at ?? null
    return this.#polledAt
  }

  /** Remembers for good that a key is revoked. */
  revokeKey(keyId: string, now: number): void {
    this.keyChanges++
    this.#setKey(keyId, 'revoked', null, now)
  }

  #setKey(
    keyId: string,
    status: KeyStatus['status'],
    until: number | null,
    now: number,
    polledAt: number | null = null,
  ): void {
    this.#keys.delete(keyId)
    this.#polledAt = undefined
    this.#database.rows(
      `INSERT INTO key_gate (key_id, status, checked_at, trusted_until, polled_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (key_id) DO UPDATE SET status = excluded.status, checked_at = excluded.checked_at,
         trusted_until = excluded.trusted_until, polled_at = ifnull(excluded.polled_at, key_gate.polled_at)
       WHERE key_gate.status <> 'revoked'`,
      keyId,
      status,
      now,
      until,
      polledAt,
    )
  }

  /** Makes the next call of each key ask D1 again. Revocations stay. */
  recheckKeys(): void {
    this.keyChanges++
    this.#keys.clear()
    this.#polledAt = undefined
    this.#database.rows("DELETE FROM key_gate WHERE status <> 'revoked'")
  }

  /** Drops what must be read from D1 again: usable keys and credentials. Revocations stay. */
  invalidate(): void {
    this.recheckKeys()
    this.#integration = undefined
    this.#database.rows('UPDATE integration SET sealed = NULL, sealed_at = NULL')
  }
}
