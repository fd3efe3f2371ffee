<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\Chosen_User;
use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Structure\Structure_Sync;
use Igny8\Bridge\Support\Backoff;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Lock;
use Igny8\Bridge\Support\Log;

/**
 * Connects this site: identifies it, does the handshake and sends the structure. If the API refuses, nothing is
 * stored; if it cannot answer, the key is stored encrypted and the attempt is repeated.
 */
final class Connector {

	private const LOCK_TTL_S = 150;

	/** Tries in the first minutes after a person was asked to confirm. */
	private const EAGER_TRIES = 15;

	private Identifier $identifier;

	private Handshake $handshake;

	private Key_Store $keys;

	private Connection $connection;

	private Attempt $attempt;

	private Structure_Sync $structure;

	private Schedule $schedule;

	private Log $log;

	private User_Choice $acting_user;

	public function __construct( Identifier $identifier, Handshake $handshake, Key_Store $keys, Connection $connection, Attempt $attempt, Structure_Sync $structure, Schedule $schedule, Log $log, User_Choice $acting_user ) {
		$this->identifier = $identifier;
		$this->handshake  = $handshake;
		$this->keys       = $keys;
		$this->connection = $connection;
		$this->attempt    = $attempt;
		$this->structure  = $structure;
		$this->schedule   = $schedule;
		$this->log        = $log;

		$this->acting_user = $acting_user;
	}

	/**
	 * @param bool $is_unattended Whether no user waits for the result. A site that IGNY8 can't call yet (422) is then tried again too.
	 * @param int  $user_id       The person who connects; 0 if nobody does. The plugin writes as this user.
	 */
	public function connect( Credentials $credentials, bool $is_unattended = false, int $user_id = 0 ): Outcome {
		try {
			$this->connection->assert_original();
		} catch ( Failure $failure ) {
			return Outcome::failed( $failure );
		}

		try {
			$credentials->check();
		} catch ( Failure $failure ) {
			// A typing mistake must not end an attempt that waits for its next try.
			return $is_unattended ? $this->refuse( $failure ) : Outcome::failed( $failure );
		}

		return $this->with_lock(
			function () use ( $credentials, $is_unattended, $user_id ): Outcome {
				$identify = fn(): Identity => $this->identifier->identify( $credentials );
				return $this->try_once( $credentials->api_key(), $identify, $is_unattended, $user_id );
			}
		);
	}

	/**
	 * Connects as a site that IGNY8 has just named, with the key that it has just made.
	 *
	 * @param int $user_id The person who connects.
	 */
	public function connect_as( Identity $identity, int $user_id ): Outcome {
		return $this->with_lock(
			function () use ( $identity, $user_id ): Outcome {
				return $this->try_once( $identity->api_key(), fn(): Identity => $identity, false, $user_id );
			}
		);
	}

	/**
	 * Reports the current address of the connected site to IGNY8.
	 *
	 * @return Outcome If it failed, the connection is unchanged.
	 */
	public function move(): Outcome {
		return $this->with_lock(
			function (): Outcome {
				$key = $this->keys->api_key();
				try {
					if ( '' === $key || ! isset( $this->keys->signing_secrets()['current'] ) ) {
						throw $this->unreadable();
					}
					$this->handshake->move( $this->connection->integration_id(), $key );
				} catch ( Failure $failure ) {
					if ( ! $failure->is_retryable() ) {
						$this->keys->discard_attempt();
					}
					$this->log->failure( $failure, __( 'The new address could not be sent to IGNY8', 'igny8-wordpress-bridge' ) );
					return Outcome::failed( $failure );
				}
				$this->connection->relocate();
				/* translators: %s: URL. */
				$this->log->info( 'moved', sprintf( __( 'IGNY8 now uses the address %s for this site.', 'igny8-wordpress-bridge' ), Home::url() ) );
				return $this->send_structure();
			}
		);
	}

	/**
	 * @param callable $task Returns an Outcome.
	 */
	private function with_lock( callable $task ): Outcome {
		$lock = new Lock( 'connect', self::LOCK_TTL_S );
		if ( ! $lock->acquire() ) {
			return Outcome::failed(
				new Failure(
					'busy',
					__( 'The plugin is already connecting.', 'igny8-wordpress-bridge' ),
					__( 'Wait a minute and reload this page.', 'igny8-wordpress-bridge' )
				)
			);
		}

		try {
			return $task();
		} finally {
			$lock->release();
		}
	}

	/**
	 * Repeats an attempt that waits; null if none does.
	 */
	public function retry( bool $is_unattended ): ?Outcome {
		if ( ! $this->attempt->wants_retry() ) {
			return null;
		}

		$key = $this->keys->waiting_api_key();
		if ( '' !== $key ) {
			// Not the current user: a retry runs in the request of whoever happens to visit.
			return $this->connect( Credentials::of_key( $key ), $is_unattended, $this->attempt->user_id() );
		}
		return $this->refuse( $this->unreadable() );
	}

	private function unreadable(): Failure {
		return new Failure(
			'key_unreadable',
			__( 'The stored API key can no longer be decrypted, because the salts in wp-config.php have changed.', 'igny8-wordpress-bridge' ),
			__( 'Connect again with the API key.', 'igny8-wordpress-bridge' )
		);
	}

	/**
	 * @param string   $key      To wait with if identifying fails; '' if there is none yet.
	 * @param callable $identify Returns an Identity.
	 */
	private function try_once( string $key, callable $identify, bool $is_unattended, int $user_id ): Outcome {
		if ( $this->attempt->is_waiting() ) {
			// Covers the death of this process. Every outcome replaces or cancels it.
			$this->schedule->connect_at( time() + 2 * self::LOCK_TTL_S );
		}
		$this->attempt->begin( $user_id );
		$outcome = null;
		try {
			$identity = $identify();
			$key      = $identity->api_key();
			$outcome  = $this->establish( $identity );
		} catch ( Failure $failure ) {
			$can_wait = $failure->is_retryable() || Outcome::NEEDS_CONFIRMATION === $failure->reason() || ( $is_unattended && 422 === $failure->status() );
			$outcome  = $can_wait && '' !== $key ? $this->wait( $failure, $key ) : $this->refuse( $failure );
		} finally {
			$this->identifier->finish( null !== $outcome && Outcome::FAILED !== $outcome->kind() );
		}
		return $outcome;
	}

	private function establish( Identity $identity ): Outcome {
		$integration_id = $this->handshake->perform( $identity->site_id(), $identity->api_key(), $identity->credential() );
		$this->keys->save_api_key( $identity->api_key() );
		$this->connection->establish( $identity, $integration_id );
		$this->acting_user->connected_by( $this->attempt->user_id() );
		$this->attempt->clear();
		$this->schedule->cancel_connect();
		/* translators: %s: id of the integration. */
		$this->log->info( 'connected', sprintf( __( 'Connected as integration %s.', 'igny8-wordpress-bridge' ), $integration_id ) );
		$acting = $this->acting_user->current();
		if ( Chosen_User::FALLBACK === $acting->source() ) {
			/* translators: %s: name of a user. */
			$this->log->info( 'acting_user_default', sprintf( __( 'IGNY8 writes as %s, the first administrator, because nobody chose a user.', 'igny8-wordpress-bridge' ), $acting->full_name() ) );
		}
		return $this->send_structure();
	}

	private function send_structure(): Outcome {
		try {
			$this->structure->push();
		} catch ( Failure $failure ) {
			return Outcome::connected( $failure );
		}
		do_action( 'igny8_connected' );
		return Outcome::connected( null );
	}

	private function wait( Failure $failure, string $key ): Outcome {
		$failures = $this->attempt->failures() + 1;
		$next_at  = time() + $this->delay_s( $failure, $failures );
		$this->keys->save_waiting( $key, $next_at + DAY_IN_SECONDS );
		$this->attempt->wait( $failure, $next_at );
		$this->schedule->connect_at( $next_at );
		$this->log->failure( $failure, __( 'Connecting failed and will be tried again', 'igny8-wordpress-bridge' ) );
		return Outcome::waiting( $failure, $next_at );
	}

	/**
	 * A person may confirm at any moment, so the pause stays short; after a quarter of an hour nobody is looking.
	 */
	private function delay_s( Failure $failure, int $failures ): int {
		if ( Outcome::NEEDS_CONFIRMATION === $failure->reason() ) {
			return $failures <= self::EAGER_TRIES ? MINUTE_IN_SECONDS : 15 * MINUTE_IN_SECONDS;
		}
		return ( new Backoff() )->delay_s( $failures, $failure->retry_after_s() );
	}

	private function refuse( Failure $failure ): Outcome {
		$this->keys->discard_attempt();
		$this->attempt->fail( $failure );
		$this->schedule->cancel_connect();
		$this->log->failure( $failure, Outcome::failure_title( $failure->reason() ) );
		return Outcome::failed( $failure );
	}
}
