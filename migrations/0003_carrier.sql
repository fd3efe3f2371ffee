ALTER TABLE `integrations` ADD `carrier` text DEFAULT 'direct' NOT NULL;--> statement-breakpoint
ALTER TABLE `integrations` ADD `last_exchange_at` integer;--> statement-breakpoint
ALTER TABLE `integrations` ADD `expected_latency_s` integer;