import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import type { IntegrationRef } from '../../rpc.ts'

interface AccessRow extends SqlRow, IntegrationRef {
  sealed: string | null
  at: number | null
}

interface KeyStatus {
  status: string
  checkedAt: number
}

/**
 * Whose work the object does, with which credentials, and which keys may act here: copies of what D1 says.
 *
 * What was read or written is also kept in memory, since every call asks for it. Nobody else writes these tables: an
 * instance that has been replaced can store nothing any more, so that what it believes has no effect.
 */
export class AccessTable {
  readonly #database: SiteDatabase
  readonly #keys = new Map<string, KeyStatus | null>()
  /** Undefined while it has to be read. */
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

  /** The integration that this site has, as the last call named it; null before the first. */
  integration(): IntegrationRef | null {
    const row = this.#row()
    return row && { integrationId: row.integrationId, accountId: row.accountId, siteId: row.siteId }
  }

  /** Remembers whose work this is, for what nobody asks for by name. Another integration has other credentials. */
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

  /** Credentials of the link as D1 has them, sealed; and when they were read. */
  sealedCredentials(): { sealed: string | null; at: number } | null {
    const row = this.#row()
    return row && row.at !== null ? { sealed: row.sealed, at: row.at } : null
  }

  setSealedCredentials(integrationRef: IntegrationRef, sealed: string | null, now: number): void {
    this.setIntegration(integrationRef)
    this.#integration = undefined
    this.#database.rows('UPDATE integration SET sealed = ?, sealed_at = ?', sealed, now)
  }

  /** What this object knows of a key, and since when. */
  keyStatus(keyId: string): KeyStatus | null {
    const known = this.#keys.get(keyId)
    if (known !== undefined) return known
    const sql = 'SELECT status, checked_at AS checkedAt FROM key_gate WHERE key_id = ?'
    const row = firstRow<SqlRow & KeyStatus>(this.#database, sql, keyId)
    this.#keys.set(keyId, row)
    return row
  }

  /** Remembers a key's status; a revocation is never undone. */
  setKeyStatus(keyId: string, status: 'active' | 'revoked', now: number): void {
    this.#keys.delete(keyId)
    this.#database.rows(
      `INSERT INTO key_gate (key_id, status, checked_at) VALUES (?, ?, ?)
       ON CONFLICT (key_id) DO UPDATE SET status = excluded.status, checked_at = excluded.checked_at
       WHERE key_gate.status <> 'revoked'`,
      keyId,
      status,
      now,
    )
  }

  /** Has what was read of D1 read again: every key that is not revoked, and the credentials of the link. */
  invalidate(): void {
    this.#keys.clear()
    this.#integration = undefined
    this.#database.rows("DELETE FROM key_gate WHERE status <> 'revoked'")
    this.#database.rows('UPDATE integration SET sealed = NULL, sealed_at = NULL')
  }
}
