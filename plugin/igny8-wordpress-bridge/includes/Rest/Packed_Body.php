<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

defined( 'ABSPATH' ) || exit;

/**
 * A batch that came compressed and as hexadecimal digits (docs/protocol.md), so that firewalls take no text in it for an
 * attack. Only signed requests are unpacked.
 */
final class Packed_Body {

	public const ENCODING = 'gzip_hex';

	/** About the most bytes of a batch, unpacked: zlib stops at the end of the buffer in which it gets there. */
	private const LARGEST_BYTES = 16000000;

	/**
	 * @return string[] Encodings of a body that this site reads, besides plain JSON.
	 */
	public static function encodings(): array {
		return function_exists( 'gzdecode' ) ? [ self::ENCODING ] : [];
	}

	/**
	 * @param mixed $packed From JSON.
	 * @return string|null JSON of the batch; null if it can't be unpacked.
	 */
	public static function unpack( $packed ): ?string {
		if ( [] === self::encodings() || ! is_string( $packed ) || ! ctype_xdigit( $packed ) || 0 !== strlen( $packed ) % 2 ) {
			return null;
		}
		// PHP warns of damaged data, as well as of data beyond the limit
		set_error_handler( '__return_true' );
		try {
			$json = gzdecode( (string) hex2bin( $packed ), self::LARGEST_BYTES );
		} finally {
			restore_error_handler();
		}
		return false === $json ? null : $json;
	}
}
