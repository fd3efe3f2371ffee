<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Form;
use Igny8\Bridge\Admin\Status_Panel;
use Igny8\Bridge\Support\Config;

/**
 * Section of the settings page: which version there is, which one is offered, and the way back.
 */
final class Updates_Panel {

	public const CAPABILITY = 'update_plugins';

	private Config $config;

	private Checker $checker;

	private Connected_Site $site;

	private State $state;

	public function __construct( Config $config, Checker $checker, Connected_Site $site, State $state ) {
		$this->config  = $config;
		$this->checker = $checker;
		$this->site    = $site;
		$this->state   = $state;
	}

	public function render(): void {
		$offers = $this->checker->known();
		$update = null === $offers ? null : $offers->update();
		printf(
			'<section aria-labelledby="igny8-updates" data-igny8-version="%1$s" data-igny8-update="%2$s"><h2 id="igny8-updates">%3$s</h2>',
			esc_attr( IGNY8_BRIDGE_VERSION ),
			esc_attr( null === $update ? '' : $update->version() ),
			esc_html__( 'Updates of the plugin', 'igny8-wordpress-bridge' )
		);
		$reason = $this->why_none();
		if ( '' !== $reason ) {
			printf( '<p>%s</p>', esc_html( $reason ) );
		} else {
			$this->render_facts( $update );
			$this->render_error();
			$this->render_buttons( $offers );
		}
		echo '</section>';
	}

	/**
	 * Why no server is asked for updates; '' if one is.
	 */
	private function why_none(): string {
		$carried = $this->config->carried_server();
		if ( [] === $carried->update_keys() ) {
			return __( 'This copy of the plugin does not update itself: it carries no key of a server. To have it updated, install the zip that your IGNY8 server offers.', 'igny8-wordpress-bridge' );
		}
		if ( '' !== $this->site->id() ) {
			return '';
		}
		return $this->site->talks_to_another()
			/* translators: 1: URL of the server that the plugin is from, 2: URL of the server that this site talks to. */
			? sprintf( __( 'This copy of the plugin is from %1$s, but this site talks to %2$s. It takes updates from neither. To have it updated by the second one, install the zip from there.', 'igny8-wordpress-bridge' ), $carried->api_url(), $this->config->api_url() )
			/* translators: %s: URL of a server. */
			: sprintf( __( '%s is asked for updates once this site is connected to it.', 'igny8-wordpress-bridge' ), $carried->api_url() );
	}

	private function render_facts( ?Release $update ): void {
		$facts = [
			__( 'Installed', 'igny8-wordpress-bridge' )    => IGNY8_BRIDGE_VERSION,
			__( 'Offered', 'igny8-wordpress-bridge' )      => null === $update ? __( 'nothing newer', 'igny8-wordpress-bridge' ) : $update->version(),
			__( 'Last checked', 'igny8-wordpress-bridge' ) => Status_Panel::when( $this->state->checked_at() ),
		];
		echo '<dl class="igny8-facts">';
		foreach ( $facts as $name => $value ) {
			printf( '<div><dt>%1$s</dt><dd>%2$s</dd></div>', esc_html( $name ), esc_html( $value ) );
		}
		echo '</dl>';
		if ( null !== $update && current_user_can( self::CAPABILITY ) ) {
			printf(
				'<p><a href="%1$s">%2$s</a></p>',
				esc_url( self_admin_url( 'plugins.php' ) ),
				/* translators: %s: version of the plugin. */
				esc_html( sprintf( __( 'Update to version %s in the list of plugins', 'igny8-wordpress-bridge' ), $update->version() ) )
			);
		}
	}

	private function render_error(): void {
		$error = $this->state->error();
		if ( null !== $error ) {
			printf(
				'<div class="notice notice-warning inline" role="alert" data-igny8-update-error="%1$s"><p>%2$s %3$s</p></div>',
				esc_attr( $error['code'] ),
				esc_html( $error['detail'] ),
				esc_html( $error['fix'] )
			);
		}
	}

	private function render_buttons( ?Offers $offers ): void {
		if ( ! current_user_can( self::CAPABILITY ) ) {
			return;
		}
		$held = $this->state->held();
		if ( '' !== $held && version_compare( $held, IGNY8_BRIDGE_VERSION, '>' ) ) {
			/* translators: %s: version of the plugin. */
			printf( '<p>%s</p>', esc_html( sprintf( __( 'You went back from version %s. It is not offered again; a newer one will be.', 'igny8-wordpress-bridge' ), $held ) ) );
			/* translators: %s: version of the plugin. */
			Form::action_button( Update_Actions::OFFER_AGAIN, sprintf( __( 'Offer version %s again', 'igny8-wordpress-bridge' ), $held ) );
		}
		Form::action_button( Update_Actions::CHECK, __( 'Check for updates', 'igny8-wordpress-bridge' ) );
		$before = null === $offers ? null : $offers->before();
		if ( null !== $before ) {
			/* translators: %s: version of the plugin. */
			Form::action_button( Update_Actions::GO_BACK, sprintf( __( 'Go back to version %s', 'igny8-wordpress-bridge' ), $before->version() ) );
		}
	}
}
