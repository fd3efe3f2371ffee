<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;

/**
 * Lists with their nested lists.
 */
final class List_Block {

	/**
	 * @return string|null Null if an item holds more than text and lists after it.
	 */
	public function of( DOMElement $list ): ?string {
		$items = [];
		foreach ( Html_Source::children( $list ) as $child ) {
			$item = 'li' === Html_Source::tag( $child ) ? $this->item( $child ) : null;
			if ( null === $item ) {
				return null;
			}
			$items[] = $item;
		}
		if ( [] === $items ) {
			return null;
		}
		$tag   = Html_Source::tag( $list );
		$order = 'ol' === $tag ? self::order( $list ) : [];
		$block = ( new Block( 'list', $order ) )->like( $list );
		$start = $block->open( $tag, ( isset( $order['reversed'] ) ? ' reversed' : '' ) . ( isset( $order['start'] ) ? ' start="' . $order['start'] . '"' : '' ) );
		return $block->html( $start . Block::join( $items ) . "</$tag>" );
	}

	private static function order( DOMElement $list ): array {
		$start = $list->getAttribute( 'start' );
		$order = [ 'ordered' => true ];
		if ( $list->hasAttribute( 'reversed' ) ) {
			$order['reversed'] = true;
		}
		if ( 1 === preg_match( '/\A-?\d{1,9}\z/', $start ) && '1' !== $start ) {
			$order['start'] = (int) $start;
		}
		return $order;
	}

	private function item( DOMNode $item ): ?string {
		$text  = [];
		$lists = [];
		foreach ( $item->childNodes as $child ) {
			$tag = Html_Source::tag( $child );
			if ( 'ul' === $tag || 'ol' === $tag ) {
				$lists[] = $this->of( $child );
			} elseif ( [] === $lists && Html_Source::is_inline( $child ) ) {
				$text[] = Html_Writer::outer( $child );
			} elseif ( [] === $lists && 'p' === $tag && Html_Source::holds_text( $child ) ) {
				array_push( $text, "\0", Html_Writer::inner( $child ), "\0" );
			} elseif ( ! Html_Source::is_space( $child ) ) {
				return null;
			}
		}
		if ( in_array( null, $lists, true ) ) {
			return null;
		}
		// Paragraphs of an item become lines.
		$lines = array_filter( array_map( 'trim', explode( "\0", implode( '', $text ) ) ), 'strlen' );
		return ( new Block( 'list-item' ) )->html( '<li>' . implode( '<br>', $lines ) . Block::join( $lists ) . '</li>' );
	}
}
