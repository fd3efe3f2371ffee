<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Stored_Option;

/**
 * The API key and the signing secrets, encrypted in one option that is not autoloaded.
 *
 * Up to three signing secrets are valid at once: `current`; `pending`, sent with a connect request that is not
 * answered yet; `previous`, for an hour after it was replaced.
 */
final class Key_Store {

	public const OPTION = 'igny8_secrets';

	public const PREVIOUS_GRACE_S = 60 * 60;

	/** Far longer than the slowest connect request. */
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
	 * Key of the connection; IGNY8_API_KEY if it is defined. '' if there is none or it can't be decrypted.
	 */
	public function api_key(): string {
		return $this->config->is_unattended() ? $this->config->api_key() : $this->read( 'api_key' );
	}

	/**
	 * Key of an attempt that waits for its next try; '' if there is none.
	 */
	public function waiting_api_key(): string {
		return $this->config->is_unattended() ? $this->config->api_key() : $this->read( 'waiting_api_key' );
	}

	/**
	 * Whether a stored secret can't be decrypted with the current salts.
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
	 * @return array<string, string> Name => `whsec_…` of every valid secret.
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
	 * Creates the secret for a connect request. Repeated tries use the same secret, because the API may have stored
	 * it although its answer was lost.
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
	 * Keeps the pending secret longer. The API may have stored it although its answer was lost, and it is needed for
	 * the next try.
	 *
	 * @param int $until Unix seconds.
	 */
	public function extend_pending( int $until ): void {
		$this->write( [], [ 'pending_until' => $until ] );
	}

	/**
	 * Makes the pending secret current, after the API accepted it.
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
				// A key from wp-config.php is not copied, so that its removal there takes effect.
				'api_key'         => $this->config->is_unattended() ? '' : $key,
				'waiting_api_key' => '',
			]
		);
	}

	/**
	 * @param int $until Unix seconds until which the pending secret stays valid.
	 */
	public function save_waiting( string $key, int $until ): void {
		$waiting = $this->config->is_unattended() ? '' : $key;
		$this->write( [ 'waiting_api_key' => $waiting ], [ 'pending_until' => $until ] );
	}

	/**
	 * Deletes what an attempt stored, and nothing of an earlier connection.
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
	 * @param array<string, string> $secrets Name => text; '' deletes it.
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
