<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Seo;

defined( 'ABSPATH' ) || exit;

use Throwable;

/**
 * All in One SEO. It keeps one row per post in a table of its own. Saving its model would also rewrite columns that our
 * fields don't cover, above all the schema. So we write only the columns that change.
 */
final class Aioseo implements Seo_Plugin, Own_Table {

	/** Older versions have no column for the primary category. */
	private const PRIMARY_SINCE = '4.3.6';

	private const CUSTOM_IMAGE = 'custom_image';

	/** Field => column. */
	private const TEXTS = [
		'title'               => 'title',
		'description'         => 'description',
		'canonical'           => 'canonical_url',
		'og_title'            => 'og_title',
		'og_description'      => 'og_description',
		'twitter_title'       => 'twitter_title',
		'twitter_description' => 'twitter_description',
	];

	/** Field => prefix of its columns. */
	private const IMAGES = [
		'og_image'      => 'og_image',
		'twitter_image' => 'twitter_image',
	];

	/** Directive => column. They count only if `robots_default` is 0. */
	private const FLAGS = [
		'noindex'      => 'robots_noindex',
		'nofollow'     => 'robots_nofollow',
		'noarchive'    => 'robots_noarchive',
		'nosnippet'    => 'robots_nosnippet',
		'noimageindex' => 'robots_noimageindex',
		'notranslate'  => 'robots_notranslate',
		'noodp'        => 'robots_noodp',
	];

	/** Directive with a value => column and its default, which yields no directive. */
	private const LIMITS = [
		'max-snippet'       => [ 'robots_max_snippet', '-1' ],
		'max-video-preview' => [ 'robots_max_videopreview', '-1' ],
		'max-image-preview' => [ 'robots_max_imagepreview', 'large' ],
	];

	/** Columns whose text All in One SEO also keeps in post meta. */
	private const MIRRORED = [ 'title', 'description', 'og_title', 'og_description', 'twitter_title', 'twitter_description' ];

	public static function table(): string {
		global $wpdb;
		return $wpdb->prefix . 'aioseo_posts';
	}

	public function name(): string {
		return 'aioseo';
	}

	public function is_active(): bool {
		return defined( 'AIOSEO_VERSION' ) && function_exists( 'aioseo' );
	}

	public function meta_keys( string $taxonomy ): array {
		return [];
	}

	public function directives(): array {
		return array_merge( [ 'index' ], array_keys( self::FLAGS ), array_map( static fn( string $name ): string => $name . ':', array_keys( self::LIMITS ) ) );
	}

	public function stored( array $ids, array $meta ): array {
		global $wpdb;

		$stored = array_fill_keys( $ids, [] );
		if ( [] === $ids ) {
			return [];
		}
		// A post may have several rows: the lowest id wins, as in row().
		$table   = self::table();
		$places  = implode( ',', array_fill( 0, count( $ids ), '%d' ) );
		$columns = implode( ', ', array_map( 'esc_sql', $this->columns() ) );
		$shown   = $wpdb->suppress_errors();
		$rows    = $wpdb->get_results( $wpdb->prepare( "SELECT post_id, $columns FROM $table WHERE post_id IN ($places) ORDER BY id DESC", $ids ), ARRAY_A );
		foreach ( (array) $rows as $row ) {
			$id = (int) $row['post_id'];
			unset( $row['post_id'] );
			$stored[ $id ] = array_map( 'strval', array_filter( $row, 'is_string' ) );
		}
		$wpdb->suppress_errors( $shown );
		return $stored;
	}

	public function fields( array $stored, string $taxonomy ): array {
		$fields = [];
		foreach ( self::TEXTS as $field => $column ) {
			$fields[ $field ] = $stored[ $column ] ?? '';
		}
		foreach ( self::IMAGES as $field => $prefix ) {
			$fields[ $field ] = self::custom_image( $stored, $prefix );
		}
		$keyword = self::json( $stored, 'keyphrases' )['focus']['keyphrase'] ?? '';
		$primary = self::json( $stored, 'primary_term' )[ $taxonomy ] ?? 0;

		$fields['focus_keyword']        = is_string( $keyword ) ? $keyword : '';
		$fields[ Seo_Plugins::ROBOTS ]  = $this->robots( $stored );
		$fields[ Seo_Plugins::PRIMARY ] = is_numeric( $primary ) ? (int) $primary : 0;
		return $fields;
	}

	/**
	 * The URL of an image that was set for this post; '' where All in One SEO chooses one.
	 */
	private static function custom_image( array $stored, string $prefix ): string {
		return self::CUSTOM_IMAGE === ( $stored[ $prefix . '_type' ] ?? '' ) ? $stored[ $prefix . '_custom_url' ] ?? '' : '';
	}

	public function changes( array $fields, array $stored, string $taxonomy ): array {
		$now     = $this->fields( $stored, $taxonomy );
		$changes = [];
		foreach ( $fields as $field => $value ) {
			if ( ! Directives::are_same( $value, $now[ $field ] ) ) {
				$changes += $this->change( $field, $value, $stored, $taxonomy );
			}
		}
		$twitter = array_intersect_key( $changes, array_flip( [ 'twitter_title', 'twitter_description', 'twitter_image_custom_url' ] ) );
		if ( [] !== array_filter( $twitter ) ) {
			// With `twitter_use_og` on, Twitter shows Open Graph's texts and image.
			$changes['twitter_use_og'] = '0';
		}
		return $changes;
	}

	public function mirrored( array $changes ): array {
		$meta = [];
		foreach ( array_intersect_key( $changes, array_flip( self::MIRRORED ) ) as $column => $value ) {
			$meta[ '_aioseo_' . $column ] = $value;
		}
		return $meta;
	}

	public function sanitized( string $column, $value ) {
		if ( ! is_string( $value ) ) {
			return $value;
		}
		if ( false !== strpos( $column, '_image_' ) && false !== strpos( $column, '_url' ) ) {
			return esc_url_raw( $value );
		}
		return in_array( $column, self::TEXTS, true ) ? sanitize_text_field( $value ) : $value;
	}

	public function row( int $post_id ): ?array {
		global $wpdb;

		$table = self::table();
		return $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $table WHERE post_id = %d ORDER BY id LIMIT 1", $post_id ), ARRAY_A );
	}

	public function write( int $post_id, array $changes ): void {
		global $wpdb;

		$now = gmdate( 'Y-m-d H:i:s' );
		$row = $this->row( $post_id );
		if ( null === $row ) {
			$wpdb->insert( self::table(), $this->start( $post_id ) + [ 'created' => $now ] + [ 'updated' => $now ] );
		}
		// A post may have several rows: only the one that counts is changed, as restore() puts back only that one.
		$wpdb->update( self::table(), $changes + [ 'updated' => $now ], [ 'id' => $row['id'] ?? $wpdb->insert_id ] );
		$this->forget( $post_id );
		// All in One SEO fires this action after it saves a post.
		do_action( 'aioseo_insert_post', $post_id );
	}

	public function restore( int $post_id, ?array $row ): void {
		global $wpdb;

		if ( null === $row ) {
			$wpdb->delete( self::table(), [ 'post_id' => $post_id ] );
		} else {
			$wpdb->update( self::table(), $row, [ 'id' => $row['id'] ] );
		}
		$this->forget( $post_id );
	}

	/**
	 * @return string[]
	 */
	private function columns(): array {
		$columns = array_merge( array_values( self::TEXTS ), array_values( self::FLAGS ), array_column( self::LIMITS, 0 ), [ 'keyphrases', 'robots_default', 'twitter_use_og' ] );
		foreach ( self::IMAGES as $prefix ) {
			array_push( $columns, $prefix . '_type', $prefix . '_custom_url' );
		}
		return $this->has_primary() ? array_merge( $columns, [ 'primary_term' ] ) : $columns;
	}

	private function has_primary(): bool {
		return ! defined( 'AIOSEO_VERSION' ) || version_compare( (string) constant( 'AIOSEO_VERSION' ), self::PRIMARY_SINCE, '>=' );
	}

	/**
	 * @return string[]
	 */
	private function robots( array $stored ): array {
		if ( '0' !== ( $stored['robots_default'] ?? '1' ) ) {
			return [];
		}
		$robots = array_keys( array_filter( self::FLAGS, static fn( string $column ): bool => '1' === ( $stored[ $column ] ?? '0' ) ) );
		foreach ( self::LIMITS as $name => list( $column, $default ) ) {
			$value = $stored[ $column ] ?? $default;
			if ( '' !== $value && $value !== $default ) {
				$robots[] = "$name:$value";
			}
		}
		return [] === $robots ? [ 'index' ] : $robots;
	}

	/**
	 * @param mixed $value The field's new value.
	 * @return array<string, mixed> Column => value.
	 */
	private function change( string $field, $value, array $stored, string $taxonomy ): array {
		if ( Seo_Plugins::ROBOTS === $field ) {
			return $this->robots_changes( $value, $stored );
		}
		if ( Seo_Plugins::PRIMARY === $field ) {
			$terms              = self::json( $stored, 'primary_term' );
			$terms[ $taxonomy ] = $value;
			$terms              = 0 === $value ? array_diff_key( $terms, [ $taxonomy => true ] ) : $terms;
			return [ 'primary_term' => [] === $terms ? null : wp_json_encode( $terms ) ];
		}
		if ( 'focus_keyword' === $field ) {
			return [ 'keyphrases' => $this->keyphrases( $value, $stored ) ];
		}
		if ( isset( self::IMAGES[ $field ] ) ) {
			return $this->image_changes( self::IMAGES[ $field ], $value );
		}
		return [ self::TEXTS[ $field ] => '' === $value ? null : $value ];
	}

	/**
	 * @param string[] $directives The directives the post is to have.
	 */
	private function robots_changes( array $directives, array $stored ): array {
		if ( [] === $directives ) {
			return [ 'robots_default' => '1' ];
		}
		$changes = [ 'robots_default' => '0' ];
		foreach ( self::FLAGS as $directive => $column ) {
			$changes[ $column ] = in_array( $directive, $directives, true ) ? '1' : '0';
		}
		foreach ( self::LIMITS as $name => list( $column, $default ) ) {
			$changes[ $column ] = $default;
			foreach ( $directives as $directive ) {
				if ( 0 === strpos( $directive, $name . ':' ) ) {
					$changes[ $column ] = substr( $directive, strlen( $name ) + 1 );
				}
			}
		}
		$absent = array_fill_keys( self::FLAGS, '0' ) + array_column( self::LIMITS, 1, 0 ) + [ 'robots_default' => '1' ];
		return array_diff_assoc( $changes, $stored + $absent );
	}

	private function image_changes( string $prefix, string $url ): array {
		$changes = [
			$prefix . '_type'       => '' === $url ? 'default' : self::CUSTOM_IMAGE,
			$prefix . '_custom_url' => '' === $url ? null : $url,
			$prefix . '_url'        => '' === $url ? null : $url,
		];
		// Clear the old image's size.
		return $changes + ( 'og_image' === $prefix ? [ 'og_image_width' => null ] + [ 'og_image_height' => null ] : [] );
	}

	/**
	 * The focus keyphrase without its old score; additional keyphrases stay.
	 */
	private function keyphrases( string $keyword, array $stored ): string {
		// As objects, so that empty ones stay objects.
		$known = json_decode( $stored['keyphrases'] ?? '' );
		$known = is_object( $known ) ? $known : (object) [ 'additional' => [] ];

		$known->focus = (object) [
			'keyphrase' => $keyword,
			'score'     => 0,
			'analysis'  => (object) [],
		];
		return (string) wp_json_encode( $known );
	}

	/**
	 * A new row, as All in One SEO itself begins one.
	 */
	private function start( int $post_id ): array {
		$row = [ 'post_id' => $post_id ];
		try {
			$options = function_exists( 'aioseo' ) ? aioseo()->options : null;
			return null === $options ? $row : $row + [ 'twitter_use_og' => (int) $options->social->twitter->general->useOgData ];
		} catch ( Throwable $error ) {
			return $row;
		}
	}

	/**
	 * Clears All in One SEO's caches, so that it reads the row again.
	 */
	private function forget( int $post_id ): void {
		try {
			if ( function_exists( 'aioseo' ) ) {
				aioseo()->core->db->bustCache( 'aioseo_posts' );
				aioseo()->meta->metaData->bustPostCache( $post_id );
			}
		} catch ( Throwable $error ) {
			// Other versions lack these methods. Their cache lives only for this request.
			return;
		}
	}

	private static function json( array $stored, string $column ): array {
		$value = json_decode( $stored[ $column ] ?? '', true );
		return is_array( $value ) ? $value : [];
	}
}
