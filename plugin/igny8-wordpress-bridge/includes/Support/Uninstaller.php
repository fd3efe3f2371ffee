<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

use Igny8\Bridge\Cron\Schedule;

/**
 * Removes everything this plugin has ever written: options, transients, tables, events.
 */
final class Uninstaller {

	private const SITES_AT_ONCE = 200;

	/**
	 * On every site of a network.
	 */
	public function run(): void {
		if ( is_multisite() ) {
			self::on_every_site( [ $this, 'clean_site' ] );
		} else {
			$this->clean_site();
		}
	}

	/**
	 * By prefix, so that nothing an older or newer version has left is forgotten.
	 */
	public function clean_site(): void {
		global $wpdb;

		( new Schedule() )->cancel_all();
		foreach ( [ 'igny8_', '_transient_igny8_', '_transient_timeout_igny8_' ] as $prefix ) {
			$names = $wpdb->get_col( $wpdb->prepare( "SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $wpdb->esc_like( $prefix ) . '%' ) );
			foreach ( $names as $name ) {
				delete_option( (string) $name );
			}
		}

		$tables = $wpdb->get_col( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $wpdb->prefix . 'igny8_' ) . '%' ) );
		foreach ( $tables as $table ) {
			$wpdb->query( 'DROP TABLE IF EXISTS `' . esc_sql( (string) $table ) . '`' );
		}
	}

	public static function on_every_site( callable $do ): void {
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
				$do();
				restore_current_blog();
			}
			$offset += self::SITES_AT_ONCE;
		} while ( count( $ids ) === self::SITES_AT_ONCE );
	}
}
