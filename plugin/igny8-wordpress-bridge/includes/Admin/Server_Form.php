<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Server_Choice;
use Igny8\Bridge\Support\Api_Address;
use Igny8\Bridge\Support\Config;

/**
 * Which server this site talks to, who chose it, and a form to choose another one.
 */
final class Server_Form {

	private Config $config;

	private Server_Choice $choice;

	public function __construct( Config $config, Server_Choice $choice ) {
		$this->config = $config;
		$this->choice = $choice;
	}

	public function render(): void {
		$address = $this->config->api_address();
		printf(
			'<section aria-labelledby="igny8-server" data-igny8-server="%1$s"><h2 id="igny8-server">%2$s</h2><p><code>%3$s</code> – %4$s</p>',
			esc_attr( $address->source() ),
			esc_html__( 'IGNY8 server', 'igny8-wordpress-bridge' ),
			esc_html( $address->url() ),
			esc_html( $this->source_text( $address->source() ) )
		);
		if ( ! $this->choice->is_fixed() ) {
			$this->render_choice();
		}
		echo '</section>';
	}

	private function source_text( string $source ): string {
		$texts = [
			Api_Address::CONSTANT => __( 'set in wp-config.php (IGNY8_API_URL)', 'igny8-wordpress-bridge' ),
			Api_Address::CHOSEN   => __( 'chosen here', 'igny8-wordpress-bridge' ),
			Api_Address::CARRIED  => __( 'the server that this plugin was downloaded from', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $source ] ?? __( 'the default', 'igny8-wordpress-bridge' );
	}

	private function render_choice(): void {
		$usual = Api_Address::without_choice( $this->config->carried_server() )->url();
		printf( '<details class="igny8-details"><summary>%s</summary>', esc_html__( 'Use another server', 'igny8-wordpress-bridge' ) );
		Form::open( Actions::SERVER );
		printf(
			'<p><label for="igny8-server-address">%1$s</label><br><input type="url" id="igny8-server-address" name="igny8_server" class="regular-text" maxlength="200" placeholder="%2$s" value="%3$s" aria-describedby="igny8-server-help"></p><p class="description" id="igny8-server-help">%4$s</p>',
			esc_html__( 'Address', 'igny8-wordpress-bridge' ),
			esc_attr( $usual ),
			esc_attr( Api_Address::CHOSEN === $this->config->api_address()->source() ? $this->config->api_url() : '' ),
			/* translators: %s: URL. */
			esc_html( sprintf( __( 'Whoever runs this server can read and write what you allow it on this site. Leave the field empty for %s.', 'igny8-wordpress-bridge' ), $usual ) )
		);
		if ( $this->choice->ends_connection() ) {
			printf(
				'<p><label><input type="checkbox" name="igny8_server_confirmed" value="1"> %s</label></p>',
				/* translators: %s: URL. */
				esc_html( sprintf( __( 'End the connection with %s. The API key is deleted from this site.', 'igny8-wordpress-bridge' ), $this->config->api_url() ) )
			);
		}
		Form::button( __( 'Use this server', 'igny8-wordpress-bridge' ) );
		Form::close();
		echo '</details>';
	}
}
