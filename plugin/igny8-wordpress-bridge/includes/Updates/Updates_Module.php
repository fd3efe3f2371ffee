<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Notices;
use Igny8\Bridge\Autoloader;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Log;

/**
 * Updates of this plugin from the server that it was downloaded from. The edition of wordpress.org, which updates plugins
 * itself, is made without this folder.
 */
final class Updates_Module {

	public State $state;

	public Connected_Site $site;

	public Checker $checker;

	public Update_Hooks $hooks;

	public Going_Back $going_back;

	private Config $config;

	private Update_List $updates;

	public function __construct( Config $config, Connection $connection, Log $log, Autoloader $autoloader, string $basename ) {
		$server           = new Server( $config->carried_server() );
		$this->config     = $config;
		$this->state      = new State();
		$this->site       = new Connected_Site( $config, $connection, $this->state );
		$this->checker    = new Checker( $config->carried_server(), $server, $this->state, $this->site, $log );
		$this->hooks      = new Update_Hooks( $this->checker, $server, $autoloader, $basename );
		$this->updates    = new Update_List( $basename );
		$this->going_back = new Going_Back( $this->checker, $this->hooks, $this->updates, $this->state, $log, $basename );
	}

	public function hook(): void {
		$carried = $this->config->carried_server();
		$host    = wp_parse_url( $carried->api_url(), PHP_URL_HOST );
		if ( [] !== $carried->update_keys() && is_string( $host ) ) {
			$this->hooks->hook( $host );
			add_action( 'igny8_connected', [ $this->site, 'remember' ] );
		}
		if ( is_admin() ) {
			add_action( 'igny8_settings_sections', [ $this->panel(), 'render' ] );
			$this->actions()->hook();
			( new Withdrawn_Notice( $this->checker ) )->hook();
		}
	}

	/**
	 * Builds the section of the settings page.
	 */
	public function panel(): Updates_Panel {
		return new Updates_Panel( $this->config, $this->checker, $this->site, $this->state );
	}

	public function actions(): Update_Actions {
		return new Update_Actions( $this->going_back, $this->checker, $this->hooks, $this->updates, $this->state, new Notices() );
	}
}
