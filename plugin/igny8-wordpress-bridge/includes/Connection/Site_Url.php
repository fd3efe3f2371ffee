<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

/**
 * Compares addresses of sites: scheme, `www.`, case, default port and a trailing slash make no difference.
 */
final class Site_Url {

	private const LOOPBACK = [ '127.0.0.1', '[::1]', '::1' ];

	private const DEFAULT_PORTS = [
		'http'  => 80,
		'https' => 443,
	];

	public static function is_same( string $one, string $other ): bool {
		$normal = self::normalize( $one );
		return '' !== $normal && self::normalize( $other ) === $normal;
	}

	/**
	 * @return string `host[:port][/path]`; '' if it is not a URL.
	 */
	private static function normalize( string $url ): string {
		$parts = wp_parse_url( trim( $url ) );
		if ( ! is_array( $parts ) || empty( $parts['host'] ) ) {
			return '';
		}

		$port = (int) ( $parts['port'] ?? 0 );
		if ( ( self::DEFAULT_PORTS[ strtolower( $parts['scheme'] ?? '' ) ] ?? 0 ) === $port ) {
			$port = 0;
		}
		return self::normal_host( $parts['host'] ) . ( 0 === $port ? '' : ':' . $port ) . rtrim( $parts['path'] ?? '', '/' );
	}

	private static function normal_host( string $host ): string {
		$host = strtolower( rtrim( $host, '.' ) );
		$host = (string) preg_replace( '/^www\./', '', $host );
		if ( in_array( $host, self::LOOPBACK, true ) ) {
			return 'localhost';
		}
		return 1 === preg_match( '/[^\x20-\x7e]/', $host ) ? self::ascii_host( $host ) : $host;
	}

	private static function ascii_host( string $host ): string {
		if ( function_exists( 'idn_to_ascii' ) ) {
			$ascii = idn_to_ascii( $host );
			return false === $ascii ? $host : $ascii;
		}
		// WordPress' own encoder; 6.2 renamed it.
		foreach ( [ 'WpOrg\\Requests\\IdnaEncoder', 'Requests_IDNAEncoder' ] as $encoder ) {
			if ( class_exists( $encoder ) ) {
				try {
					return (string) $encoder::encode( function_exists( 'mb_strtolower' ) ? mb_strtolower( $host ) : $host );
				} catch ( \Exception $error ) {
					return $host;
				}
			}
		}
		return $host;
	}
}
