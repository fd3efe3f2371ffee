<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

/**
 * Ends the response, so that the client does not wait for work that PHP does afterwards.
 */
final class Response_Finisher {

	/** PHP-FPM and LiteSpeed. mod_php and PHP's built-in server have no such function. */
	private const FUNCTIONS = [ 'fastcgi_finish_request', 'litespeed_finish_request' ];

	public static function is_possible(): bool {
		return [] !== array_filter( self::FUNCTIONS, 'function_exists' );
	}

	/**
	 * @return bool Whether the response was ended.
	 */
	public static function finish(): bool {
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
