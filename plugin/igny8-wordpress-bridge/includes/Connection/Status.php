<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Settings;

/**
 * Derives the state shown to users from connection, attempt, keys and settings.
 */
final class Status {

	public const NOT_CONNECTED = 'not_connected';

	public const AUTHENTICATING = 'authenticating';

	public const WAITING = 'waiting';

	public const AWAITING_CONFIRMATION = 'awaiting_confirmation';

	public const STRUCTURE_SYNCING = 'structure_syncing';

	public const READY = 'ready';

	public const DEGRADED = 'degraded';

	public const KEY_REVOKED = 'key_revoked';

	public const KEY_UNREADABLE = 'key_unreadable';

	public const DISABLED = 'disabled';

	public const CLONE_DETECTED = 'clone_detected';

	private Connection $connection;

	private Attempt $attempt;

	private Key_Store $keys;

	private Settings $settings;

	public function __construct( Connection $connection, Attempt $attempt, Key_Store $keys, Settings $settings ) {
		$this->connection = $connection;
		$this->attempt    = $attempt;
		$this->keys       = $keys;
		$this->settings   = $settings;
	}

	/**
	 * One of the constants.
	 */
	public function state(): string {
		if ( $this->attempt->is_under_way() ) {
			return self::AUTHENTICATING;
		}
		if ( $this->connection->is_clone() ) {
			return self::CLONE_DETECTED;
		}
		if ( $this->attempt->awaits_confirmation() ) {
			return self::AWAITING_CONFIRMATION;
		}
		if ( $this->keys->is_unreadable() || ( $this->connection->exists() && '' === $this->keys->api_key() ) ) {
			return self::KEY_UNREADABLE;
		}
		if ( $this->attempt->is_waiting() ) {
			return self::WAITING;
		}
		return $this->connected_state();
	}

	/**
	 * The last error of the attempt or the connection.
	 *
	 * @return array{code: string, detail: string, fix: string, request_id: string, retryable: bool, at: int}|null
	 */
	public function error(): ?array {
		if ( $this->attempt->is_waiting() || ( ! $this->connection->exists() && $this->attempt->has_failed() ) ) {
			return $this->attempt->error();
		}
		return $this->connection->last_error();
	}

	/**
	 * Whether the API can be used now.
	 */
	public function is_usable(): bool {
		return $this->connection->exists() && '' !== $this->keys->api_key() && ! $this->connection->is_clone();
	}

	/**
	 * Whether the API can be used now, and has not refused the key since it was last asked.
	 */
	public function is_accepted(): bool {
		return $this->is_usable() && self::KEY_REVOKED !== $this->state();
	}

	private function connected_state(): string {
		$state = $this->connection->state();
		if ( Connection::READY !== $state ) {
			return $state;
		}
		if ( ! $this->settings->is_sync_enabled() ) {
			return self::DISABLED;
		}
		return null === $this->connection->last_error() ? self::READY : self::DEGRADED;
	}
}
