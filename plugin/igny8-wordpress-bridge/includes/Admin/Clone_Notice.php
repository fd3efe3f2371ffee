<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Home;

/**
 * Asks on every page of wp-admin what this site is, after its address changed, until an administrator has chosen.
 */
final class Clone_Notice {

	private Connection $connection;

	public function __construct( Connection $connection ) {
		$this->connection = $connection;
	}

	public function hook(): void {
		add_action( 'admin_notices', [ $this, 'render' ] );
	}

	public function render(): void {
		if ( ! current_user_can( Settings_Page::CAPABILITY ) || ! $this->connection->is_clone() ) {
			return;
		}

		printf(
			'<div class="notice notice-error" role="alert" data-igny8-clone><p><strong>%1$s</strong> %2$s</p><p>%3$s</p>',
			esc_html__( 'IGNY8 is on hold: the address of this site has changed.', 'igny8-wordpress-bridge' ),
			/* translators: 1: URL under which the site was connected, 2: URL it has now. */
			esc_html( sprintf( __( 'It was connected as %1$s and is now %2$s.', 'igny8-wordpress-bridge' ), $this->connection->connected_url(), Home::url() ) ),
			esc_html__( 'Until you choose, IGNY8 changes nothing on this site and the plugin sends nothing.', 'igny8-wordpress-bridge' )
		);
		echo '<div style="display:flex;flex-wrap:wrap;gap:8px;margin-bottom:12px">';
		Form::action_button( Actions::CLONE_MOVED, __( 'This site has moved', 'igny8-wordpress-bridge' ) );
		Form::action_button( Actions::CLONE_COPY, __( 'This is a copy', 'igny8-wordpress-bridge' ) );
		Form::action_button( Actions::CLONE_ALIAS, __( 'Both addresses are this site', 'igny8-wordpress-bridge' ) );
		echo '</div></div>';
	}
}
