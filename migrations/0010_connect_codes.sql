CREATE TABLE `connect_codes` (
	`site_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`code_hash` text NOT NULL,
	`challenge` text NOT NULL,
	`site_url` text NOT NULL,
	`approved_by` text NOT NULL,
	`replaces` text,
	`type_settings_json` text NOT NULL,
	`used_at` integer,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `connect_codes_by_hash` ON `connect_codes` (`code_hash`);--> statement-breakpoint
CREATE INDEX `connect_codes_by_expiry` ON `connect_codes` (`expires_at`);--> statement-breakpoint
CREATE INDEX `connect_codes_by_account` ON `connect_codes` (`account_id`);