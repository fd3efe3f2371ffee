<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Keeps work within PHP's own time limit.
 */
final class Time_Limit {

	/**
	 * @param int $most_ms Milliseconds that the work may take.
	 * @param int $spare_s Seconds of PHP's limit to leave for the rest of the request.
	 * @return int Milliseconds; at least a second of PHP's limit.
	 */
	public static function cap_ms( int $most_ms, int $spare_s ): int {
		$limit_s = (int) ini_get( 'max_execution_time' );
		return $limit_s > 0 ? min( $most_ms, 1000 * max( 1, $limit_s - $spare_s ) ) : $most_ms;
	}
}
