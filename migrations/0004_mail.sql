CREATE TABLE `mail_limits` (
	`address` text NOT NULL,
	`budget` text NOT NULL,
	`count` integer NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`address`, `budget`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `mail_limits_by_expiry` ON `mail_limits` (`expires_at`);--> statement-breakpoint
CREATE TABLE `mail_suppressions` (
	`address` text NOT NULL,
	`list` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`address`, `list`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `mail_suppressions_by_expiry` ON `mail_suppressions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sign_in_attempts` (
	`subject` text NOT NULL,
	`source` text NOT NULL,
	`failures` integer NOT NULL,
	`wait_until` integer NOT NULL,
	`resets_at` integer NOT NULL,
	`told_at` integer,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`subject`, `source`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE INDEX `sign_in_attempts_by_expiry` ON `sign_in_attempts` (`expires_at`);--> statement-breakpoint
ALTER TABLE `invitations` ADD `id` text;--> statement-breakpoint
ALTER TABLE `invitations` ADD `invited_by` text;--> statement-breakpoint
ALTER TABLE `invitations` ADD `mail_status` text;--> statement-breakpoint
ALTER TABLE `users` ADD `locale` text;