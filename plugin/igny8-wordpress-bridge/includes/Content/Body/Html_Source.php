<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMDocument;
use DOMElement;
use DOMNode;

/**
 * Reads HTML into a tree. PHP's parser mends what is broken; `Text_Check` finds out if it lost something.
 */
final class Html_Source {

	/** Elements that may stand in a line of text. */
	private const PHRASING = [
		'a', 'abbr', 'acronym', 'audio', 'b', 'bdi', 'bdo', 'big', 'br', 'button', 'canvas', 'cite', 'code', 'data', 'datalist',
		'del', 'dfn', 'em', 'embed', 'font', 'i', 'iframe', 'img', 'input', 'ins', 'kbd', 'label', 'map', 'area', 'mark', 'meter',
		'object', 'output', 'picture', 'progress', 'q', 'rp', 'rt', 'ruby', 's', 'samp', 'select', 'small', 'span', 'strike',
		'strong', 'sub', 'sup', 'time', 'tt', 'u', 'var', 'video', 'wbr', Raw_Parts::IN_LINE,
	];

	/** Phrasing elements whose content is their own and is not looked at. */
	private const CLOSED = [ 'audio', 'button', 'canvas', 'iframe', 'object', 'picture', 'select', 'video' ];

	public static function can_parse(): bool {
		return class_exists( DOMDocument::class );
	}

	/**
	 * @return DOMElement|null The body; null if nothing could be read.
	 */
	public static function parse( string $html ): ?DOMElement {
		$document = new DOMDocument();
		$shown    = libxml_use_internal_errors( true );
		$is_read  = $document->loadHTML( '<!DOCTYPE html><html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>' . $html . '</body></html>', LIBXML_NONET );
		libxml_clear_errors();
		libxml_use_internal_errors( $shown );
		$body = $is_read ? $document->getElementsByTagName( 'body' )->item( 0 ) : null;
		return $body instanceof DOMElement ? $body : null;
	}

	/**
	 * Name of an element in lower case; '' for every other node.
	 */
	public static function tag( ?DOMNode $node ): string {
		return $node instanceof DOMElement ? strtolower( $node->nodeName ) : '';
	}

	/**
	 * Whether a node can be part of a line of text, with all that is in it.
	 */
	public static function is_inline( DOMNode $node ): bool {
		if ( ! $node instanceof DOMElement ) {
			return XML_TEXT_NODE === $node->nodeType || XML_CDATA_SECTION_NODE === $node->nodeType || XML_COMMENT_NODE === $node->nodeType;
		}
		$tag = self::tag( $node );
		return in_array( $tag, self::PHRASING, true ) && ( in_array( $tag, self::CLOSED, true ) || self::holds_text( $node ) );
	}

	/**
	 * Whether everything in a node can be part of a line of text.
	 */
	public static function holds_text( DOMNode $node ): bool {
		foreach ( $node->childNodes as $child ) {
			if ( ! self::is_inline( $child ) ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether a node is only space between others.
	 */
	public static function is_space( DOMNode $node ): bool {
		return XML_COMMENT_NODE === $node->nodeType || ( ! $node instanceof DOMElement && self::is_blank( (string) $node->nodeValue ) );
	}

	/**
	 * Whether a text shows nothing.
	 */
	public static function is_blank( string $text ): bool {
		return 1 === preg_match( '/\A[\s\x{a0}\x{200b}\x{feff}]*\z/u', $text );
	}

	/**
	 * @return DOMNode[] Children that are more than space.
	 */
	public static function children( DOMNode $node ): array {
		return array_values(
			array_filter(
				iterator_to_array( $node->childNodes ),
				static function ( DOMNode $child ): bool {
					return ! self::is_space( $child );
				}
			)
		);
	}

	/**
	 * @return string[] Classes of an element.
	 */
	public static function classes( DOMElement $element ): array {
		$classes = preg_split( '/\s+/', $element->getAttribute( 'class' ), -1, PREG_SPLIT_NO_EMPTY );
		return is_array( $classes ) ? array_values( array_unique( $classes ) ) : [];
	}
}
