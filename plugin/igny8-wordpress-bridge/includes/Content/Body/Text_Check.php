<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

/**
 * Compares what two pieces of HTML show: their text, and the addresses of their links and media. Knows nothing of the
 * parser, so that it finds what the parser loses.
 */
final class Text_Check {

	private const TAG = '~</?[a-z!?](?:[^<>"\']++|"[^"]*+"|\'[^\']*+\')*+>~i';

	private const ADDRESS = '~\s(?:src|href|srcset|poster|data|action)\s*=\s*(?|"([^"]*+)"|\'([^\']*+)\'|([^\s"\'>]++))~i';

	/** Where text may stand at another place than before: captions above tables, feet before bodies. */
	private const MOVES = '~<(?:caption|tfoot|figcaption|cite|footer)\b~i';

	public static function is_same( string $before, string $after ): bool {
		$had  = self::text( $before );
		$has  = self::text( $after );
		$same = 1 === preg_match( self::MOVES, $before ) ? count_chars( $had, 1 ) === count_chars( $has, 1 ) : $had === $has;
		return $same && self::has_addresses( self::addresses( $before ), self::addresses( $after ), self::text( $after ) );
	}

	/**
	 * An embed shows its address as text; every other address stays an address.
	 *
	 * @param string[] $had  Sorted.
	 * @param string[] $has  Sorted.
	 * @param string   $text Without any space.
	 */
	private static function has_addresses( array $had, array $has, string $text ): bool {
		foreach ( $has as $address ) {
			$index = array_search( $address, $had, true );
			if ( false === $index ) {
				return false;
			}
			unset( $had[ $index ] );
		}
		foreach ( $had as $address ) {
			if ( '' !== $address && false === strpos( $text, $address ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * The text without any space.
	 */
	public static function text( string $html ): string {
		// Ended first: without the tag after it, an entity may run into the next word.
		$text = (string) preg_replace( [ '/<!--.*?-->/s', self::TAG ], '', Raw_Parts::end_entities( $html ) );
		return (string) preg_replace( '/[\s\x{a0}\x{200b}\x{feff}]+/u', '', self::decode( $text ) );
	}

	/**
	 * @return string[] Sorted.
	 */
	private static function addresses( string $html ): array {
		preg_match_all( self::TAG, (string) preg_replace( '/<!--.*?-->/s', '', $html ), $tags );
		$found = [];
		foreach ( $tags[0] as $tag ) {
			preg_match_all( self::ADDRESS, $tag, $matches );
			foreach ( $matches[1] as $address ) {
				$found[] = trim( self::decode( $address ) );
			}
		}
		sort( $found, SORT_STRING );
		return $found;
	}

	private static function decode( string $text ): string {
		return html_entity_decode( Raw_Parts::end_entities( $text ), ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	}
}
