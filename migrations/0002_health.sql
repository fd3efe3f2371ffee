ALTER TABLE `integrations` ADD `connection_detail` text;--> statement-breakpoint
ALTER TABLE `integrations` ADD `last_proof_at` integer;