<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connect;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;

/**
 * Starts the sync that the person agreed to when they connected, as soon as IGNY8 has the structure. It only reads: nothing
 * is changed on this site.
 */
final class First_Sync {

	public const OPTION = 'igny8_first_sync';

	private Integration_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	private Settings $settings;

	private Remote_State $remote;

	private Log $log;

	public function __construct( Integration_Api $api, Connection $connection, Key_Store $keys, Settings $settings, Remote_State $remote, Log $log ) {
		$this->api        = $api;
		$this->connection = $connection;
		$this->keys       = $keys;
		$this->settings   = $settings;
		$this->remote     = $remote;
		$this->log        = $log;
	}

	public function hook(): void {
		add_action( 'igny8_structure_sent', [ $this, 'start' ] );
		add_action( 'igny8_disconnected', [ $this, 'forget' ] );
	}

	public function plan(): void {
		update_option( self::OPTION, (string) time(), true );
	}

	/**
	 * Drops the plan: the connection that it was made for has failed or ended.
	 */
	public function forget(): void {
		delete_option( self::OPTION );
	}

	/**
	 * Starts it once, if it was planned within a day: a connection that comes later was not made by that consent. If the
	 * start fails, the person can press “Sync now”.
	 */
	public function start(): void {
		$planned_at = (int) get_option( self::OPTION );
		if ( 0 === $planned_at ) {
			return;
		}
		$this->forget();
		if ( time() - $planned_at > DAY_IN_SECONDS || ! $this->settings->is_sync_enabled() ) {
			return;
		}
		try {
			$this->api->start_sync( $this->connection->integration_id(), $this->keys->api_key(), 'from_external' );
			$this->log->info( 'first_sync', __( 'The first sync has been started.', 'igny8-wordpress-bridge' ) );
		} catch ( Failure $failure ) {
			$this->log->failure( $failure, __( 'The first sync could not be started', 'igny8-wordpress-bridge' ) );
		}
		$this->remote->forget();
	}
}
