ALTER TABLE `memberships` ADD `told_of` integer;--> statement-breakpoint
ALTER TABLE `deletions` ADD `phase_at` integer;--> statement-breakpoint
CREATE INDEX `connection_changes_by_account` ON `connection_changes` (`account_id`,`integration_id`);