-- In a trigger the conflict clause of the outer statement holds: what is ignored below an UPDATE fails below an upsert, as which
-- connecting anew is written. https://sqlite.org/lang_createtrigger.html
DROP TRIGGER `integrations_watch_connection`;
--> statement-breakpoint
CREATE TRIGGER `integrations_watch_connection` AFTER UPDATE OF `connection` ON `integrations`
WHEN OLD.`connection` <> NEW.`connection`
BEGIN
  INSERT INTO `connection_watch` (`integration_id`, `account_id`, `told`, `changed_at`)
    SELECT NEW.`id`, NEW.`account_id`, OLD.`connection`, unixepoch() * 1000
    WHERE NOT EXISTS (SELECT 1 FROM `connection_watch` WHERE `integration_id` = NEW.`id`)
      AND (OLD.`connection` IN ('ready', 'degraded', 'unreachable', 'key_revoked', 'disabled')
        OR (OLD.`connection` = 'structure_syncing' AND NEW.`connection` IN ('degraded', 'unreachable', 'key_revoked', 'disabled')));
  UPDATE `connection_watch` SET
    `changes` = `changes` + 1,
    `changed_at` = CASE WHEN `due_at` IS NULL THEN unixepoch() * 1000 ELSE `changed_at` END,
    `due_at` = max(
      min(unixepoch() * 1000 + 120000, CASE WHEN `due_at` IS NULL THEN unixepoch() * 1000 ELSE `changed_at` END + 600000),
      CASE WHEN `window_count` >= 2 THEN `window_at` + 3600000 ELSE 0 END)
    WHERE `integration_id` = NEW.`id`;
END;
