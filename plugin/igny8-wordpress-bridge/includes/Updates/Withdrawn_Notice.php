<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Form;

/**
 * Says in wp-admin that the installed version was withdrawn, and offers the one before. Nothing is installed until somebody
 * presses the button.
 */
final class Withdrawn_Notice {

	private Checker $checker;

	public function __construct( Checker $checker ) {
		$this->checker = $checker;
	}

	public function hook(): void {
		add_action( 'admin_notices', [ $this, 'render' ] );
		add_action( 'network_admin_notices', [ $this, 'render' ] );
	}

	public function render(): void {
		$offers = current_user_can( Updates_Panel::CAPABILITY ) ? $this->checker->known() : null;
		if ( null === $offers || '' === $offers->withdrawal() ) {
			return;
		}
		printf(
			'<div class="notice notice-error" role="alert" data-igny8-withdrawn="%1$s"><p><strong>%2$s</strong> %3$s</p>',
			esc_attr( IGNY8_BRIDGE_VERSION ),
			/* translators: %s: version of the plugin. */
			esc_html( sprintf( __( 'Version %s of the IGNY8 plugin was withdrawn.', 'igny8-wordpress-bridge' ), IGNY8_BRIDGE_VERSION ) ),
			esc_html( $offers->withdrawal() )
		);
		[ $update, $before ] = [ $offers->update(), $offers->before() ];
		if ( null !== $update ) {
			/* translators: %s: version of the plugin. */
			printf( '<p>%s</p>', esc_html( sprintf( __( 'Update to version %s in the list of plugins.', 'igny8-wordpress-bridge' ), $update->version() ) ) );
		} elseif ( null !== $before ) {
			/* translators: %s: version of the plugin. */
			Form::action_button( Update_Actions::GO_BACK, sprintf( __( 'Go back to version %s', 'igny8-wordpress-bridge' ), $before->version() ) );
		}
		echo '</div>';
	}
}
