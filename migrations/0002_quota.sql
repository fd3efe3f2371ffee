CREATE TABLE `account_quotas` (
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`most` integer NOT NULL,
	PRIMARY KEY(`account_id`, `kind`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `over_quota` (
	`kind` text PRIMARY KEY NOT NULL,
	CONSTRAINT "within_quota" CHECK("over_quota"."kind" = '')
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `integrations` ADD `stored_bytes` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `invitations_by_expiry` ON `invitations` (`expires_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `verifications_by_expiry` ON `verifications` (`expires_at`);--> statement-breakpoint
CREATE INDEX `api_keys_by_account` ON `api_keys` (`account_id`);--> statement-breakpoint
CREATE INDEX `api_keys_by_revocation` ON `api_keys` (`revoked_at`) WHERE revoked_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `api_keys_by_expiry` ON `api_keys` (`expires_at`) WHERE expires_at IS NOT NULL;--> statement-breakpoint
-- A person has at most 50 sessions: a new one ends the oldest.
CREATE TRIGGER `sessions_bound` AFTER INSERT ON `sessions`
BEGIN
  DELETE FROM `sessions` WHERE `id` IN (
    SELECT `id` FROM `sessions` WHERE `user_id` = NEW.`user_id` ORDER BY `created_at` DESC, `id` DESC LIMIT -1 OFFSET 50
  );
END;
