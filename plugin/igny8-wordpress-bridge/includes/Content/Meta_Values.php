<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Converts meta values between the table and JSON.
 */
final class Meta_Values {

	/** 2^53 - 1. */
	private const LARGEST_EXACT = 9007199254740991;

	/** Matches objects, custom objects and enums in serialized data. */
	private const OBJECT = '/(?:^|[;{}])[OCE]:\+?\d+:/';

	/**
	 * Whether the value survives a conversion to JSON. PHP objects and broken serialized data don't.
	 */
	public static function is_plain( string $raw ): bool {
		if ( ! is_serialized( $raw ) ) {
			return true;
		}
		if ( 1 === preg_match( self::OBJECT, $raw ) ) {
			return false;
		}
		return false !== maybe_unserialize( $raw ) || 'b:0;' === trim( $raw );
	}

	/**
	 * @param string $raw A value for which is_plain() is true.
	 * @return mixed
	 */
	public static function decode( string $raw ) {
		return maybe_unserialize( $raw );
	}

	/**
	 * The value on the wire. JSON numbers are exact up to 2^53, so a larger integer is sent as text.
	 *
	 * @param mixed $value Decoded.
	 * @return mixed
	 */
	public static function shown( $value ) {
		if ( is_int( $value ) && abs( $value ) > self::LARGEST_EXACT ) {
			return (string) $value;
		}
		return is_array( $value ) ? array_map( [ self::class, 'shown' ], $value ) : $value;
	}

	/**
	 * Keeps the stored value where the sent one only repeats what was shown, so that it keeps its type: 1.0 stays a
	 * fraction, and a large integer an integer.
	 *
	 * @param mixed $sent   From JSON.
	 * @param mixed $stored Decoded.
	 * @return mixed
	 */
	public static function restored( $sent, $stored ) {
		if ( self::shown( $stored ) === $sent ) {
			return $stored;
		}
		if ( is_float( $stored ) && ( is_int( $sent ) || is_float( $sent ) ) && (float) $sent === $stored ) {
			return $stored;
		}
		if ( ! is_array( $sent ) || ! is_array( $stored ) ) {
			return $sent;
		}
		foreach ( $sent as $key => $value ) {
			if ( array_key_exists( $key, $stored ) ) {
				$sent[ $key ] = self::restored( $value, $stored[ $key ] );
			}
		}
		return $sent;
	}

	/**
	 * The value as WordPress stores it: scalars become text.
	 *
	 * @param mixed $value From JSON, not null.
	 */
	public static function encode( $value ): string {
		return is_array( $value ) || is_string( $value ) ? (string) maybe_serialize( $value ) : (string) $value;
	}
}
