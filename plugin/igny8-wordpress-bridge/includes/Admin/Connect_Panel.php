<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Support\Config;

/**
 * The page's main action while the site is not connected: “Connect to IGNY8”. Later it is folded away, for connecting anew.
 */
final class Connect_Panel {

	private const NEEDED = [ Status::NOT_CONNECTED, Status::KEY_REVOKED, Status::KEY_UNREADABLE ];

	private Config $config;

	private Connection $connection;

	private Status $status;

	public function __construct( Config $config, Connection $connection, Status $status ) {
		$this->config     = $config;
		$this->connection = $connection;
		$this->status     = $status;
	}

	public function render(): void {
		$state = $this->status->state();
		if ( $this->config->is_unattended() || in_array( $state, [ Status::AUTHENTICATING, Status::CLONE_DETECTED ], true ) ) {
			return;
		}
		if ( in_array( $state, self::NEEDED, true ) ) {
			$this->render_question();
		} elseif ( $this->connection->exists() ) {
			printf( '<details class="igny8-details"><summary>%s</summary>', esc_html__( 'Connect again', 'igny8-wordpress-bridge' ) );
			printf( '<p>%s</p>', esc_html__( 'Makes a new API key and a new secret for the same site at IGNY8. For another site or account, press Disconnect first.', 'igny8-wordpress-bridge' ) );
			Form::action_button( Connect_Start::ACTION, __( 'Connect again', 'igny8-wordpress-bridge' ) );
			echo '</details>';
		}
	}

	private function render_question(): void {
		$host = (string) wp_parse_url( $this->config->api_url(), PHP_URL_HOST );
		printf( '<div class="igny8-connect-now"><h2>%s</h2>', esc_html__( 'Connect this site', 'igny8-wordpress-bridge' ) );
		/* translators: %s: host name of the IGNY8 server. */
		printf( '<p>%s</p>', esc_html( sprintf( __( 'This opens %s, where you sign in or sign up and confirm once. There is nothing to copy or type here.', 'igny8-wordpress-bridge' ), $host ) ) );
		Form::open( Connect_Start::ACTION, 'igny8-connect-start' );
		echo '<p class="submit">';
		Form::button( __( 'Connect to IGNY8', 'igny8-wordpress-bridge' ), 'button-primary button-hero' );
		printf( '<span class="igny8-busy" role="status" aria-live="polite" data-igny8-busy="%s"></span>', esc_attr__( 'Opening IGNY8…', 'igny8-wordpress-bridge' ) );
		echo '</p>';
		Form::close();
		echo '</div>';
	}
}
