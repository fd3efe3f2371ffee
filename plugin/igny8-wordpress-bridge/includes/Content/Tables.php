<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Log;

/**
 * The plugin's own tables, created on activation and updated with the first request of a new version.
 */
final class Tables {

	/** Version of the existing tables, or when creating them failed. */
	public const OPTION = 'igny8_tables';

	private const VERSION = '3';

	private const RETRY_S = 60 * 60;

	private Log $log;

	public function __construct( Log $log ) {
		$this->log = $log;
	}

	/**
	 * Changes that IGNY8 has not accepted yet.
	 */
	public static function outbox(): string {
		global $wpdb;
		return $wpdb->prefix . 'igny8_outbox';
	}

	/**
	 * Commands of the last week.
	 */
	public static function commands(): string {
		global $wpdb;
		return $wpdb->prefix . 'igny8_commands';
	}

	/**
	 * What IGNY8 wrote in the last two weeks, with the values before.
	 */
	public static function writes(): string {
		global $wpdb;
		return $wpdb->prefix . 'igny8_writes';
	}

	/**
	 * Posts that were saved from an editor without IGNY8's last version.
	 */
	public static function stale_saves(): string {
		global $wpdb;
		return $wpdb->prefix . 'igny8_stale_saves';
	}

	public function hook(): void {
		add_action( 'init', [ $this, 'ensure' ], 1 );
	}

	/**
	 * Costs no query, because the option is autoloaded.
	 */
	public function exist(): bool {
		return self::VERSION === get_option( self::OPTION );
	}

	public function ensure(): void {
		if ( ! $this->exist() && ! $this->has_just_failed() ) {
			$this->create();
		}
	}

	/**
	 * Asks the database, not the option.
	 *
	 * @return string[] Names of missing tables.
	 */
	public function missing(): array {
		global $wpdb;

		$made = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->prefix . 'igny8_' ) . '%' ) );
		return array_values( array_diff( [ self::outbox(), self::commands(), self::writes(), self::stale_saves() ], $made ) );
	}

	private function has_just_failed(): bool {
		$state = get_option( self::OPTION );
		return is_array( $state ) && (int) ( $state['failed_at'] ?? 0 ) > time() - self::RETRY_S;
	}

	private function create(): void {
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		dbDelta( $this->schema() );
		if ( [] === $this->missing() ) {
			update_option( self::OPTION, self::VERSION, true );
			return;
		}
		update_option( self::OPTION, [ 'failed_at' => time() ], true );
		$this->log->error( 'tables_missing', __( 'The tables of this plugin could not be created: the database user is not allowed to create tables.', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * In the format of dbDelta(): one column per line, two spaces after PRIMARY KEY.
	 */
	private function schema(): string {
		global $wpdb;

		$outbox   = self::outbox();
		$commands = self::commands();
		$writes   = self::writes();
		$saves    = self::stale_saves();
		$charset  = $wpdb->get_charset_collate();
		return "CREATE TABLE $outbox (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			post_id bigint(20) unsigned NOT NULL,
			kind varchar(20) NOT NULL,
			post_type varchar(32) NOT NULL,
			status varchar(20) NOT NULL,
			user_id bigint(20) unsigned NOT NULL DEFAULT 0,
			message_id varchar(40) NOT NULL,
			created_at bigint(20) unsigned NOT NULL,
			due_at bigint(20) unsigned NOT NULL,
			attempts int(10) unsigned NOT NULL,
			PRIMARY KEY  (id),
			UNIQUE KEY post_kind (post_id,kind),
			KEY due_at (due_at)
			) $charset;
			CREATE TABLE $commands (
			command char(64) NOT NULL,
			outcome varchar(20) NOT NULL,
			post_id bigint(20) unsigned NOT NULL,
			created tinyint(1) unsigned NOT NULL,
			etag char(32) NOT NULL,
			started_at bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (command),
			KEY started_at (started_at)
			) $charset;
			CREATE TABLE $writes (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			post_id bigint(20) unsigned NOT NULL,
			made_at bigint(20) unsigned NOT NULL,
			fields longtext NOT NULL,
			PRIMARY KEY  (id),
			KEY post_id (post_id)
			) $charset;
			CREATE TABLE $saves (
			post_id bigint(20) unsigned NOT NULL,
			save_id char(16) NOT NULL,
			write_id bigint(20) unsigned NOT NULL,
			certain tinyint(1) unsigned NOT NULL,
			kept tinyint(1) unsigned NOT NULL,
			user_id bigint(20) unsigned NOT NULL,
			saved_at bigint(20) unsigned NOT NULL,
			base longtext NOT NULL,
			ours longtext NOT NULL,
			PRIMARY KEY  (post_id)
			) $charset;";
	}
}
