<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;

/**
 * Makes core blocks of the nodes of a text, one after the other. What fits no block becomes a block of HTML.
 */
final class Block_Maker {

	/** Elements that only hold others; without a class or an anchor they leave no trace. */
	private const WRAPPERS = [ 'div', 'section', 'article', 'main', 'header', 'footer', 'aside', 'nav', 'center', 'address', 'hgroup', 'body' ];

	/** Wrappers that a group can be. */
	private const GROUPS = [ 'section', 'article', 'main', 'header', 'footer', 'aside' ];

	private Line_Blocks $lines;

	public function __construct() {
		$this->lines = new Line_Blocks();
	}

	/**
	 * @return string[] The blocks of everything in a node.
	 */
	public function of( DOMNode $parent ): array {
		return $this->of_nodes( iterator_to_array( $parent->childNodes ), null );
	}

	/**
	 * @param DOMNode[]       $nodes   Beside each other.
	 * @param DOMElement|null $element The paragraph that they are in.
	 * @return string[]
	 */
	private function of_nodes( array $nodes, ?DOMElement $element ): array {
		$blocks = [];
		$line   = [];
		foreach ( $nodes as $node ) {
			$mark = self::mark( $node );
			if ( null === $mark && Html_Source::is_inline( $node ) ) {
				$line[] = $node;
				continue;
			}
			array_push( $blocks, ...$this->lines->of( $line, $element ), ...( null === $mark ? $this->of_element( $node ) : [ $mark ] ) );
			$line = [];
		}
		return array_merge( $blocks, $this->lines->of( $line, $element ) );
	}

	/**
	 * The block of a comment that divides the text.
	 */
	private static function mark( DOMNode $node ): ?string {
		if ( XML_COMMENT_NODE !== $node->nodeType ) {
			return null;
		}
		switch ( trim( (string) $node->nodeValue ) ) {
			case 'more':
				return ( new Block( 'more' ) )->html( '<!--more-->' );
			case 'nextpage':
				return ( new Block( 'nextpage' ) )->html( '<!--nextpage-->' );
			default:
				return null;
		}
	}

	/**
	 * @return string[]
	 */
	private function of_element( DOMNode $node ): array {
		if ( ! $node instanceof DOMElement ) {
			return [];
		}
		$tag = Html_Source::tag( $node );
		if ( in_array( $tag, self::WRAPPERS, true ) ) {
			return $this->wrapper( $node, $tag );
		}
		$block = $this->known( $node, $tag );
		return null === $block ? [ self::html( Html_Writer::outer( $node ) ) ] : $block;
	}

	/**
	 * @return string[]|null Null if no block fits.
	 */
	private function known( DOMElement $node, string $tag ): ?array {
		if ( 1 === preg_match( '/\Ah[1-6]\z/', $tag ) ) {
			return $this->lines->heading( $node, (int) $tag[1] );
		}
		if ( 'ul' === $tag || 'ol' === $tag ) {
			return self::one( ( new List_Block() )->of( $node ) );
		}
		switch ( $tag ) {
			case 'p':
				return $this->of_nodes( iterator_to_array( $node->childNodes ), $node );
			case 'blockquote':
				return $this->quote( $node, null );
			case 'pre':
				return self::one( $this->lines->preformatted( $node ) );
			case 'table':
				return self::one( ( new Table_Block() )->of( $node, null ) );
			case 'hr':
				return [ self::separator() ];
			case 'figure':
				return $this->figure( $node );
			default:
				return $this->span( $node, $tag );
		}
	}

	/**
	 * Word processors and editors put whole documents into one span.
	 *
	 * @return string[]|null
	 */
	private function span( DOMElement $node, string $tag ): ?array {
		$is_docs = 'b' === $tag && 0 === strpos( $node->getAttribute( 'id' ), 'docs-internal-' );
		return $is_docs || in_array( $tag, [ 'span', 'font' ], true ) ? $this->of( $node ) : null;
	}

	/**
	 * @return string[]
	 */
	private function wrapper( DOMElement $node, string $tag ): array {
		$blocks = $this->of( $node );
		$group  = new Block( 'group', in_array( $tag, self::GROUPS, true ) ? [ 'tagName' => $tag ] : [] );
		$bare   = $group->open( 'div' );
		$group->like( $node );
		if ( [] === $blocks || $bare === $group->open( 'div' ) ) {
			return $blocks;
		}
		$outer = in_array( $tag, self::GROUPS, true ) ? $tag : 'div';
		return [ $group->html( $group->open( $outer ) . Block::join( $blocks ) . "</$outer>" ) ];
	}

	/**
	 * @return string[]|null
	 */
	private function quote( DOMElement $node, ?string $citation ): ?array {
		$children = Html_Source::children( $node );
		$last     = end( $children );
		if ( null === $citation && in_array( Html_Source::tag( $last instanceof DOMNode ? $last : null ), [ 'cite', 'footer' ], true ) && Html_Source::holds_text( $last ) ) {
			$citation = trim( Html_Writer::inner( 1 === $last->childNodes->length && 'cite' === Html_Source::tag( $last->firstChild ) ? $last->firstChild : $last ) );
			$children = array_slice( iterator_to_array( $node->childNodes ), 0, (int) array_search( $last, iterator_to_array( $node->childNodes ), true ) );
			$blocks   = $this->of_nodes( $children, null );
		} else {
			$blocks = $this->of( $node );
		}
		if ( [] === $blocks && '' === (string) $citation ) {
			return [];
		}
		$quote = ( new Block( 'quote' ) )->like( $node );
		$cite  = '' === (string) $citation ? '' : "<cite>$citation</cite>";
		return [ $quote->html( $quote->open( 'blockquote' ) . Block::join( $blocks ) . $cite . '</blockquote>' ) ];
	}

	/**
	 * @return string[]|null
	 */
	private function figure( DOMElement $node ): ?array {
		$children = Html_Source::children( $node );
		$caption  = null;
		foreach ( $children as $index => $child ) {
			if ( 'figcaption' === Html_Source::tag( $child ) && null === $caption && Html_Source::holds_text( $child ) ) {
				$caption = trim( Html_Writer::inner( $child ) );
				unset( $children[ $index ] );
			}
		}
		$child = 1 === count( $children ) ? reset( $children ) : null;
		switch ( Html_Source::tag( $child ) ) {
			case 'img':
			case 'a':
				return self::one( ( new Image_Block() )->of( $child, $node, (string) $caption ) );
			case 'table':
				return self::one( ( new Table_Block() )->of( $child, $caption ) );
			case 'blockquote':
				return $this->quote( $child, $caption );
			default:
				return null;
		}
	}

	private static function separator(): string {
		$block = ( new Block( 'separator' ) )->with_class( 'has-alpha-channel-opacity' );
		return $block->html( substr( $block->open( 'hr' ), 0, -1 ) . '/>' );
	}

	public static function html( string $html ): string {
		return ( new Block( 'html' ) )->html( $html );
	}

	/**
	 * @return string[]|null
	 */
	private static function one( ?string $block ): ?array {
		return null === $block ? null : [ $block ];
	}
}
