/**
 * Version 8 of the object's tables: what a site is put back with. The journal (`history`) has the IGNY8 sides of the last
 * 30 days, `restores` what was put back and can be undone, `imports` and `import_lines` a file that is being imported,
 * `dump` a backup that is being read.
 */
export const SCHEMA_8 = `-- when an item was made in IGNY8; null: it was read from the site, or is older than this version
ALTER TABLE items ADD COLUMN created_at INTEGER;
CREATE INDEX items_by_creation ON items (created_at) WHERE created_at IS NOT NULL;
-- what an item's IGNY8 side was until a moment. Rows are added at one end and dropped at the other, so the ids of those
-- that are kept have no gap
CREATE TABLE history (
  id INTEGER PRIMARY KEY,
  item_n INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  -- revision and deletion before the change
  revision INTEGER NOT NULL,
  deletion TEXT,
  -- the restore that made the change, so that it can be undone
  cause TEXT,
  doc TEXT NOT NULL,
  -- bytes of the documents of all rows up to this one
  total INTEGER NOT NULL,
  -- moments before this can't be answered, because rows were dropped for want of room
  floor_at INTEGER NOT NULL
);
-- an object that has items already: what they were before this moment is not known
INSERT INTO history SELECT 1, 0, unixepoch() * 1000, 0, NULL, NULL, '{}', 2, unixepoch() * 1000
  WHERE EXISTS (SELECT 1 FROM items);
CREATE INDEX history_by_cause ON history (cause, id) WHERE cause IS NOT NULL;
CREATE TABLE restores (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  -- the moment that the site is put back to
  to_at INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  -- what becomes of items that came to be since: kept, or moved to the trash
  newer TEXT NOT NULL,
  -- the restore that this one undoes
  undoes TEXT,
  undone_at INTEGER,
  -- row number of the last item that is done
  cursor INTEGER NOT NULL,
  counts TEXT NOT NULL
);
-- one at a time
CREATE UNIQUE INDEX restores_running ON restores (state) WHERE state = 'running';
CREATE TABLE imports (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  state TEXT NOT NULL,
  options TEXT NOT NULL,
  actor TEXT NOT NULL,
  -- the address of the connected WordPress
  target TEXT,
  at INTEGER NOT NULL,
  -- parts that have come, the lines and bytes in them, and the digest over their blocks
  parts INTEGER NOT NULL,
  lines INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sum TEXT NOT NULL,
  head TEXT,
  -- line up to which it was carried out
  cursor INTEGER NOT NULL,
  counts TEXT NOT NULL
);
-- lines that are to be carried out; of those that were refused the reason is kept in place of the text
CREATE TABLE import_lines (
  line INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT,
  post_id INTEGER,
  text TEXT NOT NULL,
  code TEXT
);
CREATE INDEX import_lines_by_post ON import_lines (post_id) WHERE post_id IS NOT NULL;
CREATE INDEX import_lines_refused ON import_lines (line) WHERE code IS NOT NULL;
-- a backup that is being read in pages, as of the moment at which it began
CREATE TABLE dump (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  tables TEXT NOT NULL
);`
