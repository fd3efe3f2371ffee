<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connect\Connect_Entry;
use Igny8\Bridge\Connect\Connect_Flow;
use Igny8\Bridge\Support\Failure;

/**
 * “Connect to IGNY8”, and the yes to a request that began there: sends the browser to IGNY8.
 */
final class Connect_Start {

	public const ACTION = 'igny8_connect_start';

	private Connect_Flow $flow;

	private Notices $notices;

	public function __construct( Connect_Flow $flow, Notices $notices ) {
		$this->flow    = $flow;
		$this->notices = $notices;
	}

	public function hook(): void {
		add_action( 'admin_post_' . self::ACTION, [ $this, 'handle' ] );
	}

	/**
	 * Ends the request.
	 */
	public function handle(): void {
		if ( ! current_user_can( Settings_Page::CAPABILITY ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), '', [ 'response' => 403 ] );
		}
		check_admin_referer( self::ACTION );

		try {
			$token = Connect_Entry::read( $_POST['igny8_token'] ?? '' ); // phpcs:ignore WordPress.Security.ValidatedSanitizedInput -- read() lets only a token through.
			$url   = $this->flow->start( get_current_user_id(), $token );
		} catch ( Failure $failure ) {
			$this->notices->failure( __( 'Failed to connect', 'igny8-wordpress-bridge' ), $failure );
			wp_safe_redirect( Settings_Page::url() );
			exit;
		}
		// The address is another server on purpose: the one that this site talks to.
		wp_redirect( $url ); // phpcs:ignore WordPress.Security.SafeRedirect.wp_redirect_wp_redirect -- Says why above.
		exit;
	}
}
