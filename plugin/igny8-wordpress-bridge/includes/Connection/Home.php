<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

/**
 * The address this site has now, and how addresses are kept.
 */
final class Home {

	/**
	 * Not home_url(): plugins for several languages make another one of it for each.
	 */
	public static function url(): string {
		$url = get_option( 'home' );
		return is_string( $url ) ? $url : '';
	}

	/**
	 * Encoded, because tools that copy a site replace its address wherever they find it in the database.
	 */
	public static function encode( string $url ): string {
		return base64_encode( $url ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- Says why above.
	}

	/**
	 * @param mixed $kept What encode() has given; anything else is ''.
	 */
	public static function decode( $kept ): string {
		$url = is_string( $kept ) ? base64_decode( $kept, true ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_decode -- As encode().
		return false === $url ? '' : $url;
	}

	/**
	 * Whether this site answers under an address that is none of these. What has no host, as on a command line where
	 * wp-config.php takes the host from the request, says nothing either way.
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
