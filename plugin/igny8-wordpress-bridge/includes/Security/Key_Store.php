<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Stored_Option;

/**
 * The API key and the signing secrets, encrypted in one option that is not autoloaded.
 *
 * Three signing secrets can be valid at once: `current`; `pending`, sent with a connect request that is not yet answered;
 * `previous`, for an hour after a new one took its place.
 */
final class Key_Store {

	public const OPTION = 'igny8_secrets';

	public const PREVIOUS_GRACE_S = 60 * 60;

	/** Outlives the slowest connect request by far. */
	public const PENDING_TTL_S = 15 * 60;

	private Cipher $cipher;

	private Config $config;

	private Stored_Option $option;

	public function __construct( Cipher $cipher, Config $config ) {
		$this->cipher = $cipher;
		$this->config = $config;
		$this->option = new Stored_Option( self::OPTION, [], false );
	}

	/**
	 * Of the connection; that of wp-config.php where there is one. '' for none, or none that can be read.
	 */
	public function api_key(): string {
		return $this->config->is_unattended() ? $this->config->api_key() : $this->read( 'api_key' );
	}

	/**
	 * Of an attempt to connect that goes on by itself; '' for none.
	 */
	public function waiting_api_key(): string {
		return $this->config->is_unattended() ? $this->config->api_key() : $this->read( 'waiting_api_key' );
	}

	/**
	 * Whether something is kept that the salts of today don't open.
	 */
	public function is_unreadable(): bool {
		foreach ( [ 'api_key', 'current' ] as $name ) {
			$kept = $this->option->all()[ $name ] ?? '';
			if ( '' !== $kept && null === $this->cipher->decrypt( $kept, $name ) ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * @return array<string, string> Name => `whsec_…` of all that are valid now.
	 */
	public function signing_secrets(): array {
		$secrets = [];
		foreach ( [ 'current', 'pending', 'previous' ] as $name ) {
			$secret = $this->is_expired( $name ) ? '' : $this->read( $name );
			if ( '' !== $secret ) {
				$secrets[ $name ] = $secret;
			}
		}
		return $secrets;
	}

	/**
	 * Makes the secret for a connect request. While an attempt goes on by itself it stays the same one, because the API
	 * may have stored it although its answer got lost.
	 */
	public function begin_pending(): string {
		$secret = $this->is_expired( 'pending' ) ? '' : $this->read( 'pending' );
		if ( '' === $secret ) {
			$secret = Signer::new_secret();
		}
		$this->write( [ 'pending' => $secret ], [ 'pending_until' => time() + self::PENDING_TTL_S ] );
		return $secret;
	}

	/**
	 * The API may hold the pending secret although its answer got lost: it must still be there when a person tries again.
	 *
	 * @param int $until Unix seconds.
	 */
	public function extend_pending( int $until ): void {
		$this->write( [], [ 'pending_until' => $until ] );
	}

	/**
	 * The API has proven that it holds the pending secret.
	 */
	public function promote_pending(): void {
		$new = $this->read( 'pending' );
		if ( '' === $new ) {
			return;
		}

		$until   = [ 'pending_until' => 0 ];
		$changes = [
			'current' => $new,
			'pending' => '',
		];

		$old = $this->read( 'current' );
		if ( '' !== $old ) {
			$changes['previous']     = $old;
			$until['previous_until'] = time() + self::PREVIOUS_GRACE_S;
		}
		$this->write( $changes, $until );
	}

	public function save_api_key( string $key ): void {
		$this->write(
			[
				// The key of wp-config.php is not copied: it would outlive its removal there.
				'api_key'         => $this->config->is_unattended() ? '' : $key,
				'waiting_api_key' => '',
			]
		);
	}

	/**
	 * @param int $until Unix seconds up to which the pending secret stays valid.
	 */
	public function save_waiting( string $key, int $until ): void {
		$waiting = $this->config->is_unattended() ? '' : $key;
		$this->write( [ 'waiting_api_key' => $waiting ], [ 'pending_until' => $until ] );
	}

	/**
	 * Forgets what an attempt has left, and nothing of an earlier connection.
	 */
	public function discard_attempt(): void {
		$nothing = [
			'waiting_api_key' => '',
			'pending'         => '',
		];
		$this->write( $nothing, [ 'pending_until' => 0 ] );
	}

	public function clear(): void {
		$this->option->clear();
	}

	private function is_expired( string $name ): bool {
		return 'current' !== $name && (int) ( $this->option->all()[ $name . '_until' ] ?? 0 ) < time();
	}

	private function read( string $name ): string {
		$kept = $this->option->all()[ $name ] ?? '';
		return is_string( $kept ) && '' !== $kept ? (string) $this->cipher->decrypt( $kept, $name ) : '';
	}

	/**
	 * @param array<string, string> $secrets Name => text, '' to forget it.
	 * @param array<string, int>    $until   Name => Unix seconds.
	 */
	private function write( array $secrets, array $until = [] ): void {
		$all = array_merge( $this->option->all(), $until );
		foreach ( $secrets as $name => $secret ) {
			if ( '' === $secret ) {
				unset( $all[ $name ] );
			} else {
				$all[ $name ] = $this->cipher->encrypt( $secret, $name );
			}
		}
		$this->option->replace( array_filter( $all ) );
	}
}
