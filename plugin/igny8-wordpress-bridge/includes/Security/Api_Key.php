<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * Format of an API key: `igny8_`, then in base62 10 characters of key id, 32 of secret and 6 of checksum.
 */
final class Api_Key {

	private const SHAPE = '/^igny8_[0-9A-Za-z]{48}\z/';

	private const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

	private const CHECKSUM_LENGTH = 6;

	/** A mask would show too much of a shorter text. */
	private const SHORTEST_TO_SHOW = 40;

	/**
	 * Detects a mistyped key by its checksum, without a request.
	 *
	 * @throws Failure `api_key_malformed`.
	 */
	public static function check( string $key ): void {
		if ( ! self::is_well_formed( $key ) ) {
			Failure::raise(
				'api_key_malformed',
				__( 'This is not an IGNY8 API key, or a character is missing or mistyped.', 'igny8-wordpress-bridge' ),
				__( 'Copy the whole key again. It starts with “igny8_” and has 54 characters.', 'igny8-wordpress-bridge' )
			);
		}
	}

	public static function is_well_formed( string $key ): bool {
		if ( 1 !== preg_match( self::SHAPE, $key ) ) {
			return false;
		}
		$payload = substr( $key, 0, -self::CHECKSUM_LENGTH );
		return substr( $key, -self::CHECKSUM_LENGTH ) === self::checksum( $payload );
	}

	/**
	 * CRC-32 (IEEE) as six base62 digits, most significant first.
	 */
	public static function checksum( string $payload ): string {
		// Divides bytes, because crc32() is negative for half of all inputs on 32-bit PHP.
		$bytes  = array_values( (array) unpack( 'C4', hash( 'crc32b', $payload, true ) ) );
		$digits = '';
		for ( $i = 0; $i < self::CHECKSUM_LENGTH; $i++ ) {
			$remainder = 0;
			foreach ( $bytes as $position => $byte ) {
				$value              = $remainder * 256 + $byte;
				$bytes[ $position ] = intdiv( $value, 62 );
				$remainder          = $value % 62;
			}
			$digits = self::DIGITS[ $remainder ] . $digits;
		}
		return $digits;
	}

	/**
	 * First ten characters, …, last four: enough to tell keys apart, not enough to use one.
	 */
	public static function mask( string $key ): string {
		return strlen( $key ) < self::SHORTEST_TO_SHOW ? '' : substr( $key, 0, 10 ) . '…' . substr( $key, -4 );
	}
}
