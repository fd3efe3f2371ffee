/** Forward-only; the position in the list is the version, so that entries are only ever added. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    lease_until INTEGER,
    next_attempt_at INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    progress TEXT NOT NULL,
    counts TEXT NOT NULL,
    error TEXT,
    queued_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
  ) WITHOUT ROWID;
  -- coalescing: one unfinished run of a direction
  CREATE UNIQUE INDEX runs_unfinished ON runs (direction) WHERE status IN ('queued', 'running');
  -- the last finished run
  CREATE INDEX runs_by_finish ON runs (finished_at) WHERE finished_at IS NOT NULL;
  CREATE TABLE key_gate (
    key_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    checked_at INTEGER NOT NULL
  ) WITHOUT ROWID;`,
]

/** Brings the object's own database to the newest version. Synchronous, so that it is over before any event. */
export function migrateSiteStore(storage: DurableObjectStorage): void {
  storage.sql.exec('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)')
  const { version } = storage.sql
    .exec<{ version: number }>('SELECT ifnull(max(version), 0) AS version FROM migrations')
    .one()
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue
    storage.transactionSync(() => {
      storage.sql.exec(statements)
      storage.sql.exec('INSERT INTO migrations (version) VALUES (?)', index + 1)
    })
  }
}
