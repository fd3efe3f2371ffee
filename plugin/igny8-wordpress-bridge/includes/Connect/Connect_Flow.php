<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connect;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Connect_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Identity;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;

/**
 * Connects by a person's consent in IGNY8: sends their browser there with a challenge, and exchanges the code that it comes
 * back with for a key, from server to server. docs/connect.md of the project has the sequence.
 */
final class Connect_Flow {

	private Pending_Ask $asks;

	private Ask_Url $url;

	private Connect_Api $api;

	private Connector $connector;

	private Connection $connection;

	private Status $status;

	private Key_Store $keys;

	private First_Sync $first_sync;

	private Log $log;

	private bool $from_app = false;

	public function __construct( Pending_Ask $asks, Ask_Url $url, Connect_Api $api, Connector $connector, Connection $connection, Status $status, Key_Store $keys, First_Sync $first_sync, Log $log ) {
		$this->asks       = $asks;
		$this->url        = $url;
		$this->api        = $api;
		$this->connector  = $connector;
		$this->connection = $connection;
		$this->status     = $status;
		$this->keys       = $keys;
		$this->first_sync = $first_sync;
		$this->log        = $log;
	}

	/**
	 * @param string $token What the app gave this site to bring back; '' if it begins here.
	 * @return string Where to send the person's browser.
	 * @throws Failure `clone_detected`.
	 */
	public function start( int $user_id, string $token = '' ): string {
		$this->connection->assert_original();
		return $this->url->make( $this->asks->begin( $user_id, '' !== $token ), $token );
	}

	/**
	 * The person said no, or the app could not ask them.
	 *
	 * @return bool Whether a request with this state was pending.
	 */
	public function cancel( int $user_id, string $state ): bool {
		return null !== $this->asks->take( $user_id, $state );
	}

	/**
	 * @param string $code  From the return address, as is.
	 * @param string $state From the return address, as is.
	 */
	public function finish( int $user_id, string $code, string $state ): Outcome {
		try {
			$this->connection->assert_original();
			$identity = $this->exchange( $user_id, $code, $state );
		} catch ( Failure $failure ) {
			$this->log->failure( $failure, Outcome::failure_title( $failure->reason() ) );
			return Outcome::failed( $failure );
		}
		$this->first_sync->plan();
		$outcome = $this->connector->connect_as( $identity, $user_id );
		if ( Outcome::FAILED === $outcome->kind() ) {
			$this->first_sync->forget();
		}
		return $outcome;
	}

	/**
	 * Whether the person began in the app, and goes back there. Valid after finish().
	 */
	public function began_in_app(): bool {
		return $this->from_app;
	}

	/**
	 * @return string The site's page in the app.
	 */
	public function app_page(): string {
		return $this->url->site_page();
	}

	/**
	 * @throws Failure `connect_return_unknown`, `connected_elsewhere`, or the API's refusal.
	 */
	private function exchange( int $user_id, string $code, string $state ): Identity {
		$ask = $this->asks->take( $user_id, $state );
		if ( null === $ask ) {
			Failure::raise(
				'connect_return_unknown',
				__( 'This page was opened with a code that nobody asked for here, or that took longer than an hour.', 'igny8-wordpress-bridge' ),
				__( 'Press “Connect to IGNY8” to begin again. If you did not press it before, somebody may have sent you a forged link; nothing has changed.', 'igny8-wordpress-bridge' )
			);
		}
		$this->from_app = $ask['from_app'];

		$was_connected = $this->status->is_accepted();
		$grant         = $this->api->exchange( $code, $ask['verifier'], $this->keys->begin_pending() );
		if ( $was_connected && $grant['site_id'] !== $this->connection->site_id() ) {
			Failure::raise(
				'connected_elsewhere',
				__( 'This site is connected to another site or account of IGNY8.', 'igny8-wordpress-bridge' ),
				__( 'Press Disconnect first, then connect again.', 'igny8-wordpress-bridge' )
			);
		}
		return new Identity( $grant['site_id'], $grant['site_name'], $grant['api_key'] );
	}
}
