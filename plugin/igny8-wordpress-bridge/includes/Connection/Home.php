<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

/**
 * The current address of this site, and how addresses are stored.
 */
final class Home {

	/**
	 * Reads the option: multilingual plugins filter home_url() by language.
	 */
	public static function url(): string {
		$url = get_option( 'home' );
		return is_string( $url ) ? $url : '';
	}

	/**
	 * Encodes the address, because tools that copy a site replace its address everywhere in the database.
	 */
	public static function encode( string $url ): string {
		return base64_encode( $url ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- Says why above.
	}

	/**
	 * @param mixed $kept Result of encode(); anything else decodes to ''.
	 */
	public static function decode( $kept ): string {
		$url = is_string( $kept ) ? base64_decode( $kept, true ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- As encode().
		return false === $url ? '' : $url;
	}

	/**
	 * Whether the current address is none of these. False if the current address has no host, as on a command line
	 * where wp-config.php takes the host from the request.
	 *
	 * @param string[] $known Addresses.
	 */
	public static function differs_from_all( array $known ): bool {
		$now = self::url();
		if ( in_array( $now, $known, true ) || ! Site_Url::is_same( $now, $now ) ) {
			return false;
		}
		foreach ( $known as $url ) {
			if ( Site_Url::is_same( $url, $now ) ) {
				return false;
			}
		}
		return true;
	}
}
