<?php

declare(strict_types=1);

namespace Igny8\Bridge\Network;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Watch\Link_View;

/**
 * Network Admin → Settings → IGNY8: the sites of the network and how each is connected. It only reads.
 */
final class Network_Screen {

	private const CAPABILITY = 'manage_network_options';

	private const AT_ONCE = 50;

	private Connection $connection;

	private Link_View $view;

	private string $basename;

	public function __construct( Connection $connection, Link_View $view, string $basename ) {
		$this->connection = $connection;
		$this->view       = $view;
		$this->basename   = $basename;
	}

	public function hook(): void {
		add_action( 'network_admin_menu', [ $this, 'register' ] );
	}

	public function register(): void {
		add_submenu_page( 'settings.php', __( 'IGNY8', 'igny8-wordpress-bridge' ), __( 'IGNY8', 'igny8-wordpress-bridge' ), self::CAPABILITY, Settings_Page::SLUG, [ $this, 'render' ] );
	}

	public function render(): void {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), '', [ 'response' => 403 ] );
		}
		$page  = isset( $_GET['paged'] ) && is_numeric( $_GET['paged'] ) ? max( 1, (int) $_GET['paged'] ) : 1;
		$total = (int) get_sites( [ 'count' => true ] );
		printf( '<div class="wrap"><h1>%s</h1><hr class="wp-header-end"><table class="wp-list-table widefat striped"><thead><tr>', esc_html__( 'IGNY8', 'igny8-wordpress-bridge' ) );
		foreach ( [ __( 'Site', 'igny8-wordpress-bridge' ), __( 'State', 'igny8-wordpress-bridge' ), __( 'Site at IGNY8', 'igny8-wordpress-bridge' ), __( 'Settings', 'igny8-wordpress-bridge' ) ] as $heading ) {
			printf( '<th scope="col">%s</th>', esc_html( $heading ) );
		}
		echo '</tr></thead><tbody>';
		foreach ( $this->sites( $page ) as $site ) {
			printf(
				'<tr data-igny8-site="%1$d"><th scope="row">%2$s</th><td data-igny8-state="%3$s">%4$s</td><td>%5$s</td><td><a href="%6$s">%7$s</a></td></tr>',
				(int) $site['id'],
				esc_html( $site['address'] ),
				esc_attr( $site['state'] ),
				esc_html( $site['label'] ),
				esc_html( $site['name'] ),
				esc_url( $site['settings'] ),
				/* translators: %s: address of a site. */
				esc_html( sprintf( __( 'Settings of %s', 'igny8-wordpress-bridge' ), $site['address'] ) )
			);
		}
		echo '</tbody></table>';
		$links = paginate_links(
			[
				'base'    => add_query_arg( 'paged', '%#%' ),
				'format'  => '',
				'current' => $page,
				'total'   => (int) ceil( $total / self::AT_ONCE ),
			]
		);
		printf( '<div class="tablenav"><div class="tablenav-pages">%s</div></div></div>', wp_kses_post( (string) $links ) );
	}

	/**
	 * @return array<int, array{id: int, address: string, state: string, label: string, name: string, settings: string}>
	 */
	private function sites( int $page ): array {
		$sites = [];
		$ids   = get_sites(
			[
				'fields' => 'ids',
				'number' => self::AT_ONCE,
				'offset' => self::AT_ONCE * ( $page - 1 ),
			]
		);
		foreach ( $ids as $id ) {
			switch_to_blog( (int) $id );
			try {
				$sites[] = $this->here( (int) $id );
			} finally {
				restore_current_blog();
			}
		}
		return $sites;
	}

	private function here( int $id ): array {
		$is_active = is_plugin_active_for_network( $this->basename ) || in_array( $this->basename, (array) get_option( 'active_plugins', [] ), true );
		$view      = $this->view->describe();
		return [
			'id'       => $id,
			'address'  => (string) preg_replace( '~^https?://~', '', home_url() ),
			'state'    => $is_active ? $view['state'] : 'inactive',
			'label'    => $is_active ? $view['label'] : __( 'The plugin is not active here', 'igny8-wordpress-bridge' ),
			'name'     => $is_active ? $this->connection->site_name() : '',
			'settings' => Settings_Page::url(),
		];
	}
}
