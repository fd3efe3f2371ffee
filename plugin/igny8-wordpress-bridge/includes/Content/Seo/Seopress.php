<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * SEOPress. A directive is a meta key with the value `yes`.
 */
final class Seopress extends Meta_Seo_Plugin {

	private const PREFIX = '_seopress_';

	private const ON = 'yes';

	/** Directive => meta key. */
	private const FLAGS = [
		'noindex'      => self::PREFIX . 'robots_index',
		'nofollow'     => self::PREFIX . 'robots_follow',
		'noimageindex' => self::PREFIX . 'robots_imageindex',
		'nosnippet'    => self::PREFIX . 'robots_snippet',
		'noarchive'    => self::PREFIX . 'robots_archive',
	];

	public function name(): string {
		return 'seopress';
	}

	public function is_active(): bool {
		return defined( 'SEOPRESS_VERSION' );
	}

	public function directives(): array {
		return array_keys( self::FLAGS );
	}

	protected function texts(): array {
		return [
			'title'               => self::PREFIX . 'titles_title',
			'description'         => self::PREFIX . 'titles_desc',
			'focus_keyword'       => self::PREFIX . 'analysis_target_kw',
			'canonical'           => self::PREFIX . 'robots_canonical',
			'og_title'            => self::PREFIX . 'social_fb_title',
			'og_description'      => self::PREFIX . 'social_fb_desc',
			'og_image'            => self::PREFIX . 'social_fb_img',
			'twitter_title'       => self::PREFIX . 'social_twitter_title',
			'twitter_description' => self::PREFIX . 'social_twitter_desc',
			'twitter_image'       => self::PREFIX . 'social_twitter_img',
		];
	}

	protected function image_facts(): array {
		$facts = [];
		foreach ( [ 'og_image', 'twitter_image' ] as $field ) {
			$key             = $this->texts()[ $field ];
			$facts[ $field ] = [ $key . '_attachment_id', $key . '_width', $key . '_height' ];
		}
		return $facts;
	}

	protected function primary_key( string $taxonomy ): string {
		return self::PREFIX . 'robots_primary_cat';
	}

	protected function robots_keys(): array {
		return array_values( self::FLAGS );
	}

	protected function robots( array $stored ): array {
		return array_keys( array_filter( self::FLAGS, static fn( string $key ): bool => self::ON === ( $stored[ $key ] ?? '' ) ) );
	}

	protected function robots_changes( array $directives, array $stored ): array {
		$now     = $this->robots( $stored );
		$changes = [];
		foreach ( self::FLAGS as $directive => $key ) {
			$is_on = in_array( $directive, $directives, true );
			if ( in_array( $directive, $now, true ) !== $is_on ) {
				$changes[ $key ] = $is_on ? self::ON : null;
			}
		}
		return $changes;
	}
}
