<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use DOMElement;
use DOMNode;

/**
 * Addresses that stand alone on a line and that WordPress shows as what is there: a video, a post, a song.
 */
final class Embed_Block {

	/** Host => name and type, as the editor's variations of the block say. */
	private const PROVIDERS = [
		'youtube.com'     => [ 'youtube', 'video' ],
		'youtu.be'        => [ 'youtube', 'video' ],
		'vimeo.com'       => [ 'vimeo', 'video' ],
		'dailymotion.com' => [ 'dailymotion', 'video' ],
		'ted.com'         => [ 'ted', 'video' ],
		'wordpress.tv'    => [ 'wordpress-tv', 'video' ],
		'videopress.com'  => [ 'videopress', 'video' ],
		'tiktok.com'      => [ 'tiktok', 'video' ],
		'twitter.com'     => [ 'twitter', 'rich' ],
		'x.com'           => [ 'twitter', 'rich' ],
		'bsky.app'        => [ 'bluesky', 'rich' ],
		'spotify.com'     => [ 'spotify', 'rich' ],
		'soundcloud.com'  => [ 'soundcloud', 'rich' ],
		'mixcloud.com'    => [ 'mixcloud', 'rich' ],
		'flickr.com'      => [ 'flickr', 'photo' ],
		'imgur.com'       => [ 'imgur', 'rich' ],
		'reddit.com'      => [ 'reddit', 'rich' ],
		'tumblr.com'      => [ 'tumblr', 'rich' ],
		'pinterest.com'   => [ 'pinterest', 'rich' ],
		'issuu.com'       => [ 'issuu', 'rich' ],
		'scribd.com'      => [ 'scribd', 'rich' ],
		'kickstarter.com' => [ 'kickstarter', 'rich' ],
	];

	private const WIDE = 'wp-embed-aspect-16-9 wp-has-aspect-ratio';

	/** Of whose videos the editor knows the shape. */
	private const WIDE_PROVIDERS = [ 'youtube', 'vimeo', 'dailymotion', 'ted' ];

	/**
	 * @param DOMNode[] $nodes Of one line.
	 * @param string    $text  Of the line.
	 * @return string|null Null if it is no address that WordPress embeds.
	 */
	public function of( array $nodes, string $text ): ?string {
		$link = 1 === count( $nodes ) && $nodes[0] instanceof DOMElement ? $nodes[0] : null;
		if ( 1 !== preg_match( '~\Ahttps?://[^\s<>"\[\]]+\z~i', $text ) || ( null !== $link && $text !== $link->getAttribute( 'href' ) ) || ( null === $link && ! self::is_text( $nodes ) ) ) {
			return null;
		}
		if ( false === _wp_oembed_get_object()->get_provider( $text, [ 'discover' => false ] ) ) {
			return null;
		}
		list( $name, $type ) = self::provider( $text );

		$attributes = array_filter(
			[
				'url'              => $text,
				'type'             => $type,
				'providerNameSlug' => $name,
				'responsive'       => in_array( $name, self::WIDE_PROVIDERS, true ),
				'className'        => in_array( $name, self::WIDE_PROVIDERS, true ) ? self::WIDE : '',
			]
		);
		$block      = ( new Block( 'embed', $attributes ) )->with_class( "is-type-$type" );
		if ( '' !== $name ) {
			$block->with_class( "is-provider-$name", "wp-block-embed-$name" );
		}
		if ( isset( $attributes['className'] ) ) {
			$block->with_class( ...explode( ' ', self::WIDE ) );
		}
		return $block->html( $block->open( 'figure' ) . "<div class=\"wp-block-embed__wrapper\">\n" . Html_Writer::text( $text ) . "\n</div></figure>" );
	}

	/**
	 * @param DOMNode[] $nodes Of one line.
	 */
	private static function is_text( array $nodes ): bool {
		return [] === array_filter( array_map( [ Html_Source::class, 'tag' ], $nodes ) );
	}

	/**
	 * @return string[] Name and type.
	 */
	private static function provider( string $url ): array {
		$host = '.' . strtolower( (string) wp_parse_url( $url, PHP_URL_HOST ) );
		foreach ( self::PROVIDERS as $domain => $provider ) {
			if ( substr( $host, -strlen( $domain ) - 1 ) === ".$domain" ) {
				return $provider;
			}
		}
		return [ '', 'rich' ];
	}
}
