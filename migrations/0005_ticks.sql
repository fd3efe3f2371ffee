CREATE TABLE `ticks` (
	`cron` text PRIMARY KEY NOT NULL,
	`at` integer NOT NULL
) WITHOUT ROWID;
