<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Settings → IGNY8.
 */
final class Settings_Page {

	public const SLUG = 'igny8';

	public const CAPABILITY = 'manage_options';

	private Notices $notices;

	private Status_Panel $status;

	private Approve_Screen $approve;

	private Connect_Panel $connect_now;

	private Connect_Form $connect;

	private Server_Form $server;

	private Acting_User_Form $acting_user;

	private Sync_Form $sync;

	private Doctor_Panel $doctor;

	private Log_Panel $log;

	public function __construct( Notices $notices, Status_Panel $status, Approve_Screen $approve, Connect_Panel $connect_now, Connect_Form $connect, Server_Form $server, Acting_User_Form $acting_user, Sync_Form $sync, Doctor_Panel $doctor, Log_Panel $log ) {
		$this->notices = $notices;
		$this->status  = $status;
		$this->connect = $connect;
		$this->server  = $server;
		$this->sync    = $sync;
		$this->doctor  = $doctor;
		$this->log     = $log;

		$this->acting_user = $acting_user;
		$this->connect_now = $connect_now;
		$this->approve     = $approve;
	}

	public function hook(): void {
		add_action( 'admin_menu', [ $this, 'register' ] );
		add_action( 'admin_enqueue_scripts', [ $this, 'enqueue' ] );
		add_filter( 'plugin_action_links_' . plugin_basename( IGNY8_BRIDGE_FILE ), [ $this, 'add_link' ] );
	}

	public function register(): void {
		add_options_page( __( 'IGNY8', 'igny8-wordpress-bridge' ), __( 'IGNY8', 'igny8-wordpress-bridge' ), self::CAPABILITY, self::SLUG, [ $this, 'render' ] );
	}

	/**
	 * @param mixed $screen Name of the page being loaded.
	 */
	public function enqueue( $screen ): void {
		if ( 'settings_page_' . self::SLUG === $screen ) {
			wp_enqueue_style( 'igny8-settings', plugins_url( 'assets/settings.css', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION );
			wp_enqueue_script( 'igny8-settings', plugins_url( 'assets/settings.js', IGNY8_BRIDGE_FILE ), [], IGNY8_BRIDGE_VERSION, true );
		}
	}

	/**
	 * @param mixed $links Links in the list of plugins.
	 * @return mixed
	 */
	public function add_link( $links ) {
		if ( is_array( $links ) ) {
			array_unshift( $links, sprintf( '<a href="%1$s">%2$s</a>', esc_url( self::url() ), esc_html__( 'Settings', 'igny8-wordpress-bridge' ) ) );
		}
		return $links;
	}

	public static function url(): string {
		return admin_url( 'options-general.php?page=' . self::SLUG );
	}

	public function render(): void {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), '', [ 'response' => 403 ] );
		}

		printf( '<div class="wrap igny8"><h1>%s</h1><hr class="wp-header-end">', esc_html__( 'IGNY8', 'igny8-wordpress-bridge' ) );
		$this->notices->render();
		if ( $this->approve->render() ) {
			echo '</div>';
			return;
		}
		$this->status->render();
		$this->connect_now->render();
		$this->connect->render();
		$this->server->render();
		$this->acting_user->render();
		$this->sync->render();
		/**
		 * Fires on the settings page, for sections of modules that not every edition of the plugin has.
		 */
		do_action( 'igny8_settings_sections' );
		$this->doctor->render();
		$this->log->render();
		echo '</div>';
	}
}
