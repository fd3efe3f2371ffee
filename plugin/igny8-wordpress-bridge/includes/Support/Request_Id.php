<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Id that finds a request in the logs of both sides. It authenticates nothing and is not secret.
 */
final class Request_Id {

	public const HEADER = 'x-request-id';

	private const SHAPE = '/\A[A-Za-z0-9_-]{1,64}\z/';

	/**
	 * For a request that this site sends.
	 */
	public static function fresh(): string {
		return 'wp_' . bin2hex( random_bytes( 16 ) );
	}

	/**
	 * @param mixed $stated As received.
	 * @return string '' if it has another shape, to keep it out of the log.
	 */
	public static function read( $stated ): string {
		return is_string( $stated ) && 1 === preg_match( self::SHAPE, $stated ) ? $stated : '';
	}
}
