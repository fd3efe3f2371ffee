ALTER TABLE `audit_log` ADD `mac` text DEFAULT '' NOT NULL;--> statement-breakpoint
CREATE INDEX `audit_log_mac` ON `audit_log` (`account_id`,`mac`) WHERE mac <> '';--> statement-breakpoint
CREATE INDEX `audit_log_unsealed` ON `audit_log` (`account_id`,`seq`) WHERE hash = '';