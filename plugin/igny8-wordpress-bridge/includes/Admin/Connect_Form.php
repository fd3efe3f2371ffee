<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Support\Config;

/**
 * Form with e-mail, API key, password and Connect, for those who don't connect by consent. Its fields are always empty: typed credentials are never sent back
 * to the page.
 */
final class Connect_Form {

	private Config $config;

	private Connection $connection;

	private Status $status;

	public function __construct( Config $config, Connection $connection, Status $status ) {
		$this->config     = $config;
		$this->connection = $connection;
		$this->status     = $status;
	}

	public function render(): void {
		if ( Status::AUTHENTICATING === $this->status->state() ) {
			return;
		}

		$is_folded = ! $this->config->is_unattended() || $this->is_well();
		if ( $is_folded ) {
			$text = $this->is_well() ? __( 'Connect with another API key', 'igny8-wordpress-bridge' ) : __( 'Connect with an API key instead', 'igny8-wordpress-bridge' );
			printf( '<details class="igny8-details"><summary>%s</summary>', esc_html( $text ) );
		} else {
			printf( '<h2>%s</h2>', esc_html__( 'Connect to IGNY8', 'igny8-wordpress-bridge' ) );
		}

		Form::open( Actions::CONNECT, 'igny8-connect' );
		if ( $this->config->is_unattended() ) {
			printf( '<p>%s</p>', esc_html__( 'The API key is set in wp-config.php (IGNY8_API_KEY).', 'igny8-wordpress-bridge' ) );
		} else {
			$this->render_fields();
		}
		echo '<p class="submit">';
		Form::button( __( 'Connect', 'igny8-wordpress-bridge' ), 'button-primary' );
		printf( '<span class="igny8-busy" role="status" aria-live="polite" data-igny8-busy="%s"></span>', esc_attr__( 'Authenticating…', 'igny8-wordpress-bridge' ) );
		echo '</p>';
		Form::close();
		echo $is_folded ? '</details>' : '';
	}

	private function is_well(): bool {
		return $this->connection->exists() && ! in_array( $this->status->state(), [ Status::KEY_REVOKED, Status::KEY_UNREADABLE ], true );
	}

	private function render_fields(): void {
		$help = __( 'Enter the API key of this site, from IGNY8 → Site Settings → API keys. Or leave it empty and enter the e-mail address and password of your IGNY8 account, and the plugin creates a key for you.', 'igny8-wordpress-bridge' );
		printf(
			'<fieldset><legend class="screen-reader-text">%1$s</legend><p>%2$s</p><table class="form-table" role="presentation"><tbody>',
			esc_html__( 'IGNY8 credentials', 'igny8-wordpress-bridge' ),
			esc_html( $help )
		);
		$this->render_field( 'email', 'email', __( 'E-mail', 'igny8-wordpress-bridge' ), 'username', '' );
		$this->render_field( 'api_key', 'password', __( 'API key', 'igny8-wordpress-bridge' ), 'off', __( 'Starts with “igny8_” and has 54 characters. It is stored encrypted and never shown again.', 'igny8-wordpress-bridge' ) );
		$this->render_field( 'password', 'password', __( 'Password', 'igny8-wordpress-bridge' ), 'current-password', __( 'Used once to sign in, and never stored.', 'igny8-wordpress-bridge' ) );
		echo '</tbody></table></fieldset>';
	}

	private function render_field( string $name, string $type, string $label, string $autocomplete, string $help ): void {
		$id      = 'igny8-' . str_replace( '_', '-', $name );
		$help_id = '' === $help ? '' : $id . '-help';
		printf(
			'<tr><th scope="row"><label for="%1$s">%2$s</label></th><td><input type="%3$s" id="%1$s" name="igny8_%4$s" class="regular-text" autocomplete="%5$s" spellcheck="false" value=""%6$s>',
			esc_attr( $id ),
			esc_html( $label ),
			esc_attr( $type ),
			esc_attr( $name ),
			esc_attr( $autocomplete ),
			'' === $help ? '' : ' aria-describedby="' . esc_attr( $help_id ) . '"'
		);
		if ( '' !== $help ) {
			printf( '<p class="description" id="%1$s">%2$s</p>', esc_attr( $help_id ), esc_html( $help ) );
		}
		echo '</td></tr>';
	}
}
