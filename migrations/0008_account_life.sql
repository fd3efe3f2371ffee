ALTER TABLE `memberships` ADD `told_of` integer;--> statement-breakpoint
CREATE INDEX `connection_changes_by_account` ON `connection_changes` (`account_id`,`integration_id`);