<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connect;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Security\Cipher;

/**
 * What a person's browser is on its way with: the state that must come back, and the verifier of the challenge, which never
 * leaves this site but for the exchange. Sealed, one per person, for an hour: signing up may be on the way.
 */
final class Pending_Ask {

	public const TRANSIENT = 'igny8_connect_ask_';

	private const TTL_S = HOUR_IN_SECONDS;

	private const BYTES = 32;

	private Cipher $cipher;

	public function __construct( Cipher $cipher ) {
		$this->cipher = $cipher;
	}

	/**
	 * Replaces an earlier one of the same person.
	 *
	 * @param bool $from_app Whether it began in the app.
	 * @return array{state: string, challenge: string}
	 */
	public function begin( int $user_id, bool $from_app = false ): array {
		$state    = self::encode( random_bytes( self::BYTES ) );
		$verifier = self::encode( random_bytes( self::BYTES ) );
		set_transient( self::TRANSIENT . $user_id, $this->cipher->encrypt( $state . '.' . $verifier . '.' . (int) $from_app, 'connect_ask' ), self::TTL_S );
		return [
			'state'     => $state,
			'challenge' => self::challenge( $verifier ),
		];
	}

	/**
	 * Ends the ask whose state came back. Another state ends nothing, so that a forged return can't stop a real one.
	 *
	 * @return array{verifier: string, from_app: bool}|null Null if this person asked for nothing with this state.
	 */
	public function take( int $user_id, string $state ): ?array {
		$kept  = get_transient( self::TRANSIENT . $user_id );
		$plain = is_string( $kept ) ? (string) $this->cipher->decrypt( $kept, 'connect_ask' ) : '';
		$parts = explode( '.', $plain );
		if ( 3 !== count( $parts ) || ! hash_equals( $parts[0], $state ) ) {
			return null;
		}
		delete_transient( self::TRANSIENT . $user_id );
		return [
			'verifier' => $parts[1],
			'from_app' => '1' === $parts[2],
		];
	}

	/**
	 * PKCE, S256.
	 */
	public static function challenge( string $verifier ): string {
		return self::encode( hash( 'sha256', $verifier, true ) );
	}

	/**
	 * Base64url without padding.
	 */
	private static function encode( string $bytes ): string {
		return rtrim( strtr( base64_encode( $bytes ), '+/', '-_' ), '=' ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions.obfuscation_base64_encode -- The form that RFC 7636 asks for.
	}
}
