<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connect\Connect_Flow;
use Igny8\Bridge\Connection\Outcome;

/**
 * The way back from IGNY8's question. The state in the address stands for a nonce: only this person's browser was given it.
 * Always redirects to the page's own address, so that a code stays in no history and no reload sends it again.
 */
final class Connect_Return {

	private Connect_Flow $flow;

	private Notices $notices;

	public function __construct( Connect_Flow $flow, Notices $notices ) {
		$this->flow    = $flow;
		$this->notices = $notices;
	}

	public function hook(): void {
		add_action( 'load-settings_page_' . Settings_Page::SLUG, [ $this, 'handle' ] );
	}

	/**
	 * Ends the request if it is a return.
	 */
	public function handle(): void {
		$state = self::received( 'igny8_state' );
		if ( '' === $state || ! current_user_can( Settings_Page::CAPABILITY ) ) {
			return;
		}

		if ( ! headers_sent() ) {
			header( 'Referrer-Policy: no-referrer' );
		}
		nocache_headers();
		if ( '' === self::received( 'igny8_error' ) ) {
			$is_connected = $this->finish( self::received( 'igny8_code' ), $state );
			if ( $is_connected && $this->flow->began_in_app() ) {
				// Another server on purpose: the one that this site talks to.
				wp_redirect( $this->flow->app_page() ); // phpcs:ignore WordPress.Security.SafeRedirect.wp_redirect_wp_redirect -- Says why above.
				exit;
			}
		} elseif ( $this->flow->cancel( get_current_user_id(), $state ) ) {
			$this->notices->warning( __( 'Nothing was connected', 'igny8-wordpress-bridge' ), __( 'You left the question in IGNY8 without connecting this site.', 'igny8-wordpress-bridge' ) );
		}
		wp_safe_redirect( Settings_Page::url() );
		exit;
	}

	/**
	 * @return bool Whether the site is connected now.
	 */
	private function finish( string $code, string $state ): bool {
		$outcome = $this->flow->finish( get_current_user_id(), $code, $state );
		$failure = $outcome->failure();
		if ( Outcome::CONNECTED === $outcome->kind() ) {
			$this->notices->success( $outcome->title(), null === $failure ? __( 'IGNY8 is importing your content now. Nothing is changed on this site.', 'igny8-wordpress-bridge' ) : '' );
			if ( null !== $failure ) {
				$this->notices->failure( __( 'The content types could not be sent yet. The plugin tries again automatically', 'igny8-wordpress-bridge' ), $failure, 'warning' );
			}
		} elseif ( null !== $failure ) {
			$this->notices->failure( $outcome->title(), $failure, Outcome::WAITING === $outcome->kind() ? 'warning' : 'error' );
		}
		return Outcome::CONNECTED === $outcome->kind();
	}

	private static function received( string $name ): string {
		$value = $_GET[ $name ] ?? ''; // phpcs:ignore WordPress.Security.NonceVerification.Recommended -- The state stands for a nonce.
		return is_string( $value ) ? sanitize_text_field( wp_unslash( $value ) ) : '';
	}
}
