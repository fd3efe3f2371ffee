<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

/**
 * Fingerprint of values: 32 hex digits, the same on every version of PHP and whatever its settings.
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
	 * @param mixed $value Made of scalars, null and arrays.
	 * @return string|false False for what is no UTF-8, too deep, or infinite.
	 */
	public static function json( $value ) {
		return json_encode( self::canonical( $value ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE );
	}

	/**
	 * Keys in byte order. How a fraction is written depends on php.ini, so its bits stand for it.
	 *
	 * @param mixed $value Made of scalars, null and arrays.
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
