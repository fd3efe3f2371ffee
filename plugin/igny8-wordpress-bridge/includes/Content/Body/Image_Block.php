<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;

/**
 * Images that stand alone, with their link and caption.
 */
final class Image_Block {

	/**
	 * @param DOMNode[] $nodes Of one line.
	 * @return string[]|null The blocks, if the line has only images; else null.
	 */
	public function all( array $nodes ): ?array {
		$blocks = [];
		foreach ( $nodes as $node ) {
			if ( Html_Source::is_space( $node ) || 'br' === Html_Source::tag( $node ) ) {
				continue;
			}
			$block = $this->of( $node, null, '' );
			if ( null === $block ) {
				return null;
			}
			$blocks[] = $block;
		}
		return [] === $blocks ? null : $blocks;
	}

	/**
	 * @param DOMElement|null $figure  That the image is in.
	 * @param string          $caption As HTML.
	 * @return string|null Null if it is no image, or a link round more than one.
	 */
	public function of( DOMNode $node, ?DOMElement $figure, string $caption ): ?string {
		$link = $node instanceof DOMElement && 'a' === Html_Source::tag( $node ) ? $node : null;
		$in   = null === $link ? [ $node ] : Html_Source::children( $link );
		$img  = 1 === count( $in ) ? $in[0] : null;
		if ( ! $img instanceof DOMElement || 'img' !== Html_Source::tag( $img ) || '' === $img->getAttribute( 'src' ) ) {
			return null;
		}
		if ( null !== $link && ( '' === $link->getAttribute( 'href' ) || '' !== $link->getAttribute( 'id' ) ) ) {
			return null;
		}

		$classes = array_merge( Html_Source::classes( $img ), null === $figure ? [] : Html_Source::classes( $figure ) );
		$id      = (int) self::match( '/\Awp-image-(\d{1,18})\z/', $classes );
		$below   = '' === $caption ? '' : '<figcaption class="wp-element-caption">' . $caption . '</figcaption>';
		$block   = self::block( $id, $classes, null !== $link )->like( $figure ?? $img );
		return $block->html( $block->open( 'figure' ) . self::linked( self::img( $img, $id ), $link ) . $below . '</figure>' );
	}

	/**
	 * @param int      $id      Of the attachment; 0 if the image is not in the library.
	 * @param string[] $classes Of image and figure.
	 */
	private static function block( int $id, array $classes, bool $is_linked ): Block {
		$size  = self::match( '/\Asize-([\w-]+)\z/', $classes );
		$align = self::match( '/\Aalign(left|right|center|wide|full)\z/', $classes );
		$block = new Block(
			'image',
			array_filter(
				[
					'align'           => $align,
					'id'              => $id,
					'linkDestination' => $is_linked ? 'custom' : ( $id > 0 ? 'none' : '' ),
					'sizeSlug'        => $size,
				]
			)
		);
		return $block->with_class( ...array_filter( [ '' === $align ? '' : "align$align", '' === $size ? '' : "size-$size" ] ) );
	}

	private static function img( DOMElement $img, int $id ): string {
		return '<img' . Html_Writer::attributes(
			[
				'src'   => $img->getAttribute( 'src' ),
				'alt'   => $img->getAttribute( 'alt' ),
				'class' => $id > 0 ? "wp-image-$id" : null,
				'title' => '' === $img->getAttribute( 'title' ) ? null : $img->getAttribute( 'title' ),
			]
		) . '/>';
	}

	private static function linked( string $image, ?DOMElement $link ): string {
		if ( null === $link ) {
			return $image;
		}
		$attributes = [];
		foreach ( [ 'class', 'href', 'target', 'rel' ] as $name ) {
			$attributes[ $name ] = '' === $link->getAttribute( $name ) ? null : $link->getAttribute( $name );
		}
		return '<a' . Html_Writer::attributes( $attributes ) . ">$image</a>";
	}

	/**
	 * @param string[] $classes Of image and figure.
	 */
	private static function match( string $pattern, array $classes ): string {
		foreach ( $classes as $class ) {
			if ( 1 === preg_match( $pattern, $class, $match ) ) {
				return $match[1];
			}
		}
		return '';
	}
}
