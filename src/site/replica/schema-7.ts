/**
 * Version 7 of the object's tables: work in the background grows with what changes, not with what the site has. What a
 * poll, a webhook, a health check or an unchanged sync asks for is found by an index or kept as a number.
 */
export const SCHEMA_7 = `-- how many of the counted items have a post: the number of a type's posts is compared in every sync
DROP TRIGGER items_counted;
DROP TRIGGER items_recounted;
DROP TRIGGER items_uncounted;
ALTER TABLE counters ADD COLUMN external INTEGER NOT NULL DEFAULT 0;
UPDATE counters SET external = (SELECT count(*) FROM items WHERE items.type = counters.type
  AND items.state = counters.state AND items.listed = counters.listed AND external_id IS NOT NULL);
CREATE TRIGGER items_counted AFTER INSERT ON items BEGIN
  INSERT INTO counters (type, state, listed, n, external)
    VALUES (new.type, new.state, new.listed, 1, new.external_id IS NOT NULL)
    ON CONFLICT DO UPDATE SET n = n + 1, external = external + excluded.external;
END;
CREATE TRIGGER items_recounted AFTER UPDATE OF type, state, listed, external_id ON items
WHEN old.type <> new.type OR old.state <> new.state OR old.listed <> new.listed
  OR (old.external_id IS NULL) <> (new.external_id IS NULL) BEGIN
  UPDATE counters SET n = n - 1, external = external - (old.external_id IS NOT NULL)
    WHERE type = old.type AND state = old.state AND listed = old.listed;
  INSERT INTO counters (type, state, listed, n, external)
    VALUES (new.type, new.state, new.listed, 1, new.external_id IS NOT NULL)
    ON CONFLICT DO UPDATE SET n = n + 1, external = external + excluded.external;
END;
CREATE TRIGGER items_uncounted AFTER DELETE ON items BEGIN
  UPDATE counters SET n = n - 1, external = external - (old.external_id IS NOT NULL)
    WHERE type = old.type AND state = old.state AND listed = old.listed;
END;
-- what waits is found without reading what doesn't; SQLite uses a partial index if the query repeats its condition
CREATE INDEX items_unsent ON items (n) WHERE state IN ('failed', 'local_ahead');
CREATE INDEX items_by_retry ON items (retry_at) WHERE state IN ('failed', 'local_ahead') AND retry_at IS NOT NULL
  AND (external_id IS NULL OR etag IS NOT NULL);
DROP INDEX inbox_by_age;
CREATE INDEX inbox_by_post ON inbox (post_id) WHERE due_at IS NOT NULL;
CREATE INDEX inbox_done ON inbox (received_at) WHERE due_at IS NULL;
CREATE INDEX inbox_heard ON inbox (received_at) WHERE event <> 'reminder';
CREATE INDEX media_by_external_id ON media (external_id);
-- a run is unfinished until it has a time of its end; a condition on the status would write the index at each lease
DROP INDEX runs_unfinished;
CREATE UNIQUE INDEX runs_unfinished ON runs (direction) WHERE finished_at IS NULL;
-- finished runs are numbered, so that the ones too many are found without reading the others
ALTER TABLE runs ADD COLUMN finished_n INTEGER;
UPDATE runs SET finished_n = (SELECT count(*) FROM runs AS earlier
  WHERE (earlier.finished_at, earlier.id) <= (runs.finished_at, runs.id)) WHERE finished_at IS NOT NULL;
DROP INDEX runs_by_finish;
CREATE INDEX runs_by_finish ON runs (finished_n) WHERE finished_n IS NOT NULL;
-- for runs that an earlier release ends, after this one was rolled back
CREATE TRIGGER runs_finished AFTER UPDATE OF finished_at ON runs
WHEN new.finished_at IS NOT NULL AND new.finished_n IS NULL BEGIN
  UPDATE runs SET finished_n = (SELECT ifnull(max(finished_n), 0) + 1 FROM runs WHERE finished_n IS NOT NULL)
    WHERE id = new.id;
END;
-- whether the stored poll is the last one that came, so that the next one shows how often the site polls
ALTER TABLE transport ADD COLUMN is_last_poll INTEGER NOT NULL DEFAULT 0;
-- until when a key is accepted without asking D1 again; null: not known, so D1 is asked
ALTER TABLE key_gate ADD COLUMN trusted_until INTEGER;`
