<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

use Igny8\Bridge\Support\Failure;

/**
 * The established connection: which site, which integration, how it is doing. Holds no secret.
 */
final class Connection {

	public const OPTION = 'igny8_connection';

	public const NONE = 'not_connected';

	public const STRUCTURE_SYNCING = 'structure_syncing';

	public const READY = 'ready';

	public const KEY_REVOKED = 'key_revoked';

	private const DEFAULTS = [
		'state'                  => self::NONE,
		'site_id'                => '',
		'site_name'              => '',
		'integration_id'         => '',
		'connected_at'           => 0,
		'last_structure_sync_at' => 0,
		'failed_pushes'          => 0,
		'last_error'             => null,
	];

	public function state(): string {
		return (string) $this->all()['state'];
	}

	public function exists(): bool {
		return self::NONE !== $this->state();
	}

	public function site_id(): string {
		return (string) $this->all()['site_id'];
	}

	public function site_name(): string {
		return (string) $this->all()['site_name'];
	}

	/**
	 * '' where there is none.
	 */
	public function integration_id(): string {
		return (string) $this->all()['integration_id'];
	}

	/**
	 * Unix seconds, 0 for never.
	 */
	public function last_structure_sync_at(): int {
		return (int) $this->all()['last_structure_sync_at'];
	}

	/**
	 * Of the last push; null once one has succeeded.
	 *
	 * @return array{code: string, detail: string, fix: string, request_id: string, retryable: bool, at: int}|null
	 */
	public function last_error(): ?array {
		$error = $this->all()['last_error'];
		return is_array( $error ) ? $error : null;
	}

	public function failed_pushes(): int {
		return (int) $this->all()['failed_pushes'];
	}

	public function establish( Identity $identity, string $integration_id ): void {
		$this->save(
			[
				'state'          => self::STRUCTURE_SYNCING,
				'site_id'        => $identity->site_id(),
				'site_name'      => $identity->site_name(),
				'integration_id' => $integration_id,
				'connected_at'   => time(),
				'failed_pushes'  => 0,
				'last_error'     => null,
			]
		);
	}

	public function replace_integration( string $integration_id ): void {
		$this->save( [ 'integration_id' => $integration_id ] );
	}

	public function structure_accepted(): void {
		$this->save(
			[
				'state'                  => self::READY,
				'last_structure_sync_at' => time(),
				'failed_pushes'          => 0,
				'last_error'             => null,
			]
		);
	}

	public function structure_failed( Failure $failure ): void {
		$this->save(
			[
				'state'         => $failure->is_key_refused() ? self::KEY_REVOKED : $this->state(),
				'failed_pushes' => $this->failed_pushes() + 1,
				'last_error'    => $failure->to_array(),
			]
		);
	}

	public function clear(): void {
		delete_option( self::OPTION );
	}

	private function all(): array {
		$all = get_option( self::OPTION, [] );
		return array_merge( self::DEFAULTS, is_array( $all ) ? $all : [] );
	}

	private function save( array $changes ): void {
		update_option( self::OPTION, array_merge( $this->all(), $changes ), true );
	}
}
