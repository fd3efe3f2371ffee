import { firstRow, type SiteDatabase } from './database.ts'
import { SCHEMA_11 } from './schema-11.ts'
import { SCHEMA_12 } from './schema-12.ts'
import { SCHEMA_7 } from './schema-7.ts'
import { SCHEMA_8 } from './schema-8.ts'

/** Forward-only. An entry's position is its version: never change or remove one, only append. */
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
    finished_at INTEGER,
    cursor TEXT,
    failures INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0,
    requests INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    duration_ms INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  -- at most one unfinished run for each direction
  CREATE UNIQUE INDEX runs_unfinished ON runs (direction) WHERE status IN ('queued', 'running');
  -- the last finished run
  CREATE INDEX runs_by_finish ON runs (finished_at) WHERE finished_at IS NOT NULL;
  CREATE TABLE key_gate (
    key_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    checked_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- one row for each item; its content is in versions
  CREATE TABLE items (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    external_id INTEGER,
    etag TEXT,
    external_modified INTEGER,
    external_url TEXT,
    title TEXT NOT NULL,
    slug TEXT NOT NULL,
    status TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 1,
    deletion TEXT,
    conflict_fields TEXT,
    conflict_since INTEGER,
    error TEXT,
    error_since INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER,
    updated_at INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX items_by_external_id ON items (external_id) WHERE external_id IS NOT NULL;
  -- for lists, newest first, by type or state
  CREATE INDEX items_by_type ON items (type, n);
  CREATE INDEX items_by_state ON items (state, n) WHERE state <> 'synced';
  -- key: n * 4 + side (0 base, 1 local, 2 external, 3 external in a conflict); a side that equals base has no row
  CREATE TABLE versions (key INTEGER PRIMARY KEY, doc TEXT NOT NULL);
  -- number of items by type and state; triggers keep it exact
  CREATE TABLE counters (type TEXT NOT NULL, state TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (type, state)) WITHOUT ROWID;
  CREATE TRIGGER items_counted AFTER INSERT ON items BEGIN
    INSERT INTO counters VALUES (new.type, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER items_recounted AFTER UPDATE OF type, state ON items WHEN old.type <> new.type OR old.state <> new.state BEGIN
    UPDATE counters SET n = n - 1 WHERE type = old.type AND state = old.state;
    INSERT INTO counters VALUES (new.type, new.state, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER items_uncounted AFTER DELETE ON items BEGIN
    UPDATE counters SET n = n - 1 WHERE type = old.type AND state = old.state;
  END;
  CREATE TABLE terms (
    taxonomy TEXT NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    parent INTEGER NOT NULL,
    pass TEXT NOT NULL,
    PRIMARY KEY (taxonomy, id)
  ) WITHOUT ROWID;
  CREATE TABLE taxonomies (slug TEXT PRIMARY KEY, etag TEXT, n INTEGER NOT NULL DEFAULT 0, limited INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
  CREATE TABLE types (
    slug TEXT PRIMARY KEY,
    modified INTEGER NOT NULL DEFAULT 0,
    last_id INTEGER NOT NULL DEFAULT 0,
    metadata_modified INTEGER NOT NULL DEFAULT 0,
    metadata_last_id INTEGER NOT NULL DEFAULT 0,
    limited INTEGER NOT NULL DEFAULT 0,
    recheck INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  -- post ids that a pass over all posts of a type has read; cleared at its end
  CREATE TABLE pass_ids (type TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (type, id)) WITHOUT ROWID;
  CREATE TABLE inbox (
    webhook_id TEXT PRIMARY KEY,
    event TEXT NOT NULL,
    post_id INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    post_type TEXT,
    request_id TEXT,
    plugin_request_id TEXT
  ) WITHOUT ROWID;
  CREATE INDEX inbox_due ON inbox (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX inbox_by_age ON inbox (received_at);
  CREATE TABLE media (hash TEXT PRIMARY KEY, external_id INTEGER NOT NULL, url TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE resolutions (
    id INTEGER PRIMARY KEY,
    item_n INTEGER NOT NULL,
    before TEXT NOT NULL,
    resolved_at INTEGER NOT NULL,
    undone_at INTEGER
  );
  CREATE INDEX resolutions_by_item ON resolutions (item_n, id);
  -- the integration of this site, with its encrypted credentials as in D1
  CREATE TABLE integration (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    integration_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    site_id TEXT NOT NULL,
    sealed TEXT,
    sealed_at INTEGER
  );
  -- the steps of a run; its totals are in runs, since only the latest steps are kept
  CREATE TABLE run_steps (
    run_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    phase TEXT NOT NULL,
    type TEXT,
    requests INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    items INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    error TEXT,
    PRIMARY KEY (run_id, n)
  ) WITHOUT ROWID;
  CREATE TRIGGER runs_forgotten AFTER DELETE ON runs BEGIN
    DELETE FROM run_steps WHERE run_id = old.id;
  END;
  -- number of entries by post type and taxonomy, as the site last counted them
  CREATE TABLE site_totals (kind TEXT NOT NULL, slug TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (kind, slug)) WITHOUT ROWID;
  -- how commands reach the site
  CREATE TABLE transport (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    transport TEXT NOT NULL,
    direct_failures INTEGER NOT NULL,
    last_poll_at INTEGER,
    interval_ms INTEGER,
    projected_at INTEGER
  );
  -- commands for a site that polls, kept until the work that needs their results has committed
  CREATE TABLE commands (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    work_id TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    sent_at INTEGER,
    answered_at INTEGER,
    UNIQUE (work_id, key)
  );
  -- arguments, results and memos of that work, split into parts that fit a row
  CREATE TABLE command_texts (name TEXT, part INTEGER, text TEXT NOT NULL, PRIMARY KEY (name, part)) WITHOUT ROWID;
  -- when the next drift check is due, whether the site asked for one, whether there was an outage, the last result
  CREATE TABLE drift_check (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    due_at INTEGER,
    asked INTEGER NOT NULL DEFAULT 0,
    outage INTEGER NOT NULL DEFAULT 0,
    result TEXT
  );
  INSERT INTO drift_check (one) VALUES (1);
  -- recurring tasks; the object's one alarm is set to the earliest due time
  CREATE TABLE schedule (
    task TEXT PRIMARY KEY,
    due_at INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;`,
  `-- marks of a post: the page builder that renders it, a password, and whether wp-admin counts it under All
  ALTER TABLE items ADD COLUMN builder TEXT;
  ALTER TABLE items ADD COLUMN protected INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE items ADD COLUMN listed INTEGER NOT NULL DEFAULT 1;
  -- counters by listed as well, since the site's totals leave out the trash
  DROP TRIGGER items_counted;
  DROP TRIGGER items_recounted;
  DROP TRIGGER items_uncounted;
  ALTER TABLE counters RENAME TO counters_before;
  CREATE TABLE counters (
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    listed INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (type, state, listed)
  ) WITHOUT ROWID;
  INSERT INTO counters SELECT type, state, 1, n FROM counters_before;
  DROP TABLE counters_before;
  CREATE TRIGGER items_counted AFTER INSERT ON items BEGIN
    INSERT INTO counters VALUES (new.type, new.state, new.listed, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER items_recounted AFTER UPDATE OF type, state, listed ON items
  WHEN old.type <> new.type OR old.state <> new.state OR old.listed <> new.listed BEGIN
    UPDATE counters SET n = n - 1 WHERE type = old.type AND state = old.state AND listed = old.listed;
    INSERT INTO counters VALUES (new.type, new.state, new.listed, 1) ON CONFLICT DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER items_uncounted AFTER DELETE ON items BEGIN
    UPDATE counters SET n = n - 1 WHERE type = old.type AND state = old.state AND listed = old.listed;
  END;
  UPDATE items SET listed = 0 WHERE status = 'trash';
  -- a site that polls is called directly again from time to time
  ALTER TABLE transport ADD COLUMN direct_tries INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE transport ADD COLUMN tried_at INTEGER;
  -- how often a command was sent to a site that polls without a result
  ALTER TABLE commands ADD COLUMN deliveries INTEGER NOT NULL DEFAULT 0;`,
  `-- why a run waits: what for, since when (JSON)
  ALTER TABLE runs ADD COLUMN waiting TEXT;
  -- types that the site's owner does not let IGNY8 sync, and types whose posts the site can't move to a trash
  ALTER TABLE types ADD COLUMN denied INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE types ADD COLUMN trashless INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX items_in_trash ON items (n) WHERE status = 'trash';
  -- when a scheduled item was published late, because its time had passed before it could be sent
  ALTER TABLE items ADD COLUMN published_late_at INTEGER;
  -- the last save in WordPress that did not know IGNY8's version; each is imported once
  ALTER TABLE items ADD COLUMN stale_save TEXT;`,
  `-- the SEO plugin that stores a post's SEO fields
  ALTER TABLE items ADD COLUMN seo_provider TEXT;`,
  `-- whether the plugin reads packed requests
  ALTER TABLE transport ADD COLUMN packing INTEGER NOT NULL DEFAULT 0;`,
  `-- who asked for a run: an id, no name
  ALTER TABLE runs ADD COLUMN actor TEXT;`,
  SCHEMA_7,
  SCHEMA_8,
  `-- until when a site that polls is asked to poll often, because somebody uses it
  ALTER TABLE transport ADD COLUMN awake_until INTEGER;
  -- the poll that a key's row was last written for, which needs no row of its own then
  ALTER TABLE key_gate ADD COLUMN polled_at INTEGER;
  -- fifty commands at most are read through, so an index by id and a sequence only cost two rows a command
  ALTER TABLE commands RENAME TO commands_before;
  CREATE TABLE commands (
    n INTEGER PRIMARY KEY,
    work_id TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    sent_at INTEGER,
    answered_at INTEGER,
    deliveries INTEGER NOT NULL DEFAULT 0,
    UNIQUE (work_id, key)
  );
  INSERT INTO commands (n, work_id, key, id, name, queued_at, sent_at, answered_at, deliveries)
    SELECT n, work_id, key, id, name, queued_at, sent_at, answered_at, deliveries FROM commands_before;
  DROP TABLE commands_before;`,
  `-- since when the site has IGNY8 leave the post alone; null: it doesn't
  ALTER TABLE items ADD COLUMN left_alone_at INTEGER;
  CREATE INDEX items_left_alone ON items (type) WHERE left_alone_at IS NOT NULL;`,
  SCHEMA_11,
  SCHEMA_12,
]

/** Newest schema version of this release. A database written by another release may have another. */
export const SITE_STORE_VERSION = MIGRATIONS.length

/**
 * Migrates the database to the newest version. A newer database, written by a later release, is left as it is.
 * Synchronous, so it ends before the first event.
 * @param to an earlier version, for tests
 */
export function migrateSiteStore(database: SiteDatabase, to: number = SITE_STORE_VERSION): void {
  database.rows('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY)')
  const sql = 'SELECT ifnull(max(version), 0) AS version FROM migrations'
  const version = firstRow<{ version: number }>(database, sql)?.version ?? 0
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version || index >= to) continue
    database.transaction(() => {
      database.rows(statements)
      database.rows('INSERT INTO migrations (version) VALUES (?)', index + 1)
    })
  }
}
