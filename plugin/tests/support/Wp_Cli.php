<?php
/**
 * Replaces WP-CLI and records what it would print.
 */

declare(strict_types=1);

if ( ! class_exists( 'WP_CLI' ) ) {
	require_once __DIR__ . '/wp-cli-utils.php';

	final class WP_CLI {

		/** @var string[] */
		public static array $said = [];

		/** @var array[] Rows of the last table. */
		public static array $rows = [];

		public static function line( string $text ): void {
			self::$said[] = $text;
		}

		public static function success( string $text ): void {
			self::$said[] = 'Success: ' . $text;
		}

		public static function warning( string $text ): void {
			self::$said[] = 'Warning: ' . $text;
		}

		public static function error( string $text ): void {
			self::$said[] = 'Error: ' . $text;
			throw new RuntimeException( 'exit 1' );
		}

		public static function halt( int $code ): void {
			throw new RuntimeException( 'exit ' . $code );
		}
	}
}
