<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

/**
 * Opens and closes the page's forms. Each posts one action with its own nonce.
 */
final class Form {

	/**
	 * @param string $action Name of an action of admin-post.php.
	 */
	public static function open( string $action, string $css_class = '' ): void {
		printf(
			'<form method="post" action="%1$s" class="%2$s" data-igny8-action="%3$s">',
			esc_url( admin_url( 'admin-post.php' ) ),
			esc_attr( $css_class ),
			esc_attr( $action )
		);
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( $action ) );
		// Not wp_nonce_field(): it gives every form's field the same id.
		printf( '<input type="hidden" name="_wpnonce" value="%s">', esc_attr( wp_create_nonce( $action ) ) );
	}

	public static function close(): void {
		echo '</form>';
	}

	/**
	 * @param string $css_class button-primary, or '' for a plain one.
	 */
	public static function button( string $text, string $css_class = '', bool $enabled = true ): void {
		printf(
			'<button type="submit" class="button %1$s"%2$s>%3$s</button>',
			esc_attr( $css_class ),
			disabled( $enabled, false, false ),
			esc_html( $text )
		);
	}

	/**
	 * A form with one button.
	 *
	 * @param string $action One of Actions::ALL.
	 */
	public static function action_button( string $action, string $text, string $css_class = '', bool $enabled = true ): void {
		self::open( $action, 'igny8-inline' );
		self::button( $text, $css_class, $enabled );
		self::close();
	}
}
