<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Compares this site's clock with the `Date` header of the API's answer.
 */
final class Clock_Reader {

	/** Half the tolerance of signatures, to warn before messages are refused. */
	private const OFF_S = 150;

	/** Above this, every message is refused. */
	private const REFUSED_S = 300;

	/**
	 * @param array $answer As WordPress' HTTP API gives it.
	 * @return Finding[] None if the answer has no date, or comes from a cache.
	 */
	public function compare( array $answer ): array {
		$stated = strtotime( (string) wp_remote_retrieve_header( $answer, 'date' ) );
		if ( false === $stated || (int) wp_remote_retrieve_header( $answer, 'age' ) > 0 ) {
			return [];
		}

		$skew_s   = time() - $stated;
		$evidence = [
			'IGNY8: ' . gmdate( 'Y-m-d H:i:s', $stated ) . ' UTC',
			'WordPress: ' . gmdate( 'Y-m-d H:i:s' ) . ' UTC',
		];
		if ( abs( $skew_s ) < self::OFF_S ) {
			return [ Finding::ok( 'clock', 'clock_right', __( 'The clock is right', 'igny8-wordpress-bridge' ), __( 'The clock of this server matches IGNY8’s clock.', 'igny8-wordpress-bridge' ), $evidence ) ];
		}

		$detail = sprintf(
			$skew_s > 0
				/* translators: %d: number of seconds. */
				? __( 'The clock of this server is %d seconds ahead.', 'igny8-wordpress-bridge' )
				/* translators: %d: number of seconds. */
				: __( 'The clock of this server is %d seconds behind.', 'igny8-wordpress-bridge' ),
			abs( $skew_s )
		);
		return [
			new Finding(
				abs( $skew_s ) > self::REFUSED_S ? Finding::ERROR : Finding::WARNING,
				'clock',
				'clock_off',
				__( 'The clock of the server is wrong', 'igny8-wordpress-bridge' ),
				$detail,
				__( 'Ask your host to set the clock of the server (NTP). If it is off by more than five minutes, every message is refused.', 'igny8-wordpress-bridge' ),
				$evidence
			),
		];
	}
}
