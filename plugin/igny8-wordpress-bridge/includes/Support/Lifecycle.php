<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Unattended;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Outbox\Outbox_Module;

/**
 * Activation and deactivation.
 */
final class Lifecycle {

	private Schedule $schedule;

	private Unattended $unattended;

	private Connector $connector;

	private Outbox_Module $outbox;

	private string $basename;

	public function __construct( Schedule $schedule, Unattended $unattended, Connector $connector, Outbox_Module $outbox, string $basename ) {
		$this->schedule   = $schedule;
		$this->unattended = $unattended;
		$this->connector  = $connector;
		$this->outbox     = $outbox;
		$this->basename   = $basename;
	}

	public function hook( string $file ): void {
		register_activation_hook( $file, [ $this, 'activate' ] );
		register_deactivation_hook( $file, [ $this, 'deactivate' ] );
		add_action( 'activated_plugin', [ $this, 'activated' ], 10, 2 );
	}

	/**
	 * @param mixed $network_wide Ignored: other sites of a network plan their event at their next request.
	 */
	public function activate( $network_wide = false ): void {
		$this->unattended->resume();
		$this->schedule->ensure_daily();
		$this->outbox->activate();
	}

	/**
	 * Runs after WordPress stored that the plugin is active. Before that, the API could not call it back.
	 *
	 * @param mixed $plugin       Path of its main file, relative to the plugins folder.
	 * @param mixed $network_wide Whether on all sites of a network; each connects at its own next cron run.
	 */
	public function activated( $plugin, $network_wide = false ): void {
		if ( $plugin === $this->basename && ! $network_wide && $this->unattended->is_due() ) {
			$this->unattended->run( $this->connector );
			$this->unattended->make_due( $this->schedule );
		}
	}

	/**
	 * @param mixed $network_wide Whether on all sites of a network.
	 */
	public function deactivate( $network_wide = false ): void {
		if ( $network_wide && is_multisite() ) {
			Uninstaller::on_every_site( [ $this->schedule, 'cancel_all' ] );
		} else {
			$this->schedule->cancel_all();
		}
	}
}
