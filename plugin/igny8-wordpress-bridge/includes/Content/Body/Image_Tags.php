<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use Igny8\Bridge\Content\Media\Library_Image;

/**
 * Puts images of the library into a body in place of those at other addresses. WordPress adds `srcset` to what has the
 * class `wp-image-…` when it shows the post.
 */
final class Image_Tags {

	/** A block of one image, as the editor and other programs write it. */
	private const BLOCK = '~<!-- wp:image (\{.*?\} )?-->(\s*)(.*?)(\s*)<!-- /wp:image -->~s';

	/**
	 * @param array<string, Library_Image> $images Address in the body => image.
	 */
	public static function put( string $body, array $images ): string {
		if ( [] === $images ) {
			return $body;
		}
		return Block_Body::has_blocks( $body ) ? self::in_blocks( $body, $images ) : self::in_html( $body, $images );
	}

	private static function in_html( string $html, array $images ): string {
		return Html_Tags::replace(
			$html,
			'img',
			static function ( DOMElement $img, string $tag ) use ( $images ): ?string {
				$image = $images[ trim( $img->getAttribute( 'src' ) ) ] ?? null;
				if ( null === $image ) {
					return null;
				}
				self::set( $img, $image );
				if ( ! $img->hasAttribute( 'width' ) && ! $img->hasAttribute( 'height' ) && $image->width > 0 ) {
					$img->setAttribute( 'width', (string) $image->width );
					$img->setAttribute( 'height', (string) $image->height );
				}
				return Html_Tags::write( $img, $tag );
			}
		);
	}

	/**
	 * Only blocks of one image that is not in the library yet; every other block stays as it is.
	 */
	private static function in_blocks( string $body, array $images ): string {
		$put = preg_replace_callback(
			self::BLOCK,
			static function ( array $found ) use ( $images ): string {
				$attributes = '' === trim( $found[1] ) ? [] : json_decode( $found[1], true );
				$sources    = array_keys( Html_Tags::sources( $found[3] ) );
				$image      = 1 === count( $sources ) ? ( $images[ $sources[0] ] ?? null ) : null;
				if ( null === $image || ! is_array( $attributes ) || isset( $attributes['id'] ) ) {
					return $found[0];
				}
				$attributes = [
					'id'       => $image->id,
					'sizeSlug' => $image->size,
				] + $attributes;
				return '<!-- wp:image ' . serialize_block_attributes( $attributes ) . ' -->' . $found[2] . self::figure( $found[3], $image ) . $found[4] . '<!-- /wp:image -->';
			},
			$body
		);
		return is_string( $put ) ? $put : $body;
	}

	private static function figure( string $html, Library_Image $image ): string {
		$html = Html_Tags::replace(
			$html,
			'img',
			static function ( DOMElement $img, string $tag ) use ( $image ): string {
				self::set( $img, $image );
				$img->setAttribute( 'class', "wp-image-$image->id" );
				return Html_Tags::write( $img, $tag );
			}
		);
		return Html_Tags::replace(
			$html,
			'figure',
			static function ( DOMElement $figure, string $tag ) use ( $image ): string {
				$classes = preg_grep( '/\Asize-/', Html_Source::classes( $figure ), PREG_GREP_INVERT );
				$figure->setAttribute( 'class', implode( ' ', array_merge( is_array( $classes ) ? $classes : [], [ "size-$image->size" ] ) ) );
				return Html_Tags::write( $figure, $tag );
			}
		);
	}

	private static function set( DOMElement $img, Library_Image $image ): void {
		$classes = preg_grep( '/\A(?:wp-image-|size-)/', Html_Source::classes( $img ), PREG_GREP_INVERT );
		$img->setAttribute( 'src', $image->url );
		$img->setAttribute( 'class', implode( ' ', array_merge( is_array( $classes ) ? $classes : [], [ "size-$image->size", "wp-image-$image->id" ] ) ) );
		foreach ( [ 'srcset', 'sizes', 'loading', 'decoding' ] as $name ) {
			$img->removeAttribute( $name );
		}
	}
}
