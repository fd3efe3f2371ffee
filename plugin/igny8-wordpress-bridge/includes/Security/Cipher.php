<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

/**
 * Encrypts secrets for the options table, with a key derived from the salts in wp-config.php.
 *
 * A copy of the database alone can't decrypt them. After the salts change, they can't be decrypted at all.
 */
final class Cipher {

	private const VERSION = 'v1:';

	/**
	 * @param string $purpose Name of the secret. A ciphertext can't be decrypted under another name.
	 */
	public function encrypt( string $plain, string $purpose ): string {
		$nonce = random_bytes( SODIUM_CRYPTO_SECRETBOX_NONCEBYTES );
		$box   = sodium_crypto_secretbox( $plain, $nonce, $this->key( $purpose ) );
		return self::VERSION . base64_encode( $nonce . $box );
	}

	/**
	 * Null if it can't be decrypted: the salts or the purpose differ, or it is damaged.
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
