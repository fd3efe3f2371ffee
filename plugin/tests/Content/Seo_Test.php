<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Content\Document;
use Igny8\Bridge\Content\Fields;
use Igny8\Bridge\Tests\Seo_Site;

require_once __DIR__ . '/Content_Test_Case.php';
require_once dirname( __DIR__ ) . '/support/Seo_Site.php';

/**
 * P12: the SEO fields of four plugins in one shape.
 *
 * @group environment
 */
final class Seo_Test extends Content_Test_Case {

	private const FIELDS = [
		'title'               => '%%title%% – "A" \\ \'B\' 🎉',
		'description'         => 'About R&D, é',
		'focus_keyword'       => 'red shoes',
		'canonical'           => 'https://example.com/shoes/?a=1',
		'og_title'            => 'Social "title"',
		'og_description'      => 'Social text',
		'og_image'            => 'https://example.com/og.jpg',
		'twitter_title'       => 'Short',
		'twitter_description' => 'Shorter',
		'twitter_image'       => 'https://example.com/tw.jpg',
		'robots'              => [ 'noindex', 'nofollow', 'nosnippet' ],
		'primary_category'    => 'Shoes',
	];

	private const NONE = [
		'title'               => '',
		'description'         => '',
		'focus_keyword'       => '',
		'canonical'           => '',
		'og_title'            => '',
		'og_description'      => '',
		'og_image'            => '',
		'twitter_title'       => '',
		'twitter_description' => '',
		'twitter_image'       => '',
		'robots'              => [],
		'primary_category'    => null,
	];

	public static function setUpBeforeClass(): void {
		parent::setUpBeforeClass();
		Seo_Site::create_table();
	}

	public static function tearDownAfterClass(): void {
		Seo_Site::drop_table();
		parent::tearDownAfterClass();
	}

	protected function tearDown(): void {
		Seo_Site::deactivate();
		parent::tearDown();
	}

	public function plugins(): array {
		return [
			'Yoast SEO'      => [ 'yoast' ],
			'Rank Math'      => [ 'rank_math' ],
			'All in One SEO' => [ 'aioseo' ],
			'SEOPress'       => [ 'seopress' ],
		];
	}

	public function test_without_an_seo_plugin_there_are_no_fields_and_a_write_is_refused(): void {
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		self::assertNull( $document['seo'] );
		$result = $this->apply( 'update', $document, [ 'title' => 'New', 'seo' => [ 'title' => 'x' ] ] );
		self::assertSame( 'seo_unavailable', $result['code'] );
		self::assertStringStartsWith( 'seo: ', $result['detail'] );
		self::assertSame( 'Event', self::row( $document['id'] )['post_title'] );
	}

	/**
	 * @dataProvider plugins
	 */
	public function test_every_field_is_written_and_read_in_one_shape( string $plugin ): void {
		Seo_Site::activate( $plugin );
		$id     = self::make_post( [ 'post_type' => 'post' ] );
		$before = $this->document( $id );
		$fields = self::fields( $plugin );
		self::assertEquals( [ 'provider' => $plugin ] + self::NONE, $before['seo'] );

		$after = $this->change( $before, [ 'terms' => [ 'category' => [ 'Shoes', 'Other' ] ], 'seo' => $fields ] );
		self::assertEqualsCanonicalizing( $fields['robots'], $after['seo']['robots'] );
		self::assertEquals( [ 'provider' => $plugin, 'robots' => $after['seo']['robots'] ] + $fields, $after['seo'] );
		self::assertSame( $after, $this->document( $id ) );
		self::assertSame( [], $after['meta'], 'A field is shown once.' );

		$emptied = $this->change( $after, [ 'seo' => self::NONE ] );
		self::assertEquals( $before['seo'], $emptied['seo'] );
	}

	/**
	 * @dataProvider plugins
	 */
	public function test_a_new_post_gets_its_fields( string $plugin ): void {
		Seo_Site::activate( $plugin );
		$item = $this->create( [ 'title' => 'New', 'terms' => [ 'category' => [ 'Fresh' ] ], 'seo' => [ 'title' => 'T', 'robots' => [ 'noindex' ], 'primary_category' => 'Fresh' ] ], '', 'post' )['item'];
		self::assertSame( [ 'T', [ 'noindex' ], 'Fresh' ], [ $item['seo']['title'], $item['seo']['robots'], $item['seo']['primary_category'] ] );
	}

	/**
	 * @dataProvider plugins
	 */
	public function test_each_field_changes_the_etag_and_nothing_else( string $plugin ): void {
		Seo_Site::activate( $plugin );
		$id       = self::make_post( [ 'post_type' => 'post' ] );
		$document = $this->change( $this->document( $id ), [ 'terms' => [ 'category' => [ 'Shoes' ] ] ] );
		foreach ( self::fields( $plugin ) as $field => $value ) {
			$after = $this->change( $document, [ 'seo' => [ $field => $value ] ] );
			self::assertNotSame( $document['etag'], $after['etag'], $field );
			self::assertEqualsCanonicalizing( (array) $value, (array) $after['seo'][ $field ] );
			$document['seo'][ $field ] = $after['seo'][ $field ];
			self::assertEquals( $document['seo'], $after['seo'], $field );
			$document = $after;
		}
	}

	/**
	 * @dataProvider plugins
	 */
	public function test_a_change_that_is_undone_restores_the_fields( string $plugin ): void {
		Seo_Site::activate( $plugin );
		$id     = self::make_post( [ 'post_type' => 'post' ] );
		$before = $this->change( $this->document( $id ), [ 'terms' => [ 'category' => [ 'Shoes' ] ], 'seo' => self::fields( $plugin ) ] );
		$stored = self::everything( $id );

		$result = $this->apply( 'update', $before, [ 'seo' => [ 'title' => 'Other', 'robots' => [], 'primary_category' => 'Nowhere' ] ] );
		self::assertSame( 'invalid_field', $result['code'] );
		self::assertStringStartsWith( 'seo.primary_category', $result['detail'] );
		self::assertSame( $stored, self::everything( $id ) );
	}

	/**
	 * @dataProvider plugins
	 */
	public function test_a_directive_that_the_plugin_cannot_store_is_refused_with_those_it_can( string $plugin ): void {
		Seo_Site::activate( $plugin );
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		foreach ( [ [ 'noindex', 'unheard-of' ], [ 'noindex', 'index' ] ] as $robots ) {
			$result = $this->apply( 'update', $document, [ 'seo' => [ 'robots' => $robots ] ] );
			self::assertSame( 'invalid_field', $result['code'] );
			self::assertStringStartsWith( 'seo.robots: ', $result['detail'] );
		}
		foreach ( [ [ 'colour' => 'red' ], [ 'title' => 1 ], [ 'robots' => 'noindex' ], [ 'robots' => [ '' ] ], [ 'provider' => 'yoast' ] ] as $seo ) {
			self::assertSame( 'invalid_field', $this->apply( 'update', $document, [ 'seo' => $seo ] )['code'] );
		}
	}

	public function test_yoasts_own_sanitizing_is_obeyed_and_told(): void {
		Seo_Site::activate( 'yoast' );
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		$result   = $this->apply( 'update', $document, [ 'seo' => [ 'title' => 'A <b>bold</b> title' ] ] );
		self::assertSame( 'content_altered', $result['code'] );
		self::assertStringStartsWith( 'seo.title: ', $result['detail'] );
	}

	public function test_yoast_refreshes_its_indexables_by_the_hooks_it_watches(): void {
		Seo_Site::activate( 'yoast' );
		$id = self::make_post( [ 'post_type' => 'post' ] );
		$this->change( $this->document( $id ), [ 'seo' => [ 'description' => 'New' ] ] );
		self::assertContains( $id, Seo_Site::$refreshed );
	}

	public function test_an_unknown_directive_of_yoast_stays_beside_an_edit(): void {
		global $wpdb;

		Seo_Site::activate( 'yoast' );
		$id = self::make_post( [ 'post_type' => 'post' ] );
		// As an older version left it: Yoast's own sanitizing would drop it.
		$wpdb->insert( $wpdb->postmeta, [ 'post_id' => $id, 'meta_key' => '_yoast_wpseo_meta-robots-adv', 'meta_value' => 'noodp,noarchive' ] );
		$document = $this->document( $id );
		self::assertSame( [ 'noodp', 'noarchive' ], $document['seo']['robots'] );
		$this->change( $document, [ 'seo' => [ 'title' => 'New', 'robots' => [ 'noindex', 'noarchive', 'noodp' ] ] ] );
		self::assertSame( 'noodp,noarchive', get_post_meta( $id, '_yoast_wpseo_meta-robots-adv', true ) );
		$this->change( $this->document( $id ), [ 'seo' => [ 'robots' => [ 'noindex', 'noodp' ] ] ] );
		self::assertSame( [ '1', 'noodp' ], [ get_post_meta( $id, '_yoast_wpseo_meta-robots-noindex', true ), get_post_meta( $id, '_yoast_wpseo_meta-robots-adv', true ) ] );
	}

	public function test_yoast_tells_index_from_its_default(): void {
		Seo_Site::activate( 'yoast' );
		$id = self::make_post( [ 'post_type' => 'post' ] );
		$this->change( $this->document( $id ), [ 'seo' => [ 'robots' => [ 'index' ] ] ] );
		self::assertSame( '2', get_post_meta( $id, '_yoast_wpseo_meta-robots-noindex', true ) );
		$this->change( $this->document( $id ), [ 'seo' => [ 'robots' => [] ] ] );
		self::assertFalse( metadata_exists( 'post', $id, '_yoast_wpseo_meta-robots-noindex' ) );
	}

	public function test_what_rank_math_keeps_beside_stays_byte_for_byte(): void {
		Seo_Site::activate( 'rank_math' );
		$id = self::make_post( [ 'post_type' => 'post' ] );
		update_post_meta( $id, 'rank_math_robots', [ 'index', 'nofuture', [ 'odd' ] ] );
		update_post_meta( $id, 'rank_math_advanced_robots', [ 'max-snippet' => -1, 'max-video-preview' => '-1', 'odd' => [ 1 ] ] );
		update_post_meta( $id, 'rank_math_schema_Article', [ '@type' => 'Article' ] );
		$document = $this->document( $id );
		self::assertSame( [ 'index', 'nofuture', 'max-snippet:-1', 'max-video-preview:-1' ], $document['seo']['robots'] );
		$stored = self::everything( $id );
		$this->change( $document, [ 'seo' => [ 'robots' => array_reverse( $document['seo']['robots'] ) ] ] );
		self::assertSame( $stored, self::everything( $id ), 'The same directives in another order are no change.' );

		$this->change( $this->document( $id ), [ 'seo' => [ 'robots' => [ 'noindex', 'nofuture', 'max-snippet:-1', 'max-image-preview:none' ] ] ] );
		self::assertSame( [ 'nofuture', 'noindex', [ 'odd' ] ], get_post_meta( $id, 'rank_math_robots', true ) );
		self::assertSame( [ 'max-snippet' => -1, 'odd' => [ 1 ], 'max-image-preview' => 'none' ], get_post_meta( $id, 'rank_math_advanced_robots', true ) );
		self::assertSame( [ '@type' => 'Article' ], get_post_meta( $id, 'rank_math_schema_Article', true ) );
	}

	public function test_rank_math_takes_only_images_that_it_can_show(): void {
		Seo_Site::activate( 'rank_math' );
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		$result   = $this->apply( 'update', $document, [ 'seo' => [ 'og_image' => 'https://example.com/elsewhere.jpg' ] ] );
		self::assertSame( 'invalid_field', $result['code'] );
		self::assertStringStartsWith( 'seo.og_image: ', $result['detail'] );
	}

	public function test_rank_math_shows_a_twitter_text_that_was_set(): void {
		Seo_Site::activate( 'rank_math' );
		$id = self::make_post( [ 'post_type' => 'post' ] );
		update_post_meta( $id, 'rank_math_twitter_use_facebook', 'on' );
		$this->change( $this->document( $id ), [ 'seo' => [ 'og_title' => 'x' ] ] );
		self::assertSame( 'on', get_post_meta( $id, 'rank_math_twitter_use_facebook', true ) );
		$this->change( $this->document( $id ), [ 'seo' => [ 'twitter_title' => 'x' ] ] );
		self::assertSame( 'off', get_post_meta( $id, 'rank_math_twitter_use_facebook', true ) );
	}

	public function test_all_in_one_seo_keeps_its_other_columns(): void {
		global $wpdb;

		Seo_Site::activate( 'aioseo' );
		$id    = self::make_post( [ 'post_type' => 'post' ] );
		$known = [
			'keyphrases'     => '{"focus":{"keyphrase":"old","score":80,"analysis":{"a":1}},"additional":[{"keyphrase":"second","score":3}],"later":{}}',
			'primary_term'   => '{"product_cat":7}',
			'schema'         => '{"graphs": [ ],"x":"\u00e9"}',
			'robots_default' => '0',
			'robots_noodp'   => '1',
			'robots_max_snippet' => '20',
			'og_image_type'  => 'featured',
			'og_image_url'   => 'https://example.com/featured.jpg',
			'twitter_use_og' => '1',
		];
		$wpdb->insert( $wpdb->prefix . 'aioseo_posts', $known + [ 'post_id' => $id, 'created' => '2026-01-01 00:00:00', 'updated' => '2026-01-01 00:00:00' ] );
		$document = $this->document( $id );
		self::assertSame( [ 'old', [ 'noodp', 'max-snippet:20' ], '' ], [ $document['seo']['focus_keyword'], $document['seo']['robots'], $document['seo']['og_image'] ] );

		$this->change( $document, [ 'terms' => [ 'category' => [ 'Shoes' ] ], 'seo' => [ 'title' => 'T', 'focus_keyword' => 'new', 'primary_category' => 'Shoes', 'robots' => [ 'noodp', 'max-snippet:20', 'noindex' ] ] ] );
		$row = $wpdb->get_row( "SELECT * FROM {$wpdb->prefix}aioseo_posts WHERE post_id = $id", ARRAY_A );
		self::assertSame( [ $known['schema'], '1', '20', 'featured', $known['og_image_url'], '1' ], [ $row['schema'], $row['robots_noodp'], $row['robots_max_snippet'], $row['og_image_type'], $row['og_image_url'], $row['twitter_use_og'] ] );
		self::assertSame( '{"focus":{"keyphrase":"new","score":0,"analysis":{}},"additional":[{"keyphrase":"second","score":3}],"later":{}}', $row['keyphrases'] );
		self::assertSame( 7, json_decode( $row['primary_term'], true )['product_cat'] );
		self::assertSame( 'T', get_post_meta( $id, '_aioseo_title', true ), 'Other plugins read the text there.' );
		self::assertSame( '2026-01-01 00:00:00', $row['created'] );

		$this->change( $this->document( $id ), [ 'seo' => [ 'twitter_title' => 'x', 'og_image' => 'https://example.com/og.jpg' ] ] );
		$row = $wpdb->get_row( "SELECT * FROM {$wpdb->prefix}aioseo_posts WHERE post_id = $id", ARRAY_A );
		self::assertSame( [ '0', 'custom_image', 'https://example.com/og.jpg', 'https://example.com/og.jpg' ], [ $row['twitter_use_og'], $row['og_image_type'], $row['og_image_custom_url'], $row['og_image_url'] ] );
	}

	public function test_all_in_one_seo_refuses_what_its_own_form_would_alter(): void {
		Seo_Site::activate( 'aioseo' );
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		$result   = $this->apply( 'update', $document, [ 'seo' => [ 'description' => 'A <b>bold</b> text' ] ] );
		self::assertSame( 'content_altered', $result['code'] );
		self::assertStringStartsWith( 'seo.description: ', $result['detail'] );
	}

	public function test_of_several_rows_only_the_one_that_counts_is_changed(): void {
		global $wpdb;

		Seo_Site::activate( 'aioseo' );
		$id    = self::make_post( [ 'post_type' => 'post' ] );
		$table = $wpdb->prefix . 'aioseo_posts';
		foreach ( [ 'First', 'Second' ] as $description ) {
			$wpdb->insert( $table, [ 'post_id' => $id ] + compact( 'description' ) );
		}
		$this->change( $this->document( $id ), [ 'seo' => [ 'description' => 'New' ] ] );
		self::assertSame( [ 'New', 'Second' ], $wpdb->get_col( "SELECT description FROM $table WHERE post_id = $id ORDER BY id" ) );
	}

	public function test_a_row_that_another_plugin_alters_is_restored(): void {
		global $wpdb;

		Seo_Site::activate( 'aioseo' );
		$id       = self::make_post( [ 'post_type' => 'post' ] );
		$document = $this->change( $this->document( $id ), [ 'seo' => [ 'description' => 'Before' ] ] );
		$stored   = self::everything( $id );
		add_action(
			'aioseo_insert_post',
			static function ( int $post_id ) use ( $wpdb ): void {
				$wpdb->update( $wpdb->prefix . 'aioseo_posts', [ 'description' => 'Altered' ], [ 'post_id' => $post_id ] );
			}
		);
		$result = $this->apply( 'update', $document, [ 'seo' => [ 'description' => 'After' ] ] );
		self::assertSame( 'content_altered', $result['code'] );
		self::assertStringStartsWith( 'seo.description: ', $result['detail'] );
		self::assertSame( $stored, self::everything( $id ) );
	}

	public function test_the_fields_are_among_those_that_an_open_editor_is_compared_by(): void {
		Seo_Site::activate( 'yoast' );
		$document = $this->document( self::make_post( [ 'post_type' => 'post' ] ) );
		$fields   = Fields::of( new Document( $document, 0 ) );
		self::assertArrayNotHasKey( 'seo.provider', $fields );
		self::assertSame( [ '', [], null ], [ $fields['seo.title'], $fields['seo.robots'], $fields['seo.primary_category'] ] );
		$changed = Fields::changed( $fields, [ 'seo.title' => 'New' ] + $fields );
		self::assertSame( [ 'seo.title' => '' ], $changed );
	}

	public function test_an_image_of_the_library_is_named_by_its_id_too(): void {
		Seo_Site::activate( 'yoast' );
		$image = self::make_image();
		$url   = wp_get_attachment_url( $image );
		$id    = self::make_post( [ 'post_type' => 'post' ] );
		$this->change( $this->document( $id ), [ 'seo' => [ 'og_image' => $url ] ] );
		self::assertSame( (string) $image, get_post_meta( $id, '_yoast_wpseo_opengraph-image-id', true ) );
		$this->change( $this->document( $id ), [ 'seo' => [ 'og_image' => 'https://example.com/other.jpg' ] ] );
		self::assertFalse( metadata_exists( 'post', $id, '_yoast_wpseo_opengraph-image-id' ) );
	}

	public function test_a_type_without_categories_has_no_primary_one(): void {
		Seo_Site::activate( 'yoast' );
		$document = $this->document( self::make_post() );
		self::assertNull( $document['seo']['primary_category'] );
		$result = $this->apply( 'update', $document, [ 'seo' => [ 'primary_category' => 'Shoes' ] ] );
		self::assertSame( 'invalid_field', $result['code'] );
	}

	public function test_an_edit_made_before_the_fields_were_shown_is_still_taken(): void {
		Seo_Site::activate( 'yoast' );
		$after = $this->change( $this->document( self::make_post( [ 'post_type' => 'post' ] ) ), [ 'meta' => [ '_yoast_wpseo_title' => 'From before' ] ] );
		self::assertSame( [ 'From before', [] ], [ $after['seo']['title'], $after['meta'] ] );
	}

	/**
	 * @dataProvider plugins
	 */
	public function test_the_digest_covers_the_fields( string $plugin ): void {
		Seo_Site::activate( $plugin );
		$id = self::make_post();
		$this->change( $this->document( $id ), [ 'seo' => [ 'title' => 'In the digest', 'robots' => [ 'noindex' ] ] ] );
		$sketch = new \Igny8\Bridge\Content\Sketch( 4 );
		$sketch->add( $id, $this->document( $id )['etag'] );
		self::assertSame( $sketch->to_base64(), $this->run_command( 'digest', [ 'type' => self::TYPE, 'symbols' => 4 ] )['symbols'] );
	}

	/**
	 * Rank Math takes only images of the library.
	 */
	private static function fields( string $plugin ): array {
		$url = 'rank_math' === $plugin ? (string) wp_get_attachment_url( self::make_image() ) : '';
		return '' === $url ? self::FIELDS : [ 'og_image' => $url, 'twitter_image' => $url ] + self::FIELDS;
	}

	/**
	 * Everything that an SEO plugin may have stored.
	 */
	private static function everything( int $id ): array {
		global $wpdb;
		$meta = $wpdb->get_results( "SELECT meta_key, meta_value FROM {$wpdb->postmeta} WHERE post_id = $id AND meta_key NOT LIKE '_edit%' ORDER BY meta_key, meta_id", ARRAY_A );
		$row  = $wpdb->get_row( "SELECT * FROM {$wpdb->prefix}aioseo_posts WHERE post_id = $id", ARRAY_A );
		return [ $meta, null === $row ? null : array_diff_key( $row, [ 'updated' => true ] ) ];
	}
}
