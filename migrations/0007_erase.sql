CREATE TABLE `deletions` (
	`subject_id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`phase` text NOT NULL,
	`requested_by` text NOT NULL,
	`requested_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`next_at` integer NOT NULL
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `deletions_by_next` ON `deletions` (`next_at`);--> statement-breakpoint
ALTER TABLE `sites` ADD `pause` text;--> statement-breakpoint
CREATE INDEX `invitations_by_email` ON `invitations` (`email`);--> statement-breakpoint
CREATE INDEX `verifications_by_person` ON `verifications` (`value`) WHERE value GLOB 'usr_*';--> statement-breakpoint
CREATE INDEX `idempotency_keys_by_account` ON `idempotency_keys` (`account_id`);--> statement-breakpoint
CREATE INDEX `sync_events_by_account` ON `sync_events` (`account_id`,`id`);