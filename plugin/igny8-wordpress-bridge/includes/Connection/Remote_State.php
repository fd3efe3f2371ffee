<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Settings;
use Igny8\Bridge\Support\Stored_Option;

/**
 * What IGNY8 says about the syncs of this site and about its content types, so that wp-admin and the app show the same.
 * Kept for a moment, and as the last known state while IGNY8 can't be asked.
 */
final class Remote_State {

	public const OPTION = 'igny8_remote_state';

	private const FRESH_S = 15;

	/** After a failure, pages are not delayed again for this long. */
	private const RETRY_S = 60;

	private const DEFAULTS = [
		'integration_id' => '',
		'asked_at'       => 0,
		'known_at'       => 0,
		'is_current'     => false,
		'sync'           => null,
		'types'          => null,
	];

	private Integration_Api $api;

	private Connection $connection;

	private Key_Store $keys;

	private Status $status;

	private Stored_Option $option;

	public function __construct( Integration_Api $api, Connection $connection, Key_Store $keys, Status $status ) {
		$this->api        = $api;
		$this->connection = $connection;
		$this->keys       = $keys;
		$this->status     = $status;
		$this->option     = new Stored_Option( self::OPTION, self::DEFAULTS, false );
	}

	/**
	 * Asks IGNY8, unless it was asked a moment ago or this site can't use the API.
	 */
	public function refresh(): void {
		$known = $this->known();
		$pause = $known['is_current'] ? self::FRESH_S : self::RETRY_S;
		if ( ! $this->may_ask() || time() - (int) $known['asked_at'] < $pause ) {
			return;
		}

		$id   = $this->connection->integration_id();
		$now  = time();
		$next = [
			'integration_id' => $id,
			'asked_at'       => $now,
			'is_current'     => false,
		];
		try {
			$next['sync']     = $this->api->sync_status( $id, $this->keys->api_key() );
			$next['types']    = self::decisions( $this->api->content_types( $id, $this->keys->api_key() ) );
			$next['known_at'] = $now;

			$next['is_current'] = true;
		} catch ( Failure $failure ) {
			// The last known state stays; known_at tells its age.
			unset( $failure );
		}
		$this->option->save( array_merge( $known, $next ) );
	}

	/**
	 * Nothing is sent while sync is switched off.
	 */
	private function may_ask(): bool {
		return $this->status->is_usable() && Status::DISABLED !== $this->status->state();
	}

	/**
	 * The next refresh() asks, whenever it was done last.
	 */
	public function forget(): void {
		$this->option->save( [ 'asked_at' => 0 ] );
	}

	/**
	 * Unix seconds of the state; 0 if it was never known.
	 */
	public function known_at(): int {
		return (int) $this->known()['known_at'];
	}

	/**
	 * Whether the last question was answered.
	 */
	public function is_current(): bool {
		return (bool) $this->known()['is_current'];
	}

	/**
	 * The run that ended last, as the API describes it.
	 */
	public function last_run(): ?array {
		return $this->run( 'last_run' );
	}

	/**
	 * The run that is queued, waits or is at work.
	 */
	public function current_run(): ?array {
		return $this->run( 'current_run' );
	}

	/**
	 * The moment that the app shows as "Last sync": the end of the last run, or else of the last one that succeeded.
	 *
	 * @return int Unix seconds; 0 for never.
	 */
	public function last_sync_at(): int {
		$last = $this->last_run();
		$sync = $this->known()['sync'];
		return self::to_unix( $last['finished_at'] ?? $sync['last_sync_at'] ?? null );
	}

	/**
	 * Whether IGNY8 syncs a type, and who decided that.
	 *
	 * @param string $kind post_types or taxonomies.
	 * @return array{enabled: bool, decided_by: string}|null Null if IGNY8 has not said so yet.
	 */
	public function type( string $kind, string $slug ): ?array {
		return $this->known()['types'][ $kind ][ $slug ] ?? null;
	}

	/**
	 * Without counts and labels, which this site knows itself.
	 */
	private static function decisions( array $answer ): array {
		$decisions = [];
		foreach ( Settings::KINDS as $kind ) {
			foreach ( is_array( $answer[ $kind ] ?? null ) ? $answer[ $kind ] : [] as $slug => $row ) {
				$decisions[ $kind ][ (string) $slug ] = [
					'enabled'    => (bool) ( $row['enabled'] ?? false ),
					'decided_by' => is_string( $row['decided_by'] ?? null ) ? $row['decided_by'] : 'default',
				];
			}
		}
		return $decisions;
	}

	/**
	 * @param mixed $time RFC 3339.
	 * @return int Unix seconds; 0 for none.
	 */
	public static function to_unix( $time ): int {
		return is_string( $time ) ? (int) strtotime( $time ) : 0;
	}

	private function run( string $name ): ?array {
		$run = $this->known()['sync'][ $name ] ?? null;
		return is_array( $run ) ? $run : null;
	}

	/**
	 * Empty if it is about an earlier integration.
	 */
	private function known(): array {
		$known = $this->option->all();
		return $known['integration_id'] === $this->connection->integration_id() ? $known : self::DEFAULTS;
	}
}
