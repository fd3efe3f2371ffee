CREATE TABLE `outbox` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`kind` text NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `outbox_by_id` ON `outbox` (`id`);--> statement-breakpoint
CREATE INDEX `outbox_by_account` ON `outbox` (`account_id`);--> statement-breakpoint
CREATE TABLE `database_sizes` (
	`name` text NOT NULL,
	`day` text NOT NULL,
	`bytes` integer NOT NULL,
	PRIMARY KEY(`name`, `day`)
) WITHOUT ROWID;
--> statement-breakpoint
ALTER TABLE `accounts` ADD `events_shard` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `events_target` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `events_phase` text;--> statement-breakpoint
ALTER TABLE `accounts` ADD `events_phase_at` integer;--> statement-breakpoint
ALTER TABLE `accounts` ADD `notified_at` text;--> statement-breakpoint
CREATE INDEX `accounts_moving` ON `accounts` (`events_target`) WHERE events_target IS NOT NULL;--> statement-breakpoint
ALTER TABLE `integrations` ADD `request_told_at` integer;