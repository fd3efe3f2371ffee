<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Made_Bodies;
use Igny8\Bridge\Content\Open_Links;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Write\Open_Editor;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Lists\Attention;

/**
 * Removes everything that this plugin has written: options, transients, tables and events.
 */
final class Uninstaller {

	private const OPTION_PREFIXES = [ 'igny8_', '_transient_igny8_', '_transient_timeout_igny8_' ];

	private const SITES_AT_ONCE = 200;

	/**
	 * On every site of a network.
	 */
	public function run(): void {
		if ( is_multisite() ) {
			self::on_every_site( [ $this, 'clean_site' ] );
			$this->clean_network();
		} else {
			$this->clean_site();
		}
	}

	/**
	 * What a network keeps once for all its sites.
	 */
	private function clean_network(): void {
		global $wpdb;

		$options = $wpdb->get_col( "SELECT DISTINCT meta_key FROM {$wpdb->sitemeta} WHERE meta_key LIKE '%igny8%'" );
		foreach ( $this->with_prefix( $options, self::OPTION_PREFIXES ) as $option ) {
			delete_site_option( $option );
		}
	}

	/**
	 * Deletes by prefix, so that it includes what other versions stored.
	 *
	 * @param string[] $kept Options to keep.
	 */
	public function clean_site( array $kept = [] ): void {
		global $wpdb;

		( new Schedule() )->cancel_all();
		$options = $wpdb->get_col( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE '%igny8%'" );
		foreach ( array_diff( $this->with_prefix( $options, self::OPTION_PREFIXES ), $kept ) as $option ) {
			delete_option( $option );
		}

		// Who keeps the settings keeps what is decided about single posts too.
		$choices = [] === $kept ? [ Left_Alone::MARK ] : [];
		foreach ( array_merge( [ Open_Editor::SINCE, Open_Editor::HANDOVER, Stale_Saves::MARK, Attention::MARK, Made_Bodies::KEY, Open_Links::KEY ], $choices ) as $key ) {
			delete_post_meta_by_key( $key );
		}
		$tables = $wpdb->get_col( "SHOW TABLES LIKE '%igny8%'" );
		foreach ( $this->with_prefix( $tables, [ $wpdb->prefix . 'igny8_' ] ) as $table ) {
			$name = esc_sql( $table );
			$wpdb->query( "DROP TABLE IF EXISTS `$name`" );
		}
	}

	public static function on_every_site( callable $task ): void {
		$offset = 0;
		do {
			$ids = get_sites(
				[
					'fields' => 'ids',
					'number' => self::SITES_AT_ONCE,
					'offset' => $offset,
				]
			);
			foreach ( $ids as $id ) {
				switch_to_blog( (int) $id );
				$task();
				restore_current_blog();
			}
			$offset += self::SITES_AT_ONCE;
		} while ( count( $ids ) === self::SITES_AT_ONCE );
	}

	/**
	 * Compares in PHP, because "_" is a wildcard in SQL, and the older SQLite driver treats an escaped one as a
	 * wildcard too.
	 *
	 * @param string[] $names    Options or tables.
	 * @param string[] $prefixes Accepted prefixes.
	 * @return string[]
	 */
	private function with_prefix( array $names, array $prefixes ): array {
		return array_filter(
			array_map( 'strval', $names ),
			static function ( string $name ) use ( $prefixes ): bool {
				foreach ( $prefixes as $prefix ) {
					if ( 0 === strpos( $name, $prefix ) ) {
						return true;
					}
				}
				return false;
			}
		);
	}
}
