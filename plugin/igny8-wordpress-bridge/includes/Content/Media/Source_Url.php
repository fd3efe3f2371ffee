<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

/**
 * Decides which addresses images may be fetched from: public ones over https.
 */
final class Source_Url {

	/**
	 * Shared address space of providers (RFC 6598), and blocks for protocols, documentation, tests and multicast,
	 * which PHP's filter lets through.
	 */
	private const SPECIAL = '/^(100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|192\.0\.[02]|192\.88\.99|198\.1[89]|198\.51\.100|203\.0\.113|2(2[4-9]|3\d))\./';

	private const LOOPBACK = [ 'localhost', '127.0.0.1' ];

	public function is_allowed( string $url ): bool {
		$parts  = wp_parse_url( $url );
		$host   = is_array( $parts ) ? strtolower( $parts['host'] ?? '' ) : '';
		$scheme = is_array( $parts ) ? strtolower( $parts['scheme'] ?? '' ) : '';
		if ( '' === $host || isset( $parts['user'] ) || isset( $parts['pass'] ) ) {
			return false;
		}
		if ( $this->is_local( $scheme, $host ) ) {
			return true;
		}
		return 'https' === $scheme && false !== wp_http_validate_url( $url ) && $this->is_public( $host );
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

	/**
	 * WordPress refuses loopback and private networks, but not link-local ones, where cloud providers serve
	 * credentials.
	 */
	private function is_public( string $host ): bool {
		$addresses = gethostbynamel( trim( $host, '.' ) );
		if ( ! is_array( $addresses ) || [] === $addresses ) {
			return false;
		}
		foreach ( $addresses as $address ) {
			if ( 1 === preg_match( self::SPECIAL, $address ) || false === filter_var( $address, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4 | FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE ) ) {
				return false;
			}
		}
		return true;
	}
}
