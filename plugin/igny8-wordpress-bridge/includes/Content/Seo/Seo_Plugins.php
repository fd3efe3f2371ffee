<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * Finds the SEO plugin of this site.
 */
final class Seo_Plugins {

	/** Texts among the fields. */
	public const TEXTS = [ 'title', 'description', 'focus_keyword', 'canonical', 'og_title', 'og_description', 'og_image', 'twitter_title', 'twitter_description', 'twitter_image' ];

	public const ROBOTS = 'robots';

	public const PRIMARY = 'primary_category';

	/** Taxonomies of a primary category; the first that a type has is used. */
	private const CATEGORIES = [ 'category', 'product_cat' ];

	/** @var Seo_Plugin[]|null */
	private static ?array $all = null;

	/**
	 * The plugin whose fields are synced: the first one that is active. Null if there is none.
	 */
	public static function active(): ?Seo_Plugin {
		if ( null === self::$all ) {
			self::$all = [ new Yoast(), new Rank_Math(), new Aioseo(), new Seopress() ];
		}
		$found = '';
		foreach ( self::$all as $plugin ) {
			if ( '' === $found && $plugin->is_active() ) {
				$found = $plugin->name();
			}
		}
		/**
		 * Filters which SEO plugin's fields are synced, for sites with more than one.
		 *
		 * @param string $found `yoast`, `rank_math`, `aioseo` or `seopress`; '' for none.
		 */
		$chosen = (string) apply_filters( 'igny8_seo_plugin', $found );
		foreach ( self::$all as $plugin ) {
			if ( $plugin->name() === $chosen ) {
				return $plugin;
			}
		}
		return null;
	}

	/**
	 * The taxonomy of the primary category of a type; '' if it has none.
	 */
	public static function taxonomy( string $type ): string {
		foreach ( self::CATEGORIES as $taxonomy ) {
			if ( is_object_in_taxonomy( $type, $taxonomy ) ) {
				return $taxonomy;
			}
		}
		return '';
	}
}
