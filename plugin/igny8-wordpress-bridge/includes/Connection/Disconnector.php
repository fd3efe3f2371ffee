<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;

/**
 * Ends the connection on both sides. This side forgets it even if the API refuses.
 */
final class Disconnector {

	private Integration_Api $api;

	private Key_Store $keys;

	private Connection $connection;

	private Attempt $attempt;

	private Unattended $unattended;

	private Schedule $schedule;

	private Log $log;

	private User_Choice $acting_user;

	public function __construct( Integration_Api $api, Key_Store $keys, Connection $connection, Attempt $attempt, Unattended $unattended, Schedule $schedule, Log $log, User_Choice $acting_user ) {
		$this->api        = $api;
		$this->keys       = $keys;
		$this->connection = $connection;
		$this->attempt    = $attempt;
		$this->unattended = $unattended;
		$this->schedule   = $schedule;
		$this->log        = $log;

		$this->acting_user = $acting_user;
	}

	/**
	 * @return Failure|null Why the integration could not be deleted at IGNY8; null if it was, or there is none.
	 */
	public function disconnect(): ?Failure {
		$failure = $this->delete_integration();
		$this->keys->clear();
		$this->connection->clear();
		$this->attempt->clear();
		$this->acting_user->clear();
		$this->schedule->cancel_retries();
		$this->unattended->pause();
		$this->log->info( 'disconnected', __( 'Disconnected.', 'igny8-wordpress-bridge' ) );
		do_action( 'igny8_disconnected' );
		if ( null !== $failure ) {
			$this->log->failure( $failure, __( 'IGNY8 could not be notified', 'igny8-wordpress-bridge' ) );
		}
		return $failure;
	}

	private function delete_integration(): ?Failure {
		if ( $this->connection->is_clone() ) {
			// The integration belongs to the original site.
			return null;
		}

		$integration_id = $this->connection->integration_id();
		$key            = $this->keys->api_key();
		if ( '' === $integration_id || '' === $key ) {
			return null;
		}

		try {
			$this->api->delete( $integration_id, $key, $this->keys->signing_secrets()['current'] ?? '' );
		} catch ( Failure $failure ) {
			return $failure;
		}
		return null;
	}
}
