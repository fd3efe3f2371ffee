<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T54: what an edit doesn't name stays byte for byte, and a value may be sent back exactly as it was shown.
 *
 * @group environment
 */
final class Unnamed_Test extends Content_Test_Case {

	/** What every edit changes. */
	private const MOVES = [ 'post_modified', 'post_modified_gmt' ];

	/**
	 * @dataProvider posts
	 */
	public function test_an_edit_of_one_field_changes_nothing_else_in_the_tables( callable $make ): void {
		$id = $make();
		stick_post( $id );
		foreach ( [ 'title' => 'post_title', 'excerpt' => 'post_excerpt', 'body' => 'post_content' ] as $field => $column ) {
			$before = self::tables( $id );
			// A body with a block stays as it is sent.
			$text = 'body' === $field ? "<!-- wp:paragraph -->\n<p>New text</p>\n<!-- /wp:paragraph -->" : 'New text';
			$this->change( $this->document( $id ), [ $field => $text ] );
			$before['post'][ $column ] = $text;
			self::assertSame( $before, self::tables( $id ), $field );
		}
		$before = self::tables( $id );
		$this->change( $this->document( $id ), [ 'meta' => [ 'rank_math_title' => 'New' ] ] );
		$after = self::tables( $id );
		self::assertSame( [ 'rank_math_title', 'New' ], array_values( array_pop( $after['meta'] ) ) );
		self::assertSame( $before, $after );
	}

	/**
	 * @dataProvider posts
	 */
	public function test_a_document_that_is_sent_back_as_it_was_shown_changes_nothing( callable $make ): void {
		$id     = $make();
		$before = self::tables( $id, [] );
		$shown  = $this->document( $id );
		foreach ( self::fields( $shown ) as $name => $value ) {
			$result = $this->apply( 'update', $shown, [ $name => $value ] );
			self::assertSame( 'applied', $result['data']['outcome'] ?? $result['code'] . ': ' . $result['detail'], $name );
		}
		$result = $this->apply( 'update', $shown, self::fields( $shown ) );
		self::assertSame( 'applied', $result['data']['outcome'] ?? $result['code'] );
		self::assertSame( $before, self::tables( $id, [] ) );
		self::assertSame( [], wp_get_post_revisions( $id ) );
	}

	public function posts(): array {
		$odd = static function ( array $columns = [], array $meta = [], array $made = [] ): callable {
			return static function () use ( $columns, $meta, $made ): int {
				$id = self::make_post( $made + [ 'post_type' => 'post', 'post_content' => 'Before' ] );
				if ( [] !== $columns ) {
					self::set_columns( $id, $columns );
				}
				foreach ( $meta as $key => $value ) {
					add_post_meta( $id, $key, wp_slash( $value ) );
				}
				return $id;
			};
		};
		return [
			'a plain post'             => [ $odd() ],
			'texts that WordPress would tidy up' => [ $odd( [ 'post_title' => '  A & B &amp; <b>c ', 'post_content' => self::NASTY, 'post_excerpt' => '<p>open &#128;', 'post_content_filtered' => '**markdown**', 'post_password' => 'p\\w"d', 'comment_status' => '', 'ping_status' => 'open', 'menu_order' => '-3', 'to_ping' => "ftp://x\n y", 'pinged' => 'z' ] ) ],
			'an overdue scheduled post' => [ $odd( [ 'post_status' => 'future', 'post_date' => '2020-01-01 00:00:00', 'post_date_gmt' => '2020-01-01 00:00:00' ] ) ],
			'a published post with a date to come' => [ $odd( [ 'post_date' => '2040-01-01 00:00:00', 'post_date_gmt' => '2040-01-01 00:00:00' ] ) ],
			'a floating draft'         => [ $odd( [ 'post_status' => 'draft', 'post_date' => '2020-01-01 00:00:00', 'post_date_gmt' => '0000-00-00 00:00:00' ] ) ],
			'a post without GMT dates' => [ $odd( [ 'post_date_gmt' => '0000-00-00 00:00:00' ] ) ],
			'a status, an author and a parent that are gone' => [ $odd( [ 'post_status' => 'igny8_gone', 'post_author' => '987654321', 'post_parent' => '987654321' ] ) ],
			'a slug that another post has' => [
				static function (): int {
					self::make_post( [ 'post_type' => 'post', 'post_name' => 'taken' ] );
					$id = self::make_post( [ 'post_type' => 'post' ] );
					self::set_columns( $id, [ 'post_name' => 'taken' ] );
					return $id;
				},
			],
			'meta of all kinds'        => [
				$odd(
					[],
					[
						'unknown'             => [ 'big' => 9007199254740993, 'float' => 1.0, 'object' => (object) [ 'a' => 1 ] ],
						'_hidden'             => 'a:1:{i:0;O:8:"stdClass":0:{}}',
						'_wp_page_template'   => 'gone.php',
						'_thumbnail_id'       => '987654321',
						'_edit_last'          => '1',
						'rank_math_description' => "two\\ 'lines'\n",
					]
				),
			],
			'meta that its plugin would sanitize today' => [
				static function (): int {
					$id = self::make_post( [ 'post_type' => self::TYPE ] );
					add_post_meta( $id, 'place', 'quiet' );
					add_post_meta( $id, 'place', 'a second one' );
					add_post_meta( $id, 'plan', [ 'big' => 9007199254740993, 'whole' => 1.0, 'half' => 0.5, 'list' => [ true, null ] ] );
					add_post_meta( $id, 'guest', 'B' );
					add_post_meta( $id, 'guest', 'A' );
					register_post_meta( self::TYPE, 'place', [ 'type' => 'string', 'single' => true, 'show_in_rest' => true, 'auth_callback' => '__return_false', 'sanitize_callback' => 'strtoupper' ] );
					return $id;
				},
			],
			'terms with the same name, and none of a category' => [
				static function (): int {
					$id = self::make_post( [ 'post_type' => 'post' ] );
					foreach ( [ 'twin-a', 'twin-b' ] as $slug ) {
						wp_insert_term( 'Twin', 'post_tag', [ 'slug' => $slug ] );
					}
					$term = wp_insert_term( 'a, b', 'post_tag' );
					wp_set_object_terms( $id, [ 'twin-b' ], 'post_tag' );
					wp_set_object_terms( $id, [ (int) $term['term_id'] ], 'post_tag', true );
					wp_set_object_terms( $id, [], 'category' );
					return $id;
				},
			],
			'categories that a filter hides' => [
				static function (): int {
					$id = self::make_post( [ 'post_type' => 'post' ] );
					wp_set_object_terms( $id, [ 'One', 'Two' ], 'category' );
					add_filter( 'get_the_terms', '__return_empty_array' );
					return $id;
				},
			],
			'terms under a stale cache' => [
				static function (): int {
					$id = self::make_post( [ 'post_type' => 'post' ] );
					wp_set_object_terms( $id, [ 'New' ], 'category' );
					wp_cache_set( $id, [ (int) get_option( 'default_category' ) ], 'category_relationships' );
					return $id;
				},
			],
		];
	}

	/**
	 * The fields of a document as a change names them.
	 */
	private static function fields( array $document ): array {
		$fields = array_intersect_key( $document, array_flip( [ 'title', 'body', 'excerpt', 'slug', 'status', 'date', 'parent', 'author', 'terms', 'meta' ] ) );

		$fields['featured'] = null === $document['featured'] ? null : array_intersect_key( $document['featured'], [ 'id' => 1, 'alt' => 1 ] );
		return array_filter(
			$fields,
			static function ( $value ): bool {
				return [] !== $value;
			}
		) + [ 'terms' => [] ];
	}

	/**
	 * Everything that the tables have about a post.
	 *
	 * @param string[] $without Columns.
	 */
	private static function tables( int $id, array $without = self::MOVES ): array {
		global $wpdb;

		return [
			'post'   => array_diff_key( self::row( $id ), array_flip( $without ) ),
			'meta'   => $wpdb->get_results( $wpdb->prepare( "SELECT meta_key, meta_value FROM {$wpdb->postmeta} WHERE post_id = %d AND meta_key NOT IN ('_encloseme', '_pingme') ORDER BY meta_id", $id ), ARRAY_A ),
			'terms'  => $wpdb->get_results( $wpdb->prepare( "SELECT term_taxonomy_id, term_order FROM {$wpdb->term_relationships} WHERE object_id = %d ORDER BY term_taxonomy_id", $id ), ARRAY_A ),
			'sticky' => $wpdb->get_var( "SELECT option_value FROM {$wpdb->options} WHERE option_name = 'sticky_posts'" ),
		];
	}
}
