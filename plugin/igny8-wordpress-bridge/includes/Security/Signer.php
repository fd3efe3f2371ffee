<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

/**
 * Signs and verifies messages by Standard Webhooks: HMAC-SHA-256 over `{id}.{timestamp}.{body}`, with the
 * message's label before it.
 *
 * @link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
final class Signer {

	public const TOLERANCE_S = 300;

	/** A message that the site sends by itself: plain Standard Webhooks. */
	public const OWN = '';

	/** What other messages are: part of what is signed, so that none passes for one of another kind. */
	public const COMMANDS = 'commands';

	public const COMMANDS_ANSWER = 'commands-answer';

	public const POLL_ANSWER = 'poll-answer';

	public const SECRET_PREFIX = 'whsec_';

	private const VERSION = 'v1';

	private const SECRET_BYTES = 32;

	/**
	 * A new signing secret: `whsec_` and base64 of 32 random bytes.
	 */
	public static function new_secret(): string {
		return self::SECRET_PREFIX . base64_encode( random_bytes( self::SECRET_BYTES ) );
	}

	/**
	 * A new message id for the header `webhook-id`.
	 */
	public static function new_message_id(): string {
		return 'msg_' . bin2hex( random_bytes( 16 ) );
	}

	/**
	 * @param string[] $secrets `whsec_…`; the header holds one signature for each.
	 * @param string   $body    Exactly the bytes that are sent.
	 * @param string   $label   What the message is: one of the constants.
	 * @return array<string, string> The three headers of Standard Webhooks, dated now.
	 */
	public function headers( array $secrets, string $id, string $body, string $label = self::OWN ): array {
		$now        = time();
		$signatures = [];
		foreach ( $secrets as $secret ) {
			$signatures[] = $this->sign( $secret, $id, $now, $body, $label );
		}
		return [
			'webhook-id'        => $id,
			'webhook-timestamp' => (string) $now,
			'webhook-signature' => implode( ' ', $signatures ),
		];
	}

	/**
	 * @param string $secret    `whsec_…`.
	 * @param int    $timestamp Unix seconds.
	 * @param string $body      Exactly the bytes that are sent.
	 * @param string $label     What the message is: one of the constants.
	 * @return string Value for the header `webhook-signature`.
	 */
	public function sign( string $secret, string $id, int $timestamp, string $body, string $label = self::OWN ): string {
		return self::VERSION . ',' . $this->mac( $secret, $label, $id, (string) $timestamp, $body );
	}

	/**
	 * @param array<string, string> $secrets Name => `whsec_…` of every valid secret.
	 * @param Signed_Message        $message As received.
	 * @param int                   $now     Unix seconds of this site's clock.
	 * @param string                $label   What the message has to be: one of the constants.
	 * @return string Name of the secret that signed it.
	 * @throws Signature_Error With one of its constants as message.
	 */
	public function verify( array $secrets, Signed_Message $message, int $now, string $label = self::OWN ): string {
		if ( ! $message->is_complete() ) {
			throw Signature_Error::missing();
		}
		if ( ! $this->is_timely( $message->timestamp(), $now ) ) {
			throw Signature_Error::out_of_range();
		}

		$given = $this->signatures( $message->signature() );
		foreach ( $secrets as $name => $secret ) {
			$expected = $this->mac( $secret, $label, $message->id(), $message->timestamp(), $message->body() );
			foreach ( $given as $signature ) {
				if ( '' !== $expected && hash_equals( $expected, $signature ) ) {
					return (string) $name;
				}
			}
		}
		throw Signature_Error::invalid();
	}

	private function is_timely( string $timestamp, int $now ): bool {
		// Other notations of the same number, such as +1 or 01, are not the signed text.
		return 1 === preg_match( '/^[1-9][0-9]{0,11}\z/', $timestamp )
			&& abs( $now - (int) $timestamp ) <= self::TOLERANCE_S;
	}

	/**
	 * @return string[] Base64 of the `v1` signatures.
	 */
	private function signatures( string $header ): array {
		$signatures = [];
		foreach ( explode( ' ', $header ) as $versioned ) {
			$parts = explode( ',', $versioned, 2 );
			if ( 2 === count( $parts ) && self::VERSION === $parts[0] ) {
				$signatures[] = $parts[1];
			}
		}
		return $signatures;
	}

	/**
	 * @return string Base64; '' for an invalid secret.
	 */
	private function mac( string $secret, string $label, string $id, string $timestamp, string $body ): string {
		$encoded = 0 === strpos( $secret, self::SECRET_PREFIX ) ? substr( $secret, strlen( self::SECRET_PREFIX ) ) : '';
		$key     = base64_decode( $encoded, true );
		if ( false === $key || '' === $key ) {
			return '';
		}
		return base64_encode( hash_hmac( 'sha256', ( self::OWN === $label ? '' : $label . '.' ) . $id . '.' . $timestamp . '.' . $body, $key, true ) );
	}
}
