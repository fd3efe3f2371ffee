<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

/**
 * Makes this site store SEO fields as each of the four SEO plugins does, after their code (Yoast SEO 28.3, Rank Math
 * 1.0.272, All in One SEO 4.9.7, SEOPress 10.0): hooks of meta, sanitizing, and All in One SEO's table.
 */
final class Seo_Site {

	/** Directives of Yoast's editor; its sanitizing drops all others. */
	private const YOAST_ADVANCED = [ 'noimageindex', 'noarchive', 'nosnippet' ];

	private const YOAST_TEXTS = [ 'focuskw', 'title', 'metadesc', 'opengraph-title', 'opengraph-description', 'opengraph-image', 'opengraph-image-id', 'twitter-title', 'twitter-description', 'twitter-image', 'twitter-image-id' ];

	/** Key => value that Yoast does not store. */
	private const YOAST_DEFAULTS = [
		'meta-robots-noindex'  => '0',
		'meta-robots-nofollow' => '0',
		'meta-robots-adv'      => '',
		'canonical'            => '',
	];

	private const SEOPRESS_TEXTS = [ 'titles_title', 'titles_desc', 'robots_index', 'robots_follow', 'robots_imageindex', 'robots_snippet', 'robots_primary_cat', 'social_fb_title', 'social_fb_desc', 'social_twitter_title', 'social_twitter_desc', 'analysis_target_kw' ];

	private const SEOPRESS_URLS = [ 'robots_canonical', 'social_fb_img', 'social_twitter_img' ];

	/** @var int[] Posts whose indexable Yoast would refresh at the end of the request. */
	public static array $refreshed = [];

	public static function activate( string $plugin ): void {
		self::$refreshed = [];
		add_filter( 'igny8_seo_plugin', static fn(): string => $plugin );
		if ( 'yoast' === $plugin ) {
			self::yoast();
		} elseif ( 'seopress' === $plugin ) {
			self::seopress();
		}
	}

	/**
	 * Takes back what a test's end does not restore.
	 */
	public static function deactivate(): void {
		foreach ( array_merge( self::SEOPRESS_TEXTS, self::SEOPRESS_URLS ) as $key ) {
			unregister_post_meta( '', "_seopress_$key" );
		}
	}

	/**
	 * Ends the transaction on MariaDB.
	 */
	public static function create_table(): void {
		global $wpdb;
		$wpdb->query(
			"CREATE TABLE IF NOT EXISTS {$wpdb->prefix}aioseo_posts (
			id bigint(20) unsigned NOT NULL AUTO_INCREMENT,
			post_id bigint(20) unsigned NOT NULL,
			title text DEFAULT NULL,
			description text DEFAULT NULL,
			keyphrases longtext DEFAULT NULL,
			primary_term longtext DEFAULT NULL,
			canonical_url text DEFAULT NULL,
			og_title text DEFAULT NULL,
			og_description text DEFAULT NULL,
			og_image_type varchar(64) DEFAULT 'default',
			og_image_custom_url text DEFAULT NULL,
			og_image_url text DEFAULT NULL,
			og_image_width int(11) DEFAULT NULL,
			og_image_height int(11) DEFAULT NULL,
			twitter_use_og tinyint(1) DEFAULT 0,
			twitter_image_type varchar(64) DEFAULT 'default',
			twitter_image_custom_url text DEFAULT NULL,
			twitter_image_url text DEFAULT NULL,
			twitter_title text DEFAULT NULL,
			twitter_description text DEFAULT NULL,
			`schema` longtext DEFAULT NULL,
			robots_default tinyint(1) DEFAULT 1 NOT NULL,
			robots_noindex tinyint(1) DEFAULT 0 NOT NULL,
			robots_noarchive tinyint(1) DEFAULT 0 NOT NULL,
			robots_nosnippet tinyint(1) DEFAULT 0 NOT NULL,
			robots_nofollow tinyint(1) DEFAULT 0 NOT NULL,
			robots_noimageindex tinyint(1) DEFAULT 0 NOT NULL,
			robots_noodp tinyint(1) DEFAULT 0 NOT NULL,
			robots_notranslate tinyint(1) DEFAULT 0 NOT NULL,
			robots_max_snippet int(11) DEFAULT NULL,
			robots_max_videopreview int(11) DEFAULT NULL,
			robots_max_imagepreview varchar(20) DEFAULT 'large',
			created datetime NOT NULL,
			updated datetime NOT NULL,
			PRIMARY KEY  (id),
			KEY ndx_aioseo_posts_post_id (post_id)
			) {$wpdb->get_charset_collate()}"
		);
	}

	public static function drop_table(): void {
		global $wpdb;
		$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}aioseo_posts" );
	}

	/**
	 * WPSEO_Meta: sanitizes each key, stores no defaults, and notes posts whose meta has changed.
	 */
	private static function yoast(): void {
		foreach ( self::YOAST_TEXTS as $key ) {
			add_filter( "sanitize_post_meta__yoast_wpseo_$key", static fn( $value ): string => sanitize_text_field( trim( $value ) ) );
		}
		add_filter( 'sanitize_post_meta__yoast_wpseo_canonical', 'sanitize_url' );
		add_filter(
			'sanitize_post_meta__yoast_wpseo_meta-robots-adv',
			static fn( $value ): string => implode( ',', array_intersect( explode( ',', $value ), self::YOAST_ADVANCED ) )
		);
		$is_default = static function ( string $key, $value ): bool {
			$name = str_replace( '_yoast_wpseo_', '', $key );
			return $name !== $key && ( self::YOAST_DEFAULTS[ $name ] ?? '' ) === $value;
		};
		add_filter(
			'update_post_metadata',
			static function ( $check, $id, $key, $value ) use ( $is_default ) {
				if ( $is_default( $key, $value ) ) {
					delete_post_meta( $id, $key );
					return true;
				}
				return $check;
			},
			10,
			4
		);
		add_filter( 'add_post_metadata', static fn( $check, $id, $key, $value ) => $is_default( $key, $value ) ? true : $check, 10, 4 );
		foreach ( [ 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ] as $action ) {
			add_action(
				$action,
				static function ( $meta_id, $id, $key ): void {
					if ( 0 === strpos( $key, '_yoast_wpseo_' ) ) {
						self::$refreshed[] = (int) $id;
					}
				},
				10,
				3
			);
		}
	}

	/**
	 * AdvancedSettings: every key is registered for the REST API, and sanitized.
	 */
	private static function seopress(): void {
		foreach ( self::SEOPRESS_TEXTS as $key ) {
			register_post_meta( '', "_seopress_$key", [ 'show_in_rest' => true, 'single' => true, 'type' => 'string', 'sanitize_callback' => 'sanitize_text_field' ] );
		}
		foreach ( self::SEOPRESS_URLS as $key ) {
			register_post_meta( '', "_seopress_$key", [ 'show_in_rest' => true, 'single' => true, 'type' => 'string', 'sanitize_callback' => 'sanitize_url' ] );
		}
	}
}
