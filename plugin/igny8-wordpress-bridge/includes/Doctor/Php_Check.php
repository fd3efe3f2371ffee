<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Checks the memory and time that PHP gives a request from IGNY8. The limits of the current request can differ:
 * wp-admin raises the memory limit, and a command line has no limits.
 */
final class Php_Check implements Check {

	private const LEAST_MEMORY_BYTES = 64 * MB_IN_BYTES;

	private const LEAST_TIME_S = 15;

	private string $sapi;

	/** @var callable(string): string */
	private $setting;

	/**
	 * @param callable|null $setting Returns a php.ini setting as it was before WordPress changed it.
	 */
	public function __construct( string $sapi = PHP_SAPI, ?callable $setting = null ) {
		$this->sapi    = $sapi;
		$this->setting = $setting ?? [ self::class, 'original' ];
	}

	public function run(): array {
		$memory   = $this->memory_bytes();
		$time_s   = (int) ( $this->setting )( 'max_execution_time' );
		$evidence = [
			'PHP ' . PHP_VERSION . ' (' . $this->sapi . ')',
			'memory_limit: ' . ( $memory <= 0 ? '-1' : size_format( $memory ) ),
			'max_execution_time: ' . $time_s . ' s',
		];
		if ( 'cli' === $this->sapi ) {
			// These limits are not the web server's.
			return [ Finding::ok( 'php', 'php_of_command_line', __( 'The limits of PHP can only be checked from outside', 'igny8-wordpress-bridge' ), __( 'The command line has other limits than the web server.', 'igny8-wordpress-bridge' ), $evidence ) ];
		}

		if ( $memory > 0 && $memory < self::LEAST_MEMORY_BYTES ) {
			return [
				new Finding(
					Finding::WARNING,
					'php',
					'memory_low',
					__( 'PHP has very little memory', 'igny8-wordpress-bridge' ),
					/* translators: %s: amount, for example "40 MB". */
					sprintf( __( 'A request may use %s.', 'igny8-wordpress-bridge' ), (string) size_format( $memory ) ),
					__( 'Set WP_MEMORY_LIMIT to 128M or more in wp-config.php, or ask your host.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}
		if ( $time_s > 0 && $time_s < self::LEAST_TIME_S ) {
			return [
				new Finding(
					Finding::WARNING,
					'php',
					'time_limit_low',
					__( 'PHP’s time limit is very short', 'igny8-wordpress-bridge' ),
					/* translators: %d: number of seconds. */
					sprintf( __( 'A request may take %d seconds.', 'igny8-wordpress-bridge' ), $time_s ),
					__( 'Ask your host to set max_execution_time to 30 seconds or more.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}
		return [ Finding::ok( 'php', 'php_sufficient', __( 'PHP has enough memory and time', 'igny8-wordpress-bridge' ), __( 'A request from IGNY8 has enough memory and time.', 'igny8-wordpress-bridge' ), $evidence ) ];
	}

	/**
	 * WordPress raises php.ini's limit to WP_MEMORY_LIMIT, but never lowers it. 0 or less means no limit.
	 */
	private function memory_bytes(): int {
		$own  = (int) wp_convert_hr_to_bytes( ( $this->setting )( 'memory_limit' ) );
		$more = defined( 'WP_MEMORY_LIMIT' ) ? (int) wp_convert_hr_to_bytes( (string) constant( 'WP_MEMORY_LIMIT' ) ) : 0;
		return $own <= 0 ? -1 : max( $own, $more );
	}

	private static function original( string $name ): string {
		$all = ini_get_all( null, true );
		return (string) ( is_array( $all ) ? ( $all[ $name ]['global_value'] ?? '' ) : ini_get( $name ) );
	}
}
