<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;

/**
 * Tables of rows and cells of text.
 */
final class Table_Block {

	private const PARTS = [ 'thead', 'tbody', 'tfoot' ];

	private Block $block;

	/**
	 * @param string|null $caption Of the figure that the table is in.
	 * @return string|null Null if it holds more than the block can.
	 */
	public function of( DOMElement $table, ?string $caption ): ?string {
		$is_fixed    = ( new Block( 'table' ) )->attribute( 'hasFixedLayout' )['default'] ?? false;
		$this->block = ( new Block( 'table', true === $is_fixed ? [ 'hasFixedLayout' => false ] : [] ) )->like( $table );
		$children    = Html_Source::children( $table );
		$first       = $children[0] ?? null;
		if ( null === $caption && 'caption' === Html_Source::tag( $first ) && Html_Source::holds_text( $first ) ) {
			$caption = trim( Html_Writer::inner( $first ) );
			array_shift( $children );
		}
		$html  = $this->parts( $children );
		$below = '' === (string) $caption ? '' : '<figcaption class="wp-element-caption">' . $caption . '</figcaption>';
		return null === $html ? null : $this->block->html( $this->block->open( 'figure' ) . "<table>$html</table>$below</figure>" );
	}

	/**
	 * @param DOMNode[] $children Of the table, without its caption.
	 */
	private function parts( array $children ): ?string {
		$rows = array_fill_keys( self::PARTS, [] );
		foreach ( $children as $child ) {
			$tag = Html_Source::tag( $child );
			if ( 'tr' === $tag ) {
				$rows['tbody'][] = $this->row( $child );
			} elseif ( in_array( $tag, self::PARTS, true ) && ( [] === $rows[ $tag ] || 'tbody' === $tag ) ) {
				array_push( $rows[ $tag ], ...array_map( [ $this, 'row' ], Html_Source::children( $child ) ) );
			} elseif ( 'colgroup' !== $tag && 'col' !== $tag ) {
				return null;
			}
		}
		$html = '';
		foreach ( $rows as $part => $of_part ) {
			if ( in_array( null, $of_part, true ) ) {
				return null;
			}
			$html .= [] === $of_part ? '' : "<$part>" . implode( '', $of_part ) . "</$part>";
		}
		return '' === $html ? null : $html;
	}

	private function row( DOMNode $row ): ?string {
		if ( 'tr' !== Html_Source::tag( $row ) ) {
			return null;
		}
		$cells = array_map( [ $this, 'cell' ], Html_Source::children( $row ) );
		return [] === $cells || in_array( null, $cells, true ) ? null : '<tr>' . implode( '', $cells ) . '</tr>';
	}

	private function cell( DOMNode $cell ): ?string {
		$tag = Html_Source::tag( $cell );
		if ( ! $cell instanceof DOMElement || ( 'td' !== $tag && 'th' !== $tag ) ) {
			return null;
		}
		$html  = self::content( $cell );
		$spans = array_filter( [ 'colspan' => $cell->getAttribute( 'colspan' ), 'rowspan' => $cell->getAttribute( 'rowspan' ) ] );
		if ( null === $html || ( [] !== $spans && ! $this->can_span() ) || [] !== preg_grep( '/\A[1-9]\d{0,3}\z/', $spans, PREG_GREP_INVERT ) ) {
			return null;
		}
		$align = Block::text_align( $cell );
		$scope = 'th' === $tag ? $cell->getAttribute( 'scope' ) : '';
		return "<$tag" . Html_Writer::attributes(
			[
				'class'      => null === $align ? null : "has-text-align-$align",
				'data-align' => $align,
				'scope'      => '' === $scope ? null : $scope,
			] + $spans
		) . ">$html</$tag>";
	}

	/**
	 * @return string|null Null if it is more than text.
	 */
	private static function content( DOMElement $cell ): ?string {
		if ( Html_Source::holds_text( $cell ) ) {
			return trim( Html_Writer::inner( $cell ) );
		}
		$lines = [];
		foreach ( Html_Source::children( $cell ) as $child ) {
			if ( ! in_array( Html_Source::tag( $child ), [ 'p', 'div' ], true ) || ! Html_Source::holds_text( $child ) ) {
				return null;
			}
			$lines[] = trim( Html_Writer::inner( $child ) );
		}
		return implode( '<br>', array_filter( $lines, 'strlen' ) );
	}

	/**
	 * WordPress 6.1 has no cells that span others.
	 */
	private function can_span(): bool {
		return isset( $this->block->attribute( 'body' )['query']['cells']['query']['colspan'] );
	}
}
