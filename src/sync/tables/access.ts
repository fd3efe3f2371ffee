import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import type { PortSubject } from '../port.ts'

interface SubjectRow extends SqlRow, PortSubject {
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
  #subject: SubjectRow | null | undefined

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  #row(): SubjectRow | null {
    if (this.#subject !== undefined) return this.#subject
    const sql = `SELECT integration_id AS integrationId, account_id AS accountId, site_id AS siteId, sealed, sealed_at AS at
                 FROM subject`
    this.#subject = firstRow<SubjectRow>(this.#database, sql)
    return this.#subject
  }

  /** The integration that this site has, as the last call named it; null before the first. */
  subject(): PortSubject | null {
    const row = this.#row()
    return row && { integrationId: row.integrationId, accountId: row.accountId, siteId: row.siteId }
  }

  /** Remembers whose work this is, for what nobody asks for by name. Another integration has other credentials. */
  setSubject({ integrationId, accountId, siteId }: PortSubject): void {
    if (this.#row()?.integrationId === integrationId) return
    this.#subject = undefined
    this.#database.rows(
      `INSERT INTO subject (one, integration_id, account_id, site_id) VALUES (1, ?, ?, ?)
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

  setSealedCredentials(subject: PortSubject, sealed: string | null, now: number): void {
    this.setSubject(subject)
    this.#subject = undefined
    this.#database.rows('UPDATE subject SET sealed = ?, sealed_at = ?', sealed, now)
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
  distrust(): void {
    this.#keys.clear()
    this.#subject = undefined
    this.#database.rows("DELETE FROM key_gate WHERE status <> 'revoked'")
    this.#database.rows('UPDATE subject SET sealed = NULL, sealed_at = NULL')
  }
}
