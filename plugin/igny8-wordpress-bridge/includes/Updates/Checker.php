<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Carried_Server;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;

/**
 * Asks the server for the signed manifest and keeps it. A manifest older than one that was seen is not believed: it could
 * hide a release, or the withdrawal of one.
 */
final class Checker {

	/** WordPress asks twice in one page at times. */
	private const PAUSE_S = 60;

	private Carried_Server $carried;

	private Server $server;

	private State $state;

	private Connected_Site $site;

	private Log $log;

	public function __construct( Carried_Server $carried, Server $server, State $state, Connected_Site $site, Log $log ) {
		$this->carried = $carried;
		$this->server  = $server;
		$this->state   = $state;
		$this->site    = $site;
		$this->log     = $log;
	}

	/**
	 * Asks, unless it was asked a moment ago.
	 *
	 * @param string $installed Version on this site; in the request that replaces it, not the one that runs.
	 * @return Offers|null Null if no site is connected, or nothing is known.
	 */
	public function check( string $installed = IGNY8_BRIDGE_VERSION ): ?Offers {
		if ( '' === $this->site->id() ) {
			return null;
		}
		$this->site->remember();
		if ( time() - $this->state->checked_at() >= self::PAUSE_S ) {
			$this->ask();
		}
		return $this->known( $installed );
	}

	/**
	 * What was said last, without asking.
	 */
	public function known( string $installed = IGNY8_BRIDGE_VERSION ): ?Offers {
		$site_id  = $this->site->id();
		$manifest = '' === $site_id ? null : $this->manifest();
		return null === $manifest ? null : new Offers( $manifest, $installed, $site_id, $this->state->held() );
	}

	/**
	 * The release whose zip has this address on the server; null for any other address.
	 *
	 * @param mixed $url As WordPress has it.
	 */
	public function release_at( $url ): ?Release {
		$manifest = $this->manifest();
		foreach ( null === $manifest ? [] : $manifest->releases() as $release ) {
			if ( $url === $this->address_of( $release ) ) {
				return $release;
			}
		}
		return null;
	}

	public function address_of( Release $release ): string {
		return $this->carried->api_url() . $release->package();
	}

	/**
	 * Notes a failure for the settings page, and for the log if it is another one than before.
	 */
	public function failed( Failure $failure ): void {
		$before = $this->state->error();
		if ( null === $before || $before['code'] !== $failure->reason() ) {
			$this->log->failure( $failure, __( 'The plugin could not be updated', 'igny8-wordpress-bridge' ) );
		}
		$this->state->fail( $failure );
	}

	private function ask(): void {
		$server = $this->carried->api_url();
		try {
			$served   = $this->server->fetch_manifest();
			$manifest = Manifest::open( $served, $this->carried->update_keys(), $server );
			if ( $manifest->serial() < $this->state->serial( $server ) ) {
				Failure::raise( 'update_manifest_older', __( 'The server sent an older list of this plugin’s releases than before. It was ignored.', 'igny8-wordpress-bridge' ), __( 'This happens for minutes while the server itself is updated. If it goes on for a day, tell whoever runs the server.', 'igny8-wordpress-bridge' ) );
			}
			$this->state->keep( $server, $served, $manifest->serial() );
		} catch ( Failure $failure ) {
			$this->failed( $failure );
		}
	}

	/**
	 * Verified anew each time: the database holds what the server sent, and nothing that was made of it.
	 */
	private function manifest(): ?Manifest {
		$server = $this->carried->api_url();
		$served = $this->state->served( $server );
		if ( '' === $served ) {
			return null;
		}
		try {
			return Manifest::open( $served, $this->carried->update_keys(), $server );
		} catch ( Failure $failure ) {
			// The keys are other ones since the plugin was installed anew.
			unset( $failure );
			return null;
		}
	}
}
