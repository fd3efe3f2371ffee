<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;

/**
 * "Sync now": sends the structure, then starts the same run as the app does: in both directions if two-way sync is on.
 */
final class Sync_Now {

	private Structure_Sync $structure;

	private Integration_Api $api;

	private Key_Store $keys;

	private Connection $connection;

	private Settings $settings;

	private Remote_State $remote;

	private Log $log;

	public function __construct( Structure_Sync $structure, Integration_Api $api, Key_Store $keys, Connection $connection, Settings $settings, Remote_State $remote, Log $log ) {
		$this->structure  = $structure;
		$this->api        = $api;
		$this->keys       = $keys;
		$this->connection = $connection;
		$this->settings   = $settings;
		$this->remote     = $remote;
		$this->log        = $log;
	}

	/**
	 * @return array{post_types: int, taxonomies: int, run: array}
	 * @throws Failure `sync_disabled`, `not_connected`, or the API's refusal.
	 */
	public function run(): array {
		if ( ! $this->settings->is_sync_enabled() ) {
			Failure::raise(
				'sync_disabled',
				__( 'Sync Operations are switched off.', 'igny8-wordpress-bridge' ),
				__( 'Tick “Enable Sync Operations” on the IGNY8 settings page and save.', 'igny8-wordpress-bridge' )
			);
		}

		$stored = $this->structure->push();
		try {
			$direction     = $this->settings->is_two_way_enabled() ? 'both' : 'from_external';
			$stored['run'] = $this->api->start_sync( $this->connection->integration_id(), $this->keys->api_key(), $direction );
		} catch ( Failure $failure ) {
			$this->log->failure( $failure, __( 'The sync could not be started', 'igny8-wordpress-bridge' ) );
			throw $failure;
		}
		$this->remote->forget();
		do_action( 'igny8_synced_now' );
		$this->log->info( 'synced', __( 'Synced on demand.', 'igny8-wordpress-bridge' ) );
		return $stored;
	}

	/**
	 * @throws Failure If the API refuses.
	 */
	public function push_if_connected(): void {
		if ( $this->connection->exists() && '' !== $this->keys->api_key() ) {
			$this->structure->push();
			$this->remote->forget();
		}
	}
}
