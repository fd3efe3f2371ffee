<?php

declare(strict_types=1);

namespace Igny8\Bridge\Cron;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Unattended;
use Igny8\Bridge\Structure\Structure_Sync;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Settings;

/**
 * Handles this plugin's cron events.
 */
final class Runner {

	public const LAST_RUN_OPTION = 'igny8_cron_last_run_at';

	private Schedule $schedule;

	private Connector $connector;

	private Unattended $unattended;

	private Structure_Sync $structure;

	private Connection $connection;

	private Settings $settings;

	private Config $config;

	public function __construct( Schedule $schedule, Connector $connector, Unattended $unattended, Structure_Sync $structure, Connection $connection, Settings $settings, Config $config ) {
		$this->schedule   = $schedule;
		$this->connector  = $connector;
		$this->unattended = $unattended;
		$this->structure  = $structure;
		$this->connection = $connection;
		$this->settings   = $settings;
		$this->config     = $config;
	}

	public function hook(): void {
		add_action( 'init', [ $this->schedule, 'ensure_daily' ] );
		add_action( 'wp_loaded', [ $this, 'record_cron_run' ] );
		add_action( Schedule::DAILY, [ $this, 'push_daily' ] );
		add_action( Schedule::PUSH, [ $this, 'push' ] );
		add_action( Schedule::CONNECT, [ $this, 'connect' ] );
	}

	/**
	 * Runs first in every cron run. Records that cron works, and connects an unattended site even if no event is
	 * planned.
	 */
	public function record_cron_run(): void {
		if ( ! wp_doing_cron() ) {
			return;
		}

		update_option( self::LAST_RUN_OPTION, time(), false );
		$this->unattended->run( $this->connector );
	}

	public function push_daily(): void {
		if ( $this->settings->is_sync_enabled() ) {
			$this->push();
		}
	}

	/**
	 * Runs even if sync was switched off meanwhile: IGNY8 may not know that yet.
	 */
	public function push(): void {
		if ( ! $this->connection->exists() ) {
			return;
		}

		try {
			$this->structure->push();
		} catch ( Failure $failure ) {
			// Structure_Sync has logged it and planned the next try.
			unset( $failure );
		}
	}

	public function connect(): void {
		if ( null === $this->connector->retry( $this->config->is_unattended() ) ) {
			$this->unattended->run( $this->connector );
		}
	}
}
