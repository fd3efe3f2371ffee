<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

use Igny8\Bridge\Support\Failure;

/**
 * The shape of an API key: `igny8_`, 10 characters key id, 32 characters secret, 6 characters checksum, base62.
 */
final class Api_Key {

	private const SHAPE = '/^igny8_[0-9A-Za-z]{48}\z/';

	private const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

	private const CHECKSUM_LENGTH = 6;

	/** Of anything shorter too much would be seen. */
	private const SHORTEST_TO_SHOW = 40;

	/**
	 * Nobody is asked: a mistyped key is noticed by its checksum.
	 *
	 * @throws Failure `api_key_malformed`.
	 */
	public static function check( string $key ): void {
		if ( ! self::is_well_formed( $key ) ) {
			throw new Failure(
				'api_key_malformed',
				__( 'This is not an IGNY8 API key, or a character of it is missing or mistyped.', 'igny8-wordpress-bridge' ),
				__( 'Copy the whole key again, from “igny8_” to its last character; it has 54 characters.', 'igny8-wordpress-bridge' )
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
		// On 32-bit PHP crc32() is negative for half of all inputs, and its remainder too: hence the bytes.
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
