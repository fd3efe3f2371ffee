<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Connect_Api;
use Igny8\Bridge\Connect\Ask_Url;
use Igny8\Bridge\Connect\Connect_Entry;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;

/**
 * Asks an administrator whether this site is to be connected, where somebody asked for it in IGNY8. Who asks comes from the
 * server that this site talks to: an address can be written by anybody.
 */
final class Approve_Screen {

	private Config $config;

	private Connect_Api $api;

	private Ask_Url $asks;

	public function __construct( Config $config, Connect_Api $api, Ask_Url $asks ) {
		$this->config = $config;
		$this->api    = $api;
		$this->asks   = $asks;
	}

	public function hook(): void {
		add_action( 'load-settings_page_' . Settings_Page::SLUG, [ $this, 'protect' ] );
	}

	/**
	 * The button on this screen must not be clicked in a frame, and its address is for nobody else.
	 */
	public function protect(): void {
		if ( '' !== self::token() && ! headers_sent() ) {
			header( "Content-Security-Policy: frame-ancestors 'none'" );
			header( 'X-Frame-Options: DENY' );
			header( 'Referrer-Policy: no-referrer' );
		}
	}

	/**
	 * @return bool Whether it asked, so that the page shows nothing else.
	 */
	public function render(): bool {
		$token = self::token();
		if ( '' === $token ) {
			return false;
		}
		try {
			$asked = $this->api->describe( $token );
		} catch ( Failure $failure ) {
			printf( '<div class="notice notice-error" role="alert"><p><strong>%1$s</strong> %2$s</p></div>', esc_html__( 'The request to connect can’t be shown.', 'igny8-wordpress-bridge' ), esc_html( $failure->full_text() ) );
			return false;
		}
		$this->render_question( $asked, $token );
		return true;
	}

	/**
	 * @param array<string, string> $asked From Connect_Api::describe().
	 */
	private function render_question( array $asked, string $token ): void {
		$host = (string) wp_parse_url( $this->config->api_url(), PHP_URL_HOST );
		printf( '<div class="card igny8-card" data-igny8-approve><h2 class="title">%s</h2>', esc_html__( 'Connect this site to IGNY8?', 'igny8-wordpress-bridge' ) );
		$facts = [
			__( 'Account', 'igny8-wordpress-bridge' )  => $asked['account_name'],
			/* translators: 1: name of a person, 2: e-mail address. */
			__( 'Asked by', 'igny8-wordpress-bridge' ) => sprintf( __( '%1$s (%2$s)', 'igny8-wordpress-bridge' ), $asked['person_name'], $asked['person_email'] ),
			__( 'This site', 'igny8-wordpress-bridge' ) => home_url(),
			__( 'Server', 'igny8-wordpress-bridge' )   => $host,
		];
		echo '<dl class="igny8-facts">';
		foreach ( $facts as $name => $value ) {
			printf( '<div><dt>%1$s</dt><dd><strong>%2$s</strong></dd></div>', esc_html( (string) $name ), esc_html( $value ) );
		}
		echo '</dl>';
		printf( '<p><strong>%s</strong></p>', esc_html( $this->describe_import() ) );
		printf( '<p>%s</p>', esc_html__( 'Connect only if you, or somebody you work with, asked for this a moment ago. Members of that account can then read the content of this site and, while two-way sync is on, change it.', 'igny8-wordpress-bridge' ) );
		echo '<div class="igny8-buttons">';
		Form::open( Connect_Start::ACTION, 'igny8-inline' );
		printf( '<input type="hidden" name="igny8_token" value="%s">', esc_attr( $token ) );
		Form::button( __( 'Connect', 'igny8-wordpress-bridge' ), 'button-primary button-hero' );
		printf( '<span class="igny8-busy" role="status" aria-live="polite" data-igny8-busy="%s"></span>', esc_attr__( 'Connecting…', 'igny8-wordpress-bridge' ) );
		Form::close();
		printf( '<a class="button button-hero" href="%1$s">%2$s</a>', esc_url( Settings_Page::url() ), esc_html__( 'Cancel', 'igny8-wordpress-bridge' ) );
		echo '</div></div>';
	}

	private function describe_import(): string {
		$parts = [];
		foreach ( $this->asks->types() as list( , $label, $count, $is_suggested ) ) {
			if ( 1 === $is_suggested && $count > 0 ) {
				$parts[] = number_format_i18n( $count ) . ' ' . $label;
			}
		}
		if ( [] === $parts ) {
			return __( 'IGNY8 imports what this site has. Nothing is changed on this site.', 'igny8-wordpress-bridge' );
		}
		/* translators: %s: list of content types with their numbers, for example "123 Posts, 12 Pages". */
		return sprintf( __( 'IGNY8 imports %s. Nothing is changed on this site.', 'igny8-wordpress-bridge' ), implode( ', ', $parts ) );
	}

	private static function token(): string {
		return Connect_Entry::read( $_GET['igny8_token'] ?? '' ); // phpcs:ignore WordPress.Security.NonceVerification.Recommended, WordPress.Security.ValidatedSanitizedInput -- Shows a question; its answer has a nonce. read() lets only a token through.
	}
}
