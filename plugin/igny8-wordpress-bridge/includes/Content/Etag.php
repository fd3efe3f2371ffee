<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Fingerprint of values: 32 hex digits, the same on every PHP version and configuration.
 */
final class Etag {

	private const LENGTH = 32;

	/**
	 * @param string[] $json JSON of each value.
	 */
	public static function of( array $json ): string {
		return substr( hash( 'sha256', '[' . implode( ',', $json ) . ']' ), 0, self::LENGTH );
	}

	/**
	 * @param mixed $value Scalars, null and arrays of them.
	 * @return string|false False if it is not UTF-8, too deep, or not finite.
	 */
	public static function json( $value ) {
		return json_encode( self::canonical( $value ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
	}

	/**
	 * Sorts keys in byte order. A float is replaced by its bits, because its decimal form depends on php.ini.
	 *
	 * @param mixed $value Scalars, null and arrays of them.
	 * @return mixed
	 */
	private static function canonical( $value ) {
		if ( is_float( $value ) && is_finite( $value ) ) {
			return 'float:' . bin2hex( pack( 'E', $value ) );
		}
		if ( ! is_array( $value ) ) {
			return $value;
		}

		$is_list = array_values( $value ) === $value;
		if ( ! $is_list ) {
			ksort( $value, SORT_STRING );
		}
		$value = array_map( [ self::class, 'canonical' ], $value );
		return $is_list ? $value : (object) $value;
	}
}
