<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

/**
 * Meta values as they lie in the table, and as JSON.
 */
final class Meta_Values {

	/** Objects, custom objects and enums inside serialized data. */
	private const OBJECT = '/(?:^|[;{}])[OCE]:\+?\d+:/';

	/**
	 * Whether JSON can say the same: a PHP object, or serialized data that is broken, can't come back as it was.
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
	 * @param string $raw That is_plain().
	 * @return mixed
	 */
	public static function decode( string $raw ) {
		return maybe_unserialize( $raw );
	}

	/**
	 * As WordPress will store it: anything but a list or map becomes text.
	 *
	 * @param mixed $value From JSON, not null.
	 */
	public static function encode( $value ): string {
		return is_array( $value ) || is_string( $value ) ? (string) maybe_serialize( $value ) : (string) $value;
	}
}
