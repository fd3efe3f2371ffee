<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Meta_Values;

/**
 * Rank Math. Directives are a list, and those with a value a map beside it.
 */
final class Rank_Math extends Meta_Seo_Plugin {

	private const PREFIX = 'rank_math_';

	private const ROBOTS = self::PREFIX . 'robots';

	private const ADVANCED = self::PREFIX . 'advanced_robots';

	/** Unless this is `off`, Twitter gets the texts and the image of Open Graph. */
	private const TWITTER_AS_FACEBOOK = self::PREFIX . 'twitter_use_facebook';

	public function name(): string {
		return 'rank_math';
	}

	public function is_active(): bool {
		return defined( 'RANK_MATH_VERSION' );
	}

	/**
	 * It shows a social image by its id alone.
	 */
	public function needs_library(): bool {
		return true;
	}

	public function directives(): array {
		return [ 'index', 'noindex', 'nofollow', 'noarchive', 'nosnippet', 'noimageindex', 'max-snippet:', 'max-video-preview:', 'max-image-preview:' ];
	}

	public function changes( array $fields, array $stored, string $taxonomy ): array {
		$changes = parent::changes( $fields, $stored, $taxonomy );
		$twitter = array_intersect_key( $changes, array_flip( array_intersect_key( $this->texts(), array_flip( [ 'twitter_title', 'twitter_description', 'twitter_image' ] ) ) ) );
		if ( [] !== array_filter( $twitter ) && 'off' !== ( $stored[ self::TWITTER_AS_FACEBOOK ] ?? '' ) ) {
			$changes[ self::TWITTER_AS_FACEBOOK ] = 'off';
		}
		return $changes;
	}

	public function meta_keys( string $taxonomy ): array {
		return array_merge( parent::meta_keys( $taxonomy ), [ self::TWITTER_AS_FACEBOOK ] );
	}

	protected function texts(): array {
		return [
			'title'               => self::PREFIX . 'title',
			'description'         => self::PREFIX . 'description',
			'focus_keyword'       => self::PREFIX . 'focus_keyword',
			'canonical'           => self::PREFIX . 'canonical_url',
			'og_title'            => self::PREFIX . 'facebook_title',
			'og_description'      => self::PREFIX . 'facebook_description',
			'og_image'            => self::PREFIX . 'facebook_image',
			'twitter_title'       => self::PREFIX . 'twitter_title',
			'twitter_description' => self::PREFIX . 'twitter_description',
			'twitter_image'       => self::PREFIX . 'twitter_image',
		];
	}

	protected function image_facts(): array {
		return [
			'og_image'      => [ self::PREFIX . 'facebook_image_id' ],
			'twitter_image' => [ self::PREFIX . 'twitter_image_id' ],
		];
	}

	protected function primary_key( string $taxonomy ): string {
		return self::PREFIX . 'primary_' . $taxonomy;
	}

	protected function robots_keys(): array {
		return [ self::ROBOTS, self::ADVANCED ];
	}

	protected function robots( array $stored ): array {
		$plain = array_filter( self::decoded( $stored, self::ROBOTS ), 'is_string' );
		return array_values( array_unique( array_merge( $plain, array_keys( $this->with_values( $stored ) ) ) ) );
	}

	protected function robots_changes( array $directives, array $stored ): array {
		$list    = self::decoded( $stored, self::ROBOTS );
		$plain   = array_values( array_filter( $list, 'is_string' ) );
		$wanted  = array_values(
			array_filter(
				$directives,
				static function ( string $directive ) use ( $plain ): bool {
					return false === strpos( $directive, ':' ) || in_array( $directive, $plain, true );
				}
			)
		);
		$changes = [];
		if ( ! Directives::are_same( $wanted, array_values( array_unique( $plain ) ) ) ) {
			$others  = array_filter( $list, static fn( $entry ): bool => ! is_string( $entry ) );
			$kept    = array_merge( array_values( array_intersect( $plain, $wanted ) ), array_values( array_diff( $wanted, $plain ) ), array_values( $others ) );
			$changes = [ self::ROBOTS => [] === $kept ? null : $kept ];
		}
		return $changes + $this->value_changes( array_values( array_diff( $directives, $wanted ) ), $stored );
	}

	/**
	 * @param string[] $wanted Directives with a value.
	 */
	private function value_changes( array $wanted, array $stored ): array {
		$shown = $this->with_values( $stored );
		if ( Directives::are_same( $wanted, array_keys( $shown ) ) ) {
			return [];
		}
		$map = array_diff_key( self::decoded( $stored, self::ADVANCED ), array_flip( array_diff_key( $shown, array_flip( $wanted ) ) ) );
		foreach ( array_diff( $wanted, array_keys( $shown ) ) as $directive ) {
			list( $name, $value ) = explode( ':', $directive, 2 );
			$map[ $name ]         = $value;
		}
		return [ self::ADVANCED => [] === $map ? null : $map ];
	}

	/**
	 * @return array<string, string> Directive with its value => name in the map.
	 */
	private function with_values( array $stored ): array {
		$found = [];
		foreach ( self::decoded( $stored, self::ADVANCED ) as $name => $value ) {
			if ( is_string( $name ) && ( is_string( $value ) || is_int( $value ) ) ) {
				$found[ "$name:$value" ] = $name;
			}
		}
		return $found;
	}

	private static function decoded( array $stored, string $key ): array {
		$raw   = $stored[ $key ] ?? '';
		$value = Meta_Values::is_plain( $raw ) ? Meta_Values::decode( $raw ) : [];
		return is_array( $value ) ? $value : [];
	}
}
