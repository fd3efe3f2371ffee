import { firstRow, type SiteDatabase, type SqlRow } from '../database.ts'
import type { PortSubject } from '../port.ts'

/** Whose work the object does, with which credentials, and which keys may act here: copies of what D1 says. */
export class AccessTable {
  readonly #database: SiteDatabase

  constructor(database: SiteDatabase) {
    this.#database = database
  }

  /** The integration that this site has, as the last call named it; null before the first. */
  subject(): PortSubject | null {
    const sql = 'SELECT integration_id AS integrationId, account_id AS accountId, site_id AS siteId FROM subject'
    return firstRow<SqlRow & PortSubject>(this.#database, sql)
  }

  /** Remembers whose work this is, for what nobody asks for by name. Another integration has other credentials. */
  setSubject({ integrationId, accountId, siteId }: PortSubject): void {
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
    const sql = 'SELECT sealed, sealed_at AS at FROM subject WHERE sealed_at IS NOT NULL'
    return firstRow<{ sealed: string | null; at: number }>(this.#database, sql)
  }

  setSealedCredentials(subject: PortSubject, sealed: string | null, now: number): void {
    this.setSubject(subject)
    this.#database.rows('UPDATE subject SET sealed = ?, sealed_at = ?', sealed, now)
  }

  /** What this object knows of a key, and since when. */
  keyStatus(keyId: string): { status: string; checkedAt: number } | null {
    const sql = 'SELECT status, checked_at AS checkedAt FROM key_gate WHERE key_id = ?'
    return firstRow<{ status: string; checkedAt: number }>(this.#database, sql, keyId)
  }

  /** Remembers a key's status; a revocation is never undone. */
  setKeyStatus(keyId: string, status: 'active' | 'revoked', now: number): void {
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
    this.#database.rows("DELETE FROM key_gate WHERE status <> 'revoked'")
    this.#database.rows('UPDATE subject SET sealed = NULL, sealed_at = NULL')
  }
}
