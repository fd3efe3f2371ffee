CREATE TABLE `connection_changes` (
	`integration_id` text PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`site_id` text NOT NULL,
	`state` text NOT NULL,
	`fingerprint` text NOT NULL,
	`secret` text,
	`site_url` text,
	`rest_root` text,
	`plugin_version` text,
	`api_key_id` text NOT NULL,
	`requested_from` text,
	`requested_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`decided_by` text
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `connection_changes_by_expiry` ON `connection_changes` (`expires_at`);--> statement-breakpoint
ALTER TABLE `integrations` ADD `acting_user_json` text;