<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

/**
 * Sends the page, so that nobody waits for what is done after it.
 */
final class Response_Finisher {

	public static function is_possible(): bool {
		return function_exists( 'fastcgi_finish_request' ) || function_exists( 'litespeed_finish_request' );
	}

	public static function request(): void {
		if ( ! self::is_possible() ) {
			return;
		}
		if ( PHP_SESSION_ACTIVE === session_status() ) {
			session_write_close();
		}
		$finish = function_exists( 'fastcgi_finish_request' ) ? 'fastcgi_finish_request' : 'litespeed_finish_request';
		$finish();
	}
}
