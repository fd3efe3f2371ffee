<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Stored_Option;

/**
 * The established connection: site, integration, state and last error. Holds no secret.
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
		'install_id'             => '',
		'home'                   => '',
		'aliases'                => [],
		'connected_at'           => 0,
		'last_structure_sync_at' => 0,
		'failed_pushes'          => 0,
		'last_error'             => null,
	];

	private Stored_Option $option;

	public function __construct() {
		$this->option = new Stored_Option( self::OPTION, self::DEFAULTS );
	}

	public function state(): string {
		return (string) $this->option->all()['state'];
	}

	public function exists(): bool {
		return self::NONE !== $this->state();
	}

	public function site_id(): string {
		return (string) $this->option->all()['site_id'];
	}

	public function site_name(): string {
		return (string) $this->option->all()['site_name'];
	}

	/**
	 * '' if there is none.
	 */
	public function integration_id(): string {
		return (string) $this->option->all()['integration_id'];
	}

	/**
	 * Unix seconds; 0 for never.
	 */
	public function last_structure_sync_at(): int {
		return (int) $this->option->all()['last_structure_sync_at'];
	}

	/**
	 * Error of the last push; null after one succeeded.
	 *
	 * @return array{code: string, detail: string, fix: string, request_id: string, retryable: bool, at: int}|null
	 */
	public function last_error(): ?array {
		$error = $this->option->all()['last_error'];
		return is_array( $error ) ? $error : null;
	}

	public function failed_pushes(): int {
		return (int) $this->option->all()['failed_pushes'];
	}

	public function establish( Identity $identity, string $integration_id ): void {
		$this->option->save(
			[
				'state'          => self::STRUCTURE_SYNCING,
				'site_id'        => $identity->site_id(),
				'site_name'      => $identity->site_name(),
				'integration_id' => $integration_id,
				'install_id'     => '' === $this->install_id() ? wp_generate_uuid4() : $this->install_id(),
				'home'           => Home::encode( Home::url() ),
				'aliases'        => $this->is_clone() ? [] : $this->option->all()['aliases'],
				'connected_at'   => time(),
				'failed_pushes'  => 0,
				'last_error'     => null,
			]
		);
	}

	/**
	 * Stores the current address as the connected one, after IGNY8 accepted the move.
	 */
	public function relocate(): void {
		$this->option->save(
			[
				'home'          => Home::encode( Home::url() ),
				'aliases'       => [],
				'failed_pushes' => 0,
				'last_error'    => null,
			]
		);
	}

	/**
	 * Id of this installation; a copy has its original's. '' without a connection.
	 */
	public function install_id(): string {
		return (string) $this->option->all()['install_id'];
	}

	/**
	 * Address that this site was connected with; '' without a connection.
	 */
	public function connected_url(): string {
		return Home::decode( $this->option->all()['home'] );
	}

	/**
	 * Whether this connection belongs to a site with another address. The plugin then writes and sends nothing.
	 */
	public function is_clone(): bool {
		$connected_url = $this->connected_url();
		if ( ! $this->exists() || '' === $connected_url || ! Home::differs_from_all( [ $connected_url ] ) ) {
			return false;
		}

		$aliases = array_map( [ Home::class, 'decode' ], (array) $this->option->all()['aliases'] );
		/**
		 * Filters the addresses of this site besides the connected one.
		 *
		 * @param string[] $aliases URLs; scheme, `www.` and a trailing slash make no difference.
		 */
		$known = apply_filters( 'igny8_known_urls', $aliases );
		return Home::differs_from_all( array_filter( is_array( $known ) ? $known : $aliases, 'is_string' ) );
	}

	/**
	 * @throws Failure `clone_detected`.
	 */
	public function assert_original(): void {
		if ( $this->is_clone() ) {
			Failure::raise(
				'clone_detected',
				/* translators: 1: URL under which the site was connected, 2: URL it has now. */
				sprintf( __( 'This site was connected as %1$s and is now %2$s.', 'igny8-wordpress-bridge' ), $this->connected_url(), Home::url() ),
				__( 'Choose in wp-admin: the site has moved, it is a copy, or it has both addresses.', 'igny8-wordpress-bridge' )
			);
		}
	}

	public function add_alias( string $url ): void {
		$this->option->save( [ 'aliases' => array_merge( (array) $this->option->all()['aliases'], [ Home::encode( $url ) ] ) ] );
	}

	/**
	 * Stores the current address for a connection made by a version that did not store one.
	 */
	public function backfill_home(): void {
		if ( $this->exists() && '' === $this->connected_url() && '' !== Home::url() ) {
			$this->option->save(
				[
					'install_id' => wp_generate_uuid4(),
					'home'       => Home::encode( Home::url() ),
				]
			);
		}
	}

	public function replace_integration( string $integration_id ): void {
		$this->option->save( [ 'integration_id' => $integration_id ] );
	}

	public function structure_accepted(): void {
		$this->option->save(
			[
				'state'                  => self::READY,
				'last_structure_sync_at' => time(),
				'failed_pushes'          => 0,
				'last_error'             => null,
			]
		);
	}

	public function structure_failed( Failure $failure ): void {
		$this->option->save(
			[
				'state'         => $failure->is_key_refused() ? self::KEY_REVOKED : $this->state(),
				'failed_pushes' => $this->failed_pushes() + 1,
				'last_error'    => $failure->to_array(),
			]
		);
	}

	public function clear(): void {
		$this->option->clear();
	}
}
