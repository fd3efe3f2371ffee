<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;
use DOMText;

/**
 * Blocks of lines of text: paragraphs, headings, code, and what stands alone on a line: an image, an address, a shortcode.
 */
final class Line_Blocks {

	/** Elements that are no text. A line of nothing else is a block of HTML. */
	private const OBJECTS = [ 'audio', 'button', 'canvas', 'embed', 'iframe', 'input', 'map', 'object', 'picture', 'select', 'video', Raw_Parts::IN_LINE ];

	/**
	 * @param DOMNode[]       $nodes   Beside each other, all inline.
	 * @param DOMElement|null $element The paragraph that they are in; without one, blank lines divide them.
	 * @return string[]
	 */
	public function of( array $nodes, ?DOMElement $element ): array {
		$blocks = [];
		foreach ( null === $element ? self::divide( $nodes ) : [ $nodes ] as $line ) {
			$line = self::trim( $line );
			if ( [] !== $line ) {
				array_push( $blocks, ...$this->line( $line, $element ) );
			}
		}
		return $blocks;
	}

	/**
	 * @return string[]|null Null if a heading can't hold what is in it.
	 */
	public function heading( DOMElement $node, int $level ): ?array {
		if ( ! Html_Source::holds_text( $node ) ) {
			return null;
		}
		$html = trim( Html_Writer::all( self::trim( iterator_to_array( $node->childNodes ) ) ) );
		if ( '' === $html ) {
			return [];
		}
		$block = ( new Block( 'heading', 2 === $level ? [] : [ 'level' => $level ] ) )->like( $node )->aligned( $node );
		return [ $block->html( $block->open( "h$level" ) . $html . "</h$level>" ) ];
	}

	public function preformatted( DOMElement $node ): ?string {
		if ( ! Html_Source::holds_text( $node ) ) {
			return null;
		}
		$children = Html_Source::children( $node );
		$code     = 1 === count( $children ) && 'code' === Html_Source::tag( $children[0] ) ? $children[0] : null;
		if ( $code instanceof DOMElement ) {
			$block = ( new Block( 'code' ) )->like( '' === $node->getAttribute( 'class' ) ? $code : $node );
			return $block->html( $block->open( 'pre' ) . '<code>' . self::escape_code( Html_Writer::inner( $code ) ) . '</code></pre>' );
		}
		$block = ( new Block( 'preformatted' ) )->like( $node );
		return $block->html( $block->open( 'pre' ) . preg_replace( '/\A\n(?!\n)/', '', Html_Writer::inner( $node ) ) . '</pre>' );
	}

	/**
	 * As the editor does: no shortcode runs in code, and no address becomes an embed.
	 */
	private static function escape_code( string $html ): string {
		return (string) preg_replace( '~^(\s*https?:)//([^\s<>"]+\s*)$~m', '$1&#47;&#47;$2', str_replace( '[', '&#91;', $html ) );
	}

	/**
	 * @param DOMNode[] $nodes Trimmed, not empty.
	 * @return string[]
	 */
	private function line( array $nodes, ?DOMElement $element ): array {
		$images = ( new Image_Block() )->all( $nodes );
		if ( null !== $images ) {
			return $images;
		}
		$tags = array_filter( array_map( [ Html_Source::class, 'tag' ], $nodes ) );
		$html = trim( Html_Writer::all( $nodes ) );
		$text = implode( '', array_map( static function ( DOMNode $node ): string {
			return XML_COMMENT_NODE === $node->nodeType ? '' : (string) $node->textContent;
		}, $nodes ) );
		if ( [] !== $tags && [] === array_diff( $tags, self::OBJECTS ) && [] === array_filter( $nodes, [ self::class, 'is_word' ] ) ) {
			return [ Block_Maker::html( $html ) ];
		}
		if ( [] === $tags && Html_Source::is_blank( $text ) ) {
			return [ Block_Maker::html( $html ) ];
		}
		$special = ( new Embed_Block() )->of( $nodes, trim( $text ) ) ?? self::shortcode( [] === $tags ? trim( $text ) : '' );
		if ( null !== $special ) {
			return [ $special ];
		}
		$block = ( new Block( 'paragraph' ) )->like( $element )->aligned( $element );
		return [ $block->html( $block->open( 'p' ) . $html . '</p>' ) ];
	}

	private static function shortcode( string $text ): ?string {
		$is_known = 1 === preg_match( '/\A\[([\w-]+)[^<>\[\]]*\](?:[^\[\]]*\[\/\1\])?\z/', $text, $match ) && shortcode_exists( $match[1] );
		return $is_known ? ( new Block( 'shortcode' ) )->html( $text ) : null;
	}

	private static function is_word( DOMNode $node ): bool {
		return $node instanceof DOMText && ! Html_Source::is_blank( $node->nodeValue );
	}

	/**
	 * @param DOMNode[] $nodes Beside each other.
	 * @return DOMNode[][] Divided at blank lines.
	 */
	private static function divide( array $nodes ): array {
		$lines = [ [] ];
		foreach ( $nodes as $node ) {
			$parts = $node instanceof DOMText ? preg_split( '/\n[^\S\x{a0}]*\n/u', $node->nodeValue ) : false;
			if ( ! is_array( $parts ) || 1 === count( $parts ) ) {
				$lines[ count( $lines ) - 1 ][] = $node;
				continue;
			}
			foreach ( $parts as $index => $part ) {
				if ( $index > 0 ) {
					$lines[] = [];
				}
				$lines[ count( $lines ) - 1 ][] = new DOMText( $part );
			}
		}
		return $lines;
	}

	/**
	 * Without space, line breaks and empty spans at both ends.
	 *
	 * @param DOMNode[] $nodes Beside each other.
	 * @return DOMNode[]
	 */
	private static function trim( array $nodes ): array {
		while ( [] !== $nodes && self::is_empty( $nodes[0] ) ) {
			array_shift( $nodes );
		}
		while ( [] !== $nodes && self::is_empty( $nodes[ count( $nodes ) - 1 ] ) ) {
			array_pop( $nodes );
		}
		return $nodes;
	}

	private static function is_empty( DOMNode $node ): bool {
		if ( ! $node instanceof DOMElement ) {
			return XML_COMMENT_NODE !== $node->nodeType && Html_Source::is_blank( (string) $node->nodeValue );
		}
		$tag = Html_Source::tag( $node );
		if ( 'br' === $tag ) {
			return true;
		}
		$is_mark = in_array( $tag, [ 'span', 'b', 'strong', 'i', 'em', 'u', 'font', 'small' ], true ) && 1 === preg_match( '/\A(?:docs-internal-|\z)/', $node->getAttribute( 'id' ) );
		return $is_mark && [] === array_filter( iterator_to_array( $node->childNodes ), static function ( DOMNode $child ): bool {
			return ! self::is_empty( $child );
		} );
	}
}
