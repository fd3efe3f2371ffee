<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Ends the response, so that the client does not wait for work that PHP does afterwards.
 */
final class Response_Finisher {

	/** PHP-FPM and LiteSpeed. mod_php and PHP's built-in server have no such function. */
	private const FUNCTIONS = [ 'fastcgi_finish_request', 'litespeed_finish_request' ];

	private static bool $has_finished_empty = false;

	public static function is_possible(): bool {
		return self::$has_finished_empty || [] !== array_filter( self::FUNCTIONS, 'function_exists' );
	}

	/**
	 * @return bool Whether the response was ended.
	 */
	public static function finish(): bool {
		return self::finish_by_function() || self::$has_finished_empty;
	}

	/**
	 * Sends an empty response. Without a body, sending the headers ends it under mod_php and PHP's built-in server too.
	 */
	public static function finish_empty( int $status ): void {
		while ( ob_get_level() > 0 && 0 !== ( ob_get_status()['flags'] & PHP_OUTPUT_HANDLER_REMOVABLE ) && ob_end_clean() ) {
			continue;
		}
		if ( ! headers_sent() ) {
			status_header( $status );
			nocache_headers();
			if ( 204 !== $status ) {
				header( 'Content-Length: 0' );
			}
		}
		self::$has_finished_empty = true;
		if ( ! self::finish_by_function() ) {
			flush();
		}
	}

	private static function finish_by_function(): bool {
		foreach ( array_filter( self::FUNCTIONS, 'function_exists' ) as $finish ) {
			if ( PHP_SESSION_ACTIVE === session_status() ) {
				// An open session would block the next request of the same visitor.
				session_write_close();
			}
			$finish();
			return true;
		}
		return false;
	}
}
