<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

/**
 * Converts meta values between the table and JSON.
 */
final class Meta_Values {

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
	 * The value as WordPress stores it: scalars become text.
	 *
	 * @param mixed $value From JSON, not null.
	 */
	public static function encode( $value ): string {
		return is_array( $value ) || is_string( $value ) ? (string) maybe_serialize( $value ) : (string) $value;
	}
}
