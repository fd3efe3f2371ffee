<?php

declare(strict_types=1);

namespace Igny8\Bridge\Loopback;

defined( 'ABSPATH' ) || exit;

/**
 * One-time tokens for requests of this site to itself. Stored as hashes, one row each in the options table.
 *
 * Deleting the row takes the token: either the request that arrives gets it or the one that made it, never both. So the
 * latter knows whether the former arrived. Uses SQL of its own, because caches of options may be out of date.
 */
final class Tokens {

	/** Seconds for which a token is valid. The request that made it takes it back earlier, unless it dies. */
	public const LIFETIME_S = 15;

	private const PREFIX = 'igny8_loopback_token_';

	/**
	 * @return string A new token: 64 hex digits.
	 */
	public function issue(): string {
		global $wpdb;

		$token = bin2hex( random_bytes( 32 ) );
		$wpdb->insert(
			$wpdb->options,
			[
				'option_name'  => self::name( $token ),
				'option_value' => (string) time(),
				'autoload'     => 'no',
			]
		);
		return $token;
	}

	/**
	 * @return bool Whether the token was valid. It no longer is.
	 */
	public function redeem( string $token ): bool {
		global $wpdb;

		if ( 1 !== preg_match( '/^[0-9a-f]{64}$/D', $token ) ) {
			return false;
		}
		$oldest = (string) ( time() - self::LIFETIME_S );
		return 1 === $wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name = %s AND option_value >= %s", self::name( $token ), $oldest ) );
	}

	/**
	 * Takes a token back.
	 *
	 * @return bool Whether nobody had redeemed it.
	 */
	public function withdraw( string $token ): bool {
		global $wpdb;
		return 1 === $wpdb->delete( $wpdb->options, [ 'option_name' => self::name( $token ) ] );
	}

	/**
	 * Deletes what requests left that died before they could take their token back.
	 */
	public function clean(): void {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( "DELETE FROM {$wpdb->options} WHERE option_name LIKE %s AND option_value < %s", $wpdb->esc_like( self::PREFIX ) . '%', (string) ( time() - self::LIFETIME_S ) ) );
	}

	private static function name( string $token ): string {
		return self::PREFIX . hash( 'sha256', $token );
	}
}
