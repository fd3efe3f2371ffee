<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

/**
 * Encrypts what must not lie in the options table as text, with a key derived from the site's salts in wp-config.php.
 *
 * So a copy of the database alone opens nothing; where salts change, what was kept can no longer be read.
 */
final class Cipher {

	private const VERSION = 'v1:';

	/**
	 * @param string $purpose Name of what is encrypted: a text moved to another place does not open there.
	 */
	public function encrypt( string $plain, string $purpose ): string {
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$box   = sodium_crypto_secretbox( $plain, $nonce, $this->key( $purpose ) );
		return self::VERSION . base64_encode( $nonce . $box );
	}

	/**
	 * Null where it can't be opened: other salts, other purpose, or damaged.
	 */
	public function decrypt( string $encrypted, string $purpose ): ?string {
		if ( 0 !== strpos( $encrypted, self::VERSION ) ) {
			return null;
		}

		$bytes = base64_decode( substr( $encrypted, strlen( self::VERSION ) ), true );
		if ( false === $bytes || strlen( $bytes ) < SODIUM_CRYPTO_SECRETBOX_NONCEBYTES + SODIUM_CRYPTO_SECRETBOX_MACBYTES ) {
			return null;
		}

		$nonce = substr( $bytes, 0, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$box   = substr( $bytes, SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$plain = sodium_crypto_secretbox_open( $box, $nonce, $this->key( $purpose ) );
		return false === $plain ? null : $plain;
	}

	private function key( string $purpose ): string {
		$salt = wp_salt( 'auth' ) . wp_salt( 'secure_auth' );
		return hash_hkdf( 'sha256', $salt, SODIUM_CRYPTO_SECRETBOX_KEYBYTES, 'igny8-bridge:' . $purpose );
	}
}
