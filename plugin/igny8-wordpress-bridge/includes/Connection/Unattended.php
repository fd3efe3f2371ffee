<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Support\Config;

/**
 * Connects the site automatically if wp-config.php defines IGNY8_API_KEY: on activation, or at the next cron run.
 */
final class Unattended {

	/** Holds a digest of the key that the owner disconnected or the API refused, and until when not to try it. */
	public const OPTION = 'igny8_unattended_pause';

	private const INDEFINITELY = 0;

	private Config $config;

	private Connection $connection;

	private Attempt $attempt;

	public function __construct( Config $config, Connection $connection, Attempt $attempt ) {
		$this->config     = $config;
		$this->connection = $connection;
		$this->attempt    = $attempt;
	}

	/**
	 * Whether there is a key, but no connection, no attempt and no pause.
	 */
	public function is_due(): bool {
		return $this->config->is_unattended()
			&& ! $this->connection->exists()
			&& ! $this->attempt->is_under_way()
			&& ! $this->attempt->is_waiting()
			&& ! $this->is_paused();
	}

	public function run( Connector $connector ): ?Outcome {
		if ( ! $this->is_due() ) {
			return null;
		}

		$outcome = $connector->connect( Credentials::of_key( $this->config->api_key() ), true );
		if ( Outcome::FAILED === $outcome->kind() ) {
			// After a refusal, try once a day, not at every cron run.
			$this->pause( time() + DAY_IN_SECONDS );
		}
		return $outcome;
	}

	/**
	 * On activation, IGNY8 often can't call the site yet. The next cron run then tries again.
	 */
	public function make_due( Schedule $schedule ): void {
		if ( $this->config->is_unattended() && $this->attempt->is_waiting() ) {
			$schedule->connect_at( time() );
		}
	}

	/**
	 * @param int $until Unix seconds; by default until the key changes or the plugin is activated again.
	 */
	public function pause( int $until = self::INDEFINITELY ): void {
		if ( $this->config->is_unattended() ) {
			update_option(
				self::OPTION,
				[
					'key'   => $this->digest(),
					'until' => $until,
				],
				false
			);
		}
	}

	public function resume(): void {
		delete_option( self::OPTION );
	}

	private function is_paused(): bool {
		$pause = get_option( self::OPTION );
		if ( ! is_array( $pause ) || ( $pause['key'] ?? '' ) !== $this->digest() ) {
			return false;
		}
		return self::INDEFINITELY === $pause['until'] || $pause['until'] > time();
	}

	private function digest(): string {
		return wp_hash( $this->config->api_key(), 'auth' );
	}
}
