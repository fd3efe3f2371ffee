<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;

/**
 * Writes nodes as browsers do (`innerHTML`), whichever version of the parser PHP has: balanced, in UTF-8, attributes in
 * double quotes.
 */
final class Html_Writer {

	private const EMPTY = [ 'area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'param', 'source', 'track', 'wbr' ];

	public static function inner( DOMNode $node ): string {
		return self::all( iterator_to_array( $node->childNodes ) );
	}

	/**
	 * @param DOMNode[] $nodes Beside each other.
	 */
	public static function all( array $nodes ): string {
		return implode( '', array_map( [ self::class, 'outer' ], $nodes ) );
	}

	public static function outer( DOMNode $node ): string {
		if ( $node instanceof DOMElement ) {
			return self::element( $node );
		}
		if ( XML_COMMENT_NODE === $node->nodeType ) {
			// What looks like the mark of a block would be read as one.
			return 1 === preg_match( '~\A\s*/?wp:~', (string) $node->nodeValue ) ? '' : '<!--' . $node->nodeValue . '-->';
		}
		return self::text( (string) $node->nodeValue );
	}

	public static function text( string $text ): string {
		return str_replace( [ '&', '<', '>', "\u{a0}" ], [ '&amp;', '&lt;', '&gt;', '&nbsp;' ], $text );
	}

	/**
	 * @param array<string, string|null> $attributes Name => value; those that are null are left out.
	 */
	public static function attributes( array $attributes ): string {
		$html = '';
		foreach ( $attributes as $name => $value ) {
			if ( null !== $value && 1 === preg_match( '/\A[a-zA-Z_][\w:.-]*\z/', $name ) ) {
				$html .= ' ' . $name . '="' . str_replace( [ '&', '"', '<', '>', "\u{a0}" ], [ '&amp;', '&quot;', '&lt;', '&gt;', '&nbsp;' ], $value ) . '"';
			}
		}
		return $html;
	}

	private static function element( DOMElement $element ): string {
		$raw = Raw_Parts::unpack( $element );
		if ( null !== $raw ) {
			return $raw;
		}
		$tag        = Html_Source::tag( $element );
		$attributes = [];
		foreach ( $element->attributes as $attribute ) {
			$attributes[ $attribute->nodeName ] = (string) $attribute->nodeValue;
		}
		$open = '<' . $tag . self::attributes( $attributes ) . '>';
		return in_array( $tag, self::EMPTY, true ) ? $open : $open . self::inner( $element ) . '</' . $tag . '>';
	}
}
