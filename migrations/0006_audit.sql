ALTER TABLE `audit_log` ADD `origin` text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit_log` ADD `origin_digest` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_log_by_time` ON `audit_log` (`account_id`,`created_at`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_by_actor` ON `audit_log` (`account_id`,`actor`,`created_at`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_by_action` ON `audit_log` (`account_id`,`action`,`created_at`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_by_entity` ON `audit_log` (`account_id`,`entity_id`,`created_at`,`seq`);--> statement-breakpoint
CREATE INDEX `audit_log_origins` ON `audit_log` (`actor`) WHERE origin <> '';--> statement-breakpoint
ALTER TABLE `sync_events` ADD `actor` text;