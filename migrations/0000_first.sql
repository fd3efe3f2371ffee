CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `invitations` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`email` text NOT NULL,
	`role` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `invitations_by_account` ON `invitations` (`account_id`,`email`);--> statement-breakpoint
CREATE TABLE `memberships` (
	`account_id` text NOT NULL,
	`user_id` text NOT NULL,
	`role` text NOT NULL,
	`notify_email` integer,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`account_id`, `user_id`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `memberships_by_user` ON `memberships` (`user_id`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`token` text NOT NULL,
	`user_id` text NOT NULL,
	`expires_at` integer NOT NULL,
	`ip_address` text,
	`user_agent` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_token_unique` ON `sessions` (`token`);--> statement-breakpoint
CREATE INDEX `sessions_by_user` ON `sessions` (`user_id`);--> statement-breakpoint
CREATE TABLE `user_credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`provider_account_id` text NOT NULL,
	`provider_id` text NOT NULL,
	`user_id` text NOT NULL,
	`access_token` text,
	`refresh_token` text,
	`id_token` text,
	`access_token_expires_at` integer,
	`refresh_token_expires_at` integer,
	`scope` text,
	`password` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `user_credentials_by_user` ON `user_credentials` (`user_id`);--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`email_verified` integer DEFAULT false NOT NULL,
	`image` text,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE TABLE `verifications` (
	`id` text PRIMARY KEY NOT NULL,
	`identifier` text NOT NULL,
	`value` text NOT NULL,
	`expires_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `verifications_by_identifier` ON `verifications` (`identifier`);--> statement-breakpoint
CREATE TABLE `api_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`site_id` text NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`masked` text NOT NULL,
	`scopes` text NOT NULL,
	`expires_at` integer,
	`revoked_at` integer,
	`last_used_at` integer,
	`created_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `api_keys_by_site` ON `api_keys` (`site_id`,`created_at`);--> statement-breakpoint
CREATE TABLE `sites` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`name` text NOT NULL,
	`url` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sites_by_account` ON `sites` (`account_id`,`id`);--> statement-breakpoint
CREATE TABLE `integrations` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`site_id` text NOT NULL,
	`platform` text NOT NULL,
	`site_url` text NOT NULL,
	`is_active` integer DEFAULT true NOT NULL,
	`sync_enabled` integer DEFAULT true NOT NULL,
	`sync_status` text DEFAULT 'pending' NOT NULL,
	`connection` text DEFAULT 'not_connected' NOT NULL,
	`connection_reason` text,
	`connection_detail` text,
	`connection_since` integer,
	`last_verified_at` integer,
	`api_key_id` text,
	`api_key_masked` text,
	`credentials` text,
	`commands_url` text,
	`transport` text DEFAULT 'direct' NOT NULL,
	`last_poll_at` integer,
	`expected_latency_s` integer,
	`config_json` text NOT NULL,
	`structure_json` text,
	`structure_fetched_at` integer,
	`type_settings_json` text NOT NULL,
	`counts_json` text,
	`counts_as_of` integer,
	`sync_epoch` integer DEFAULT 0 NOT NULL,
	`last_sync_at` integer,
	`next_check_at` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `integrations_by_site_platform` ON `integrations` (`site_id`,`platform`);--> statement-breakpoint
CREATE INDEX `integrations_by_account` ON `integrations` (`account_id`,`id`);--> statement-breakpoint
CREATE INDEX `integrations_by_next_check` ON `integrations` (`next_check_at`,`id`);--> statement-breakpoint
CREATE TABLE `audit_log` (
	`account_id` text NOT NULL,
	`seq` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`entity_id` text NOT NULL,
	`metadata` text NOT NULL,
	`request_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`hash` text NOT NULL,
	PRIMARY KEY(`account_id`, `seq`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`fingerprint` text NOT NULL,
	`status` integer,
	`response` text,
	`lease_until` integer NOT NULL,
	`expires_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_expiry` ON `idempotency_keys` (`expires_at`);--> statement-breakpoint
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
CREATE TABLE `ticks` (
	`cron` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
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
CREATE INDEX `notification_messages_by_age` ON `notification_messages` (`created_at`);
--> statement-breakpoint
-- Every change of a connection's state is kept for notifications, whoever makes it. First connecting is watched only where
-- it goes wrong. Due after two minutes of rest, ten minutes after the first change at the latest; a site that was told of
-- twice within the hour waits until the hour is over.
-- In a trigger the conflict clause of the outer statement holds: what is ignored below an UPDATE fails below an upsert, as which
-- connecting anew is written. https://sqlite.org/lang_createtrigger.html
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
--> statement-breakpoint
CREATE TRIGGER `integrations_unwatch` AFTER DELETE ON `integrations`
BEGIN
  DELETE FROM `connection_watch` WHERE `integration_id` = OLD.`id`;
END;
