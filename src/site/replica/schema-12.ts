/**
 * Version 12 of the object's tables: the history of each item. The journal names who made each version, and each of its
 * rows the one before of the same item: so the versions of an item are found without an index, which would be one row
 * more for each change.
 */
export const SCHEMA_12 = `-- newest row of the journal about the item, and what made its IGNY8 side what it is (JSON)
ALTER TABLE items ADD COLUMN history_id INTEGER;
ALTER TABLE items ADD COLUMN origin TEXT;
-- the row before of the same item; 0: there is none; null: an earlier version of the tables did not note it
ALTER TABLE history ADD COLUMN prev INTEGER;
-- null: IGNY8's side until it was replaced. 'wordpress': the site's side as it was read, where IGNY8's stayed another
ALTER TABLE history ADD COLUMN side TEXT;
-- what made this version (JSON)
ALTER TABLE history ADD COLUMN origin TEXT;
UPDATE items SET history_id = h.id FROM (SELECT item_n, max(id) AS id FROM history GROUP BY item_n) AS h
  WHERE h.item_n = items.n;
-- who saved the post, as the site says
ALTER TABLE inbox ADD COLUMN saved_by TEXT;`
