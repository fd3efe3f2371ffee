<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * Yoast SEO. It watches its meta keys and refreshes its table of indexables itself at the end of the request.
 */
final class Yoast extends Meta_Seo_Plugin {

	private const PREFIX = '_yoast_wpseo_';

	private const NOINDEX = self::PREFIX . 'meta-robots-noindex';

	private const NOFOLLOW = self::PREFIX . 'meta-robots-nofollow';

	/** Further directives, separated by commas. */
	private const ADVANCED = self::PREFIX . 'meta-robots-adv';

	/** Value of NOINDEX => directive. Without a value the setting of the post type counts. */
	private const INDEXING = [
		'1' => 'noindex',
		'2' => 'index',
	];

	public function name(): string {
		return 'yoast';
	}

	public function is_active(): bool {
		return defined( 'WPSEO_VERSION' );
	}

	public function exact_keys(): array {
		return [ self::ADVANCED ];
	}

	public function directives(): array {
		return [ 'index', 'noindex', 'nofollow', 'noarchive', 'nosnippet', 'noimageindex' ];
	}

	protected function texts(): array {
		return [
			'title'               => self::PREFIX . 'title',
			'description'         => self::PREFIX . 'metadesc',
			'focus_keyword'       => self::PREFIX . 'focuskw',
			'canonical'           => self::PREFIX . 'canonical',
			'og_title'            => self::PREFIX . 'opengraph-title',
			'og_description'      => self::PREFIX . 'opengraph-description',
			'og_image'            => self::PREFIX . 'opengraph-image',
			'twitter_title'       => self::PREFIX . 'twitter-title',
			'twitter_description' => self::PREFIX . 'twitter-description',
			'twitter_image'       => self::PREFIX . 'twitter-image',
		];
	}

	protected function image_facts(): array {
		return [
			'og_image'      => [ self::PREFIX . 'opengraph-image-id' ],
			'twitter_image' => [ self::PREFIX . 'twitter-image-id' ],
		];
	}

	protected function primary_key( string $taxonomy ): string {
		return self::PREFIX . 'primary_' . $taxonomy;
	}

	protected function robots_keys(): array {
		return [ self::NOINDEX, self::NOFOLLOW, self::ADVANCED ];
	}

	protected function robots( array $stored ): array {
		$robots   = [];
		$indexing = self::INDEXING[ $stored[ self::NOINDEX ] ?? '' ] ?? null;
		if ( null !== $indexing ) {
			$robots[] = $indexing;
		}
		if ( '1' === ( $stored[ self::NOFOLLOW ] ?? '' ) ) {
			$robots[] = 'nofollow';
		}
		return array_merge( $robots, self::advanced( $stored ) );
	}

	protected function robots_changes( array $directives, array $stored ): array {
		$now      = $this->robots( $stored );
		$indexing = array_values( array_intersect( self::INDEXING, $directives ) );
		$advanced = array_values( array_diff( $directives, self::INDEXING, [ 'nofollow' ] ) );
		$changes  = [];
		if ( array_values( array_intersect( self::INDEXING, $now ) ) !== $indexing ) {
			$changes[ self::NOINDEX ] = [] === $indexing ? null : (string) array_search( $indexing[0], self::INDEXING, true );
		}
		if ( in_array( 'nofollow', $now, true ) !== in_array( 'nofollow', $directives, true ) ) {
			$changes[ self::NOFOLLOW ] = in_array( 'nofollow', $directives, true ) ? '1' : null;
		}
		if ( ! Directives::are_same( $advanced, self::advanced( $stored ) ) ) {
			$changes[ self::ADVANCED ] = [] === $advanced ? null : implode( ',', $advanced );
		}
		return $changes;
	}

	/**
	 * @return string[]
	 */
	private static function advanced( array $stored ): array {
		$parts = array_map( 'trim', explode( ',', self::text( $stored[ self::ADVANCED ] ?? '' ) ) );
		return array_values( array_unique( array_diff( $parts, [ '' ] ) ) );
	}
}
