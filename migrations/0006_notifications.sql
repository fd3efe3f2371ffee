CREATE TABLE `connection_watch` (
	`integration_id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`told` text NOT NULL,
	`changes` integer DEFAULT 0 NOT NULL,
	`changed_at` integer NOT NULL,
	`due_at` integer,
	`window_at` integer,
	`window_count` integer DEFAULT 0 NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `connection_watch_due` ON `connection_watch` (`due_at`,`account_id`) WHERE due_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX `connection_watch_by_account` ON `connection_watch` (`account_id`,`due_at`) WHERE due_at IS NOT NULL;--> statement-breakpoint
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
CREATE TABLE `notification_endpoints` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`secrets` text NOT NULL,
	`sealed_with` text NOT NULL,
	`previous_secret_until` integer,
	`failing_since` integer,
	`failing_told_at` integer,
	`error_code` text,
	`error_detail` text,
	`last_delivered_at` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `notification_endpoints_by_key` ON `notification_endpoints` (`sealed_with`);--> statement-breakpoint
CREATE TABLE `notification_messages` (
	`id` text NOT NULL,
	`account_id` text NOT NULL,
	`seq` integer NOT NULL,
	`type` text NOT NULL,
	`summary` text NOT NULL,
	`changes` integer NOT NULL,
	`body` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `notification_messages_by_seq` ON `notification_messages` (`account_id`,`seq`);--> statement-breakpoint
CREATE INDEX `notification_messages_by_age` ON `notification_messages` (`created_at`);--> statement-breakpoint
ALTER TABLE `memberships` ADD `notify_email` integer;