<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Describes WordPress, PHP and the database.
 */
final class Environment {

	/**
	 * @return array<string, mixed> Fields of `status`.
	 */
	public function describe(): array {
		return [
			'plugin_version'  => IGNY8_BRIDGE_VERSION,
			'wp_version'      => (string) get_bloginfo( 'version' ),
			'php_version'     => PHP_VERSION,
			'db'              => $this->database(),
			'home_url'        => home_url(),
			'site_url'        => site_url(),
			'rest_root'       => rest_url(),
			'permalinks'      => '' === (string) get_option( 'permalink_structure' ) ? 'plain' : 'pretty',
			'multisite'       => is_multisite(),
			'locale'          => get_locale(),
			'timezone'        => wp_timezone_string(),
			'memory_limit_mb' => $this->memory_limit_mb(),
			'max_execution_s' => (int) ini_get( 'max_execution_time' ),
		];
	}

	/**
	 * Name and version; SQLite if a driver replaces MySQL.
	 */
	private function database(): string {
		global $wpdb;

		if ( false !== stripos( get_class( $wpdb ), 'sqlite' ) ) {
			$version = $wpdb->get_var( 'SELECT SQLITE_VERSION()' );
			if ( ! is_string( $version ) || '' === $version ) {
				$version = class_exists( 'SQLite3' ) ? \SQLite3::version()['versionString'] : '';
			}
			return trim( 'sqlite ' . $version );
		}

		// MariaDB prefixes its version with 5.5.5- for old clients.
		$version = (string) preg_replace( '/^5\.5\.5-(?=\d+\.)/', '', (string) $wpdb->db_server_info() );
		return trim( 'mysql ' . preg_replace( '/[^0-9.].*$/', '', $version ) );
	}

	/**
	 * Whole megabytes; -1 for no limit.
	 */
	private function memory_limit_mb(): int {
		$bytes = wp_convert_hr_to_bytes( (string) ini_get( 'memory_limit' ) );
		return $bytes <= 0 ? -1 : intdiv( (int) $bytes, MB_IN_BYTES );
	}
}
