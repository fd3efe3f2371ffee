/**
 * Version 11 of the object's tables: lists of thousands of items, and changes of many of them
 * (docs/adr/0028-lists-and-bulk-changes.md).
 */

/**
 * Letters that Western Europe writes most, without their accents: what is there is sorted by these, what is written from
 * now on is folded whole (items/list-facts.ts). The platform takes expressions of a depth of a hundred at most.
 */
const LETTERS: readonly (readonly [letters: string, plain: string])[] = [
  ['ÀÁÂÄÅàáâäå', 'a'],
  ['Çç', 'c'],
  ['ÈÉÊËèéêë', 'e'],
  ['ÍÎÏíîï', 'i'],
  ['Ññ', 'n'],
  ['ÓÔÖóôö', 'o'],
  ['Šš', 's'],
  ['ÚÛÜúûü', 'u'],
  ['Žž', 'z'],
]

const folded = LETTERS.flatMap(([letters, plain]) => Array.from(letters, (letter) => [letter, plain] as const)).reduce(
  (sql, [letter, plain]) => `replace(${sql}, '${letter}', '${plain}')`,
  'substr(title, 1, 100)',
)

/** IGNY8's side of an item: its own version, or the base that it equals. */
const DOC = `(SELECT CASE WHEN json_valid(doc) THEN doc ELSE '{}' END FROM versions
  WHERE key BETWEEN items.n * 4 AND items.n * 4 + 1 ORDER BY key DESC LIMIT 1)`

export const SCHEMA_11 = `-- what lists sort and filter by
ALTER TABLE items ADD COLUMN title_key TEXT;
ALTER TABLE items ADD COLUMN date INTEGER;
ALTER TABLE items ADD COLUMN author TEXT;
ALTER TABLE items ADD COLUMN terms TEXT;
UPDATE items SET title_key = trim(lower(${folded})), (date, author, terms) = (
  SELECT unixepoch(json_extract(doc, '$.date')),
    CAST(ifnull(json_extract(doc, '$.author.id'), json_extract(doc, '$.author.name')) AS TEXT),
    (SELECT nullif(json_group_array(taxonomy.key || ':' || name.value), '[]')
      FROM json_each(doc, '$.terms') AS taxonomy,
        json_each(CASE taxonomy.type WHEN 'array' THEN taxonomy.value ELSE '[]' END) AS name)
  FROM (SELECT ${DOC} AS doc));
-- changes of many items: one at a time, the others wait
CREATE TABLE bulk_jobs (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  action TEXT NOT NULL,
  -- the job that this one undoes or retries, and the job that undid this one
  source TEXT,
  undone_by TEXT,
  actor TEXT,
  at INTEGER NOT NULL,
  finished_at INTEGER,
  -- the moment that the caller saw; items that changed since stay as they are
  as_of INTEGER,
  -- the newest change of the journal when the job was made
  history_id INTEGER NOT NULL,
  total INTEGER NOT NULL,
  -- items that are done
  done INTEGER NOT NULL,
  counts TEXT NOT NULL
);
-- what waits and what is old enough is found without reading the others
CREATE INDEX bulk_waiting ON bulk_jobs (n) WHERE finished_at IS NULL;
CREATE INDEX bulk_by_end ON bulk_jobs (finished_at) WHERE finished_at IS NOT NULL;
-- the items of a job in parts: row numbers, and for those that are done what became of them
CREATE TABLE bulk_parts (
  job_n INTEGER NOT NULL,
  part INTEGER NOT NULL,
  items TEXT NOT NULL,
  PRIMARY KEY (job_n, part)
) WITHOUT ROWID;
CREATE TRIGGER bulk_forgotten AFTER DELETE ON bulk_jobs BEGIN
  DELETE FROM bulk_parts WHERE job_n = old.n;
END;`
