<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connect;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Admin\Settings_Page;

/**
 * Where IGNY8 sends the browser of somebody who wants to connect this site: an address of the site itself, since IGNY8 does
 * not know where wp-admin is. Leads on to the approve screen, and nowhere else; WordPress asks for the login on the way.
 */
final class Connect_Entry {

	public const PARAMETER = 'igny8_connect';

	private const TOKEN = '/^[A-Za-z0-9_.]{1,300}\z/';

	public function hook(): void {
		add_action( 'init', [ $this, 'lead_on' ], 20 );
	}

	/**
	 * Ends the request if it is one.
	 */
	public function lead_on(): void {
		// Shows a page with a question; the answer has a nonce.
		$token = self::read( $_GET[ self::PARAMETER ] ?? '' ); // phpcs:ignore WordPress.Security.NonceVerification.Recommended, WordPress.Security.ValidatedSanitizedInput -- Says why above; read() lets only a token through.
		if ( '' === $token || is_admin() ) {
			return;
		}
		if ( ! headers_sent() ) {
			header( 'Referrer-Policy: no-referrer' );
		}
		nocache_headers();
		wp_safe_redirect( add_query_arg( 'igny8_token', rawurlencode( $token ), Settings_Page::url() ) );
		exit;
	}

	/**
	 * @param mixed $value As received.
	 * @return string The token; '' if it is none.
	 */
	public static function read( $value ): string {
		return is_string( $value ) && 1 === preg_match( self::TOKEN, $value ) ? $value : '';
	}
}
