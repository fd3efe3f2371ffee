<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

/**
 * Decides which addresses images may be fetched from: public ones over https.
 */
final class Source_Url {

	private const LOOPBACK = [ 'localhost', '127.0.0.1' ];

	private Public_Addresses $addresses;

	public function __construct( ?Public_Addresses $addresses = null ) {
		$this->addresses = $addresses ?? new Public_Addresses();
	}

	/**
	 * @return string|null The checked IP address to connect to; null if the URL may not be fetched.
	 */
	public function address( string $url ): ?string {
		$parts  = wp_parse_url( $url );
		$host   = is_array( $parts ) ? strtolower( $parts['host'] ?? '' ) : '';
		$scheme = is_array( $parts ) ? strtolower( $parts['scheme'] ?? '' ) : '';
		if ( '' === $host || isset( $parts['user'] ) || isset( $parts['pass'] ) ) {
			return null;
		}
		if ( $this->is_local( $scheme, $host ) ) {
			return '127.0.0.1';
		}
		if ( 'https' !== $scheme || false === wp_http_validate_url( $url ) ) {
			return null;
		}
		return $this->addresses->of( trim( $host, '.' ) )[0] ?? null;
	}

	/**
	 * Whether to skip WordPress' own check, which refuses loopback addresses even in development.
	 */
	public function is_loopback( string $url ): bool {
		$parts = wp_parse_url( $url );
		return is_array( $parts ) && $this->is_local( strtolower( $parts['scheme'] ?? '' ), strtolower( $parts['host'] ?? '' ) );
	}

	private function is_local( string $scheme, string $host ): bool {
		return 'local' === wp_get_environment_type() && in_array( $scheme, [ 'http', 'https' ], true ) && in_array( $host, self::LOOPBACK, true );
	}
}
