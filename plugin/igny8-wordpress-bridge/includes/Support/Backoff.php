<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Wait before the next try: 1, 2, 4 … minutes up to 6 hours with 10 % jitter, or as long as the API asked for.
 */
final class Backoff {

	public const FIRST_S = 60;

	public const LONGEST_S = 6 * 60 * 60;

	private const LONGEST_RETRY_AFTER_S = 24 * 60 * 60;

	/**
	 * @param int      $attempt       Failed tries so far, from 1.
	 * @param int|null $retry_after_s `Retry-After` of the API, which takes precedence, up to a day.
	 * @return int Seconds.
	 */
	public function delay_s( int $attempt, ?int $retry_after_s = null ): int {
		if ( null !== $retry_after_s ) {
			return max( 1, min( $retry_after_s, self::LONGEST_RETRY_AFTER_S ) );
		}

		$exponent = max( 0, min( $attempt - 1, 20 ) );
		$delay    = min( self::FIRST_S * ( 2 ** $exponent ), self::LONGEST_S );

		// Jitter, so that sites that failed together don't retry together.
		$jitter = intdiv( $delay, 10 );
		return $delay - $jitter + random_int( 0, 2 * $jitter );
	}
}
