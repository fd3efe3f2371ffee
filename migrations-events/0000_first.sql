CREATE TABLE `notification_deliveries` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`message_id` text NOT NULL,
	`channel` text NOT NULL,
	`endpoint_id` text,
	`user_id` text,
	`status` text NOT NULL,
	`attempts` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`expires_at` integer NOT NULL,
	`last_status` integer,
	`error_code` text,
	`error_detail` text,
	`created_at` integer NOT NULL,
	`finished_at` integer,
	PRIMARY KEY(`account_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notification_deliveries_due` ON `notification_deliveries` (`next_attempt_at`) WHERE next_attempt_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `notification_deliveries_by_endpoint` ON `notification_deliveries` (`account_id`,`endpoint_id`,`id`);--> statement-breakpoint
CREATE INDEX `notification_deliveries_by_age` ON `notification_deliveries` (`created_at`);--> statement-breakpoint
CREATE TABLE `notification_messages` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`type` text NOT NULL,
	`summary` text NOT NULL,
	`changes` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notification_messages_by_age` ON `notification_messages` (`created_at`);--> statement-breakpoint
CREATE TABLE `sync_events` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`site_id` text NOT NULL,
	`integration_id` text NOT NULL,
	`run_id` text,
	`action` text NOT NULL,
	`direction` text,
	`success` integer NOT NULL,
	`code` text,
	`detail` text,
	`actor` text,
	`item_ids` text NOT NULL,
	`counts` text NOT NULL,
	`started_at` integer NOT NULL,
	`finished_at` integer NOT NULL,
	PRIMARY KEY(`integration_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sync_events_by_run` ON `sync_events` (`run_id`,`id`) WHERE run_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX `sync_events_failed` ON `sync_events` (`integration_id`,`id`) WHERE success = 0;--> statement-breakpoint
CREATE INDEX `sync_events_by_id` ON `sync_events` (`id`);--> statement-breakpoint
CREATE INDEX `sync_events_by_account` ON `sync_events` (`account_id`,`id`);