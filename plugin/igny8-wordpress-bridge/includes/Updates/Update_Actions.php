<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Notices;
use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Support\Failure;

/**
 * Handles the buttons about updates: checks capability and nonce, runs the action, redirects back.
 */
final class Update_Actions {

	public const GO_BACK = 'igny8_go_back';

	public const OFFER_AGAIN = 'igny8_offer_again';

	public const CHECK = 'igny8_check_updates';

	public const ALL = [ self::GO_BACK, self::OFFER_AGAIN, self::CHECK ];

	private Going_Back $going_back;

	private Checker $checker;

	private Update_Hooks $hooks;

	private Update_List $updates;

	private State $state;

	private Notices $notices;

	public function __construct( Going_Back $going_back, Checker $checker, Update_Hooks $hooks, Update_List $updates, State $state, Notices $notices ) {
		$this->going_back = $going_back;
		$this->checker    = $checker;
		$this->hooks      = $hooks;
		$this->updates    = $updates;
		$this->state      = $state;
		$this->notices    = $notices;
	}

	public function hook(): void {
		foreach ( self::ALL as $action ) {
			add_action( 'admin_post_' . $action, [ $this, 'handle' ] );
		}
	}

	/**
	 * Ends the request.
	 */
	public function handle(): void {
		$action = substr( (string) current_action(), strlen( 'admin_post_' ) );
		if ( ! current_user_can( Updates_Panel::CAPABILITY ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), '', [ 'response' => 403 ] );
		}
		check_admin_referer( $action );
		if ( self::GO_BACK === $action ) {
			$this->go_back();
		} else {
			if ( self::OFFER_AGAIN === $action ) {
				$this->state->hold( '' );
			}
			$this->check();
		}
		wp_safe_redirect( Settings_Page::url() );
		exit;
	}

	private function go_back(): void {
		try {
			/* translators: %s: version of the plugin. */
			$this->notices->success( sprintf( __( 'Went back to version %s', 'igny8-wordpress-bridge' ), $this->going_back->run() ) );
		} catch ( Failure $failure ) {
			$this->notices->failure( __( 'The plugin is as it was', 'igny8-wordpress-bridge' ), $failure );
		}
	}

	private function check(): void {
		$offers = $this->checker->check();
		$update = null === $offers ? null : $offers->update();
		$this->updates->refresh( null === $update ? null : $this->hooks->describe_update( $update ) );
		$error = $this->state->error();
		if ( null !== $error ) {
			$this->notices->warning( __( 'Updates could not be checked', 'igny8-wordpress-bridge' ), trim( $error['detail'] . ' ' . $error['fix'] ) );
		} elseif ( null === $update ) {
			$this->notices->success( __( 'There is nothing newer', 'igny8-wordpress-bridge' ) );
		} else {
			/* translators: %s: version of the plugin. */
			$this->notices->success( sprintf( __( 'Version %s is available', 'igny8-wordpress-bridge' ), $update->version() ), __( 'Update it in the list of plugins.', 'igny8-wordpress-bridge' ) );
		}
	}
}
