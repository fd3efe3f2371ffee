<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Handshake;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Backoff;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;

/**
 * Sends the structure to IGNY8, creates the integration again if it was deleted, and plans the next try.
 */
final class Structure_Sync {

	private Gatherer $gatherer;

	private Integration_Api $api;

	private Handshake $handshake;

	private Key_Store $keys;

	private Connection $connection;

	private Schedule $schedule;

	private Log $log;

	private User_Choice $acting_user;

	public function __construct( Gatherer $gatherer, Integration_Api $api, Handshake $handshake, Key_Store $keys, Connection $connection, Schedule $schedule, Log $log, User_Choice $acting_user ) {
		$this->gatherer   = $gatherer;
		$this->api        = $api;
		$this->handshake  = $handshake;
		$this->keys       = $keys;
		$this->connection = $connection;
		$this->schedule   = $schedule;
		$this->log        = $log;

		$this->acting_user = $acting_user;
	}

	/**
	 * @return array{post_types: int, taxonomies: int} How many the API has stored.
	 * @throws Failure After it was logged and the next try planned; `clone_detected` without both.
	 */
	public function push(): array {
		$this->connection->assert_original();
		$key = $this->keys->api_key();
		if ( ! $this->connection->exists() || '' === $key ) {
			Failure::raise(
				'not_connected',
				__( 'This site is not connected to IGNY8.', 'igny8-wordpress-bridge' ),
				__( 'Connect it on the IGNY8 settings page.', 'igny8-wordpress-bridge' )
			);
		}

		try {
			$stored = $this->send( $this->gatherer->gather() + [ 'acting_user' => $this->describe_acting_user() ], $key );
		} catch ( Failure $failure ) {
			$this->plan_next( $failure );
			throw $failure;
		}

		$this->connection->structure_accepted();
		$this->schedule->cancel_push();
		/**
		 * Fires when IGNY8 has stored the structure.
		 */
		do_action( 'igny8_structure_sent' );
		return $stored;
	}

	private function send( array $structure, string $key ): array {
		$integration_id = $this->connection->integration_id();
		if ( '' !== $integration_id ) {
			try {
				return $this->api->update_structure( $integration_id, $structure, $key, $this->secret() );
			} catch ( Failure $failure ) {
				if ( 404 !== $failure->status() ) {
					throw $failure;
				}
				$this->log->failure( $failure, __( 'The integration was deleted in IGNY8 and is created again', 'igny8-wordpress-bridge' ) );
			}
		}

		$integration_id = $this->handshake->perform( $this->connection->site_id(), $key, $key );
		$this->connection->replace_integration( $integration_id );
		return $this->api->update_structure( $integration_id, $structure, $key, $this->secret() );
	}

	private function secret(): string {
		return $this->keys->signing_secrets()['current'] ?? '';
	}

	/**
	 * Without the rest of what `status` says, so that only a change of the user is one.
	 */
	private function describe_acting_user(): array {
		return array_intersect_key( $this->acting_user->current()->to_array(), array_flip( [ 'id', 'name', 'source' ] ) );
	}

	private function plan_next( Failure $failure ): void {
		$this->connection->structure_failed( $failure );
		$this->log->failure( $failure, __( 'The structure could not be sent', 'igny8-wordpress-bridge' ) );
		if ( ! $failure->is_retryable() ) {
			// The answer would be the same in a minute. The daily run tries again.
			$this->schedule->cancel_push();
			return;
		}

		$delay = ( new Backoff() )->delay_s( $this->connection->failed_pushes(), $failure->retry_after_s() );
		$this->schedule->push_at( time() + $delay );
	}
}
