<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Fields;

/**
 * Shows field by field how the editor's version differs from IGNY8's.
 */
final class Comparison {

	/** WordPress' comparison takes time and memory with the square of the lines. */
	private const LONGEST_BYTES = 200000;

	/**
	 * @param array<string, mixed> $mine Values of the editor.
	 * @param array<string, mixed> $ours Values of IGNY8.
	 * @return string Escaped HTML.
	 */
	public static function html( array $mine, array $ours, bool $is_wide ): string {
		$html = '';
		foreach ( $ours as $name => $value ) {
			$left  = Fields::text( (string) $name, $mine[ $name ] ?? null );
			$right = Fields::text( (string) $name, $value );
			if ( $left !== $right ) {
				$html .= sprintf( '<h3>%s</h3>', esc_html( Fields::label( (string) $name ) ) ) . self::field( $left, $right, $is_wide );
			}
		}
		return '' === $html ? sprintf( '<p>%s</p>', esc_html__( 'Both versions are the same.', 'igny8-wordpress-bridge' ) ) : $html;
	}

	private static function field( string $left, string $right, bool $is_wide ): string {
		$titles = [ __( 'In this editor', 'igny8-wordpress-bridge' ), __( 'IGNY8’s version', 'igny8-wordpress-bridge' ) ];
		if ( strlen( $left ) + strlen( $right ) > self::LONGEST_BYTES ) {
			return self::side( $titles[0], $left ) . self::side( $titles[1], $right );
		}
		if ( self::readable( $left ) !== self::readable( $right ) ) {
			list( $left, $right ) = [ self::readable( $left ), self::readable( $right ) ];
		}
		$args = [
			'show_split_view' => $is_wide,
			'title_left'      => $is_wide ? esc_html( $titles[0] ) : '',
			'title_right'     => $is_wide ? esc_html( $titles[1] ) : '',
		];
		/* translators: 1: “In this editor”, 2: “IGNY8’s version”. */
		$legend = $is_wide ? '' : sprintf( '<p class="igny8-legend"><del>%1$s</del> <ins>%2$s</ins></p>', esc_html( $titles[0] ), esc_html( $titles[1] ) );
		// Escapes both texts, and says “Deleted” and “Added” to screen readers.
		return $legend . wp_text_diff( $left, $right, $args );
	}

	private static function side( string $title, string $text ): string {
		return sprintf( '<h4>%1$s</h4><pre class="igny8-side">%2$s</pre>', esc_html( $title ), esc_html( $text ) );
	}

	/**
	 * Without the comments that delimit blocks.
	 */
	private static function readable( string $text ): string {
		return trim( (string) preg_replace( '/\s*<!-- \/?wp:.*?-->\s*/s', "\n", $text ) );
	}
}
