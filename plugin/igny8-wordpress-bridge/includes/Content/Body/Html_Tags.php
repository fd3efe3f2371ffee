<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;

/**
 * Finds and replaces single tags of a body. Everything else of it stays byte for byte.
 */
final class Html_Tags {

	/** What only looks like tags: scripts and comments. */
	private const OTHER = '<(script|style|template|textarea|xmp|noscript)\b.*?</\1\s*>(*SKIP)(*F)|<!--.*?-->(*SKIP)(*F)';

	private const REST = '\b(?:[^<>"\']++|"[^"]*+"|\'[^\']*+\')*+>';

	/**
	 * @param callable(DOMElement, string): (string|null) $change Gets the element and its tag; returns another tag, or null.
	 */
	public static function replace( string $body, string $tag, callable $change ): string {
		if ( Raw_Parts::is_open( $body ) ) {
			return $body;
		}
		$replaced = preg_replace_callback(
			'~' . self::OTHER . '|<' . $tag . self::REST . '~is',
			static function ( array $found ) use ( $change, $tag ): string {
				$element = self::element( $found[0], $tag );
				return null === $element ? $found[0] : ( $change( $element, $found[0] ) ?? $found[0] );
			},
			$body
		);
		return is_string( $replaced ) ? $replaced : $body;
	}

	/**
	 * @return array<string, string> Address of each image, decoded => its alternative text.
	 */
	public static function sources( string $body ): array {
		$sources = [];
		self::replace(
			$body,
			'img',
			static function ( DOMElement $img ) use ( &$sources ): ?string {
				$source = trim( $img->getAttribute( 'src' ) );
				if ( '' !== $source ) {
					$sources += [ $source => $img->getAttribute( 'alt' ) ];
				}
				return null;
			}
		);
		return $sources;
	}

	/**
	 * The start tag of an element, closed as it was.
	 */
	public static function write( DOMElement $element, string $was ): string {
		$attributes = [];
		foreach ( $element->attributes as $attribute ) {
			$attributes[ $attribute->nodeName ] = (string) $attribute->nodeValue;
		}
		$end = 1 === preg_match( '~(\s*/)>\z~', $was, $match ) ? $match[1] : '';
		return '<' . Html_Source::tag( $element ) . Html_Writer::attributes( $attributes ) . $end . '>';
	}

	private static function element( string $tag, string $name ): ?DOMElement {
		$body    = Html_Source::parse( $tag );
		$element = null === $body ? null : $body->getElementsByTagName( $name )->item( 0 );
		return $element instanceof DOMElement ? $element : null;
	}
}
