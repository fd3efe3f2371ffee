CREATE TABLE `figures` (
	`hour` integer PRIMARY KEY NOT NULL,
	`body` text NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `operators` (
	`user_id` text PRIMARY KEY NOT NULL,
	`granted_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `accounts` ADD `suspended_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `suspension_reason` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `suspension` text;--> statement-breakpoint
CREATE INDEX `accounts_by_suspension` ON `accounts` (`suspension`) WHERE suspension IS NOT NULL;--> statement-breakpoint
ALTER TABLE `sites` ADD `is_suspended` integer DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX `sites_by_url` ON `sites` (`url`);--> statement-breakpoint
ALTER TABLE `ticks` ADD `jobs` text DEFAULT '{}' NOT NULL;