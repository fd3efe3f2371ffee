<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Utf8;

/**
 * Turns a registered label into one line of plain text, without markup, entities and control characters.
 */
final class Label {

	private const MOST_CHARACTERS = 200;

	/** Deeper nested entities are an attack or a mistake, and need not be readable. */
	private const MOST_DECODINGS = 3;

	/** Control characters, including invisible ones that change the direction of text. */
	private const CONTROL = '/[\p{Cc}\x{061C}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}\x{FEFF}]+/u';

	/**
	 * @param string $fallback Result if nothing of the label is left.
	 */
	public static function clean( string $label, string $fallback ): string {
		$text = str_replace( "\u{FFFD}", '', Utf8::repair( $label ) );
		for ( $i = 0; $i < self::MOST_DECODINGS; $i++ ) {
			$decoded = html_entity_decode( $text, ENT_QUOTES | ENT_HTML5, 'UTF-8' );
			if ( $decoded === $text ) {
				break;
			}
			$text = $decoded;
		}

		$text = str_replace( [ '<', '>' ], '', wp_strip_all_tags( $text ) );
		$text = (string) preg_replace( self::CONTROL, ' ', $text );
		$text = trim( (string) preg_replace( '/\s+/u', ' ', $text ) );
		return '' === $text ? $fallback : self::cut( $text );
	}

	/**
	 * Counts UTF-16 units as the API does: an emoji is two.
	 */
	private static function cut( string $text ): string {
		$text = mb_substr( $text, 0, self::MOST_CHARACTERS );
		do {
			$length = mb_strlen( $text );
			$excess = $length + (int) preg_match_all( '/[\x{10000}-\x{10FFFF}]/u', $text ) - self::MOST_CHARACTERS;
			$text   = $excess > 0 ? mb_substr( $text, 0, $length - intdiv( $excess + 1, 2 ) ) : $text;
		} while ( $excess > 0 );
		return $text;
	}
}
