<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * `index` and `fetch`.
 *
 * @group environment
 */
final class Reading_Test extends Content_Test_Case {

	public function test_a_document_equals_the_stored_post_byte_for_byte(): void {
		kses_remove_filters();
		$image  = self::make_image( 'An "alt"' );
		$parent = self::make_post( [ 'post_title' => 'Parent' ] );
		$id     = self::make_post( [ 'post_title' => 'T\\ "x" 🎉', 'post_content' => 'x', 'post_excerpt' => 'E', 'post_name' => 'event-1', 'post_parent' => $parent, 'post_date_gmt' => '2024-05-06 07:08:09', 'post_date' => '2024-05-06 07:08:09' ] );
		self::set_columns( $id, [ 'post_content' => self::NASTY, 'post_modified_gmt' => '2024-06-01 00:00:01' ] );
		wp_set_object_terms( $id, [ 'Zed', 'Ärger', 'R&D' ], self::KIND );
		update_post_meta( $id, 'place', wp_slash( 'Hall "A" \\ 1' ) );
		update_post_meta( $id, 'plan', [ 'b' => 1, 'a' => [ true, 'x' ] ] );
		add_post_meta( $id, 'guest', 'Ada' );
		add_post_meta( $id, 'guest', 'Bob' );
		update_post_meta( $id, '_yoast_wpseo_title', 'SEO' );
		update_post_meta( $id, 'hidden', 'no' );
		set_post_thumbnail( $id, $image );
		update_post_meta( $id, '_thumbnail_id', $image );

		$document = $this->document( $id );
		self::assertSame( 1, preg_match( '/^[0-9a-f]{32}\z/', $document['etag'] ) );
		unset( $document['etag'], $document['meta_etag'] );
		ksort( $document['meta'] );
		self::assertEquals(
			[
				'id'          => $id,
				'type'        => self::TYPE,
				'modified'    => 1717200001,
				'title'       => 'T\\ "x" 🎉',
				'body'        => self::NASTY,
				'excerpt'     => 'E',
				'slug'        => 'event-1',
				'status'      => 'publish',
				'date'        => '2024-05-06T07:08:09Z',
				'parent'      => $parent,
				'author'      => 1,
				'author_name' => get_userdata( 1 )->display_name,
				'terms'       => [ self::KIND => [ 'R&D', 'Zed', 'Ärger' ] ],
				'meta'        => [ '_yoast_wpseo_title' => 'SEO', 'guest' => [ 'Ada', 'Bob' ], 'place' => 'Hall "A" \\ 1', 'plan' => [ 'b' => 1, 'a' => [ true, 'x' ] ] ],
				'featured'    => [ 'id' => $image, 'url' => wp_get_attachment_url( $image ), 'alt' => 'An "alt"' ],
				'url'         => get_permalink( $id ),
				'item_id'     => null,
				'unfinished'  => false,
				'builder'     => null,
				'listed'      => true,
				'protected'   => false,
				'seo'         => null,
			],
			$document
		);
	}

	public function test_empty_maps_are_objects_and_drafts_have_no_date(): void {
		$id     = self::make_post( [ 'post_type' => 'page', 'post_status' => 'draft' ] );
		$answer = $this->plugin->executor->execute( [ [ 'id' => 'c', 'name' => 'fetch', 'args' => [ 'ids' => [ $id ] ] ] ], new \Igny8\Bridge\Commands\Context( 9999, 99999 ) );
		self::assertStringContainsString( '"terms":{},"meta":{},"featured":null', $answer );
		$document = $this->document( $id );
		self::assertSame( [ null, 0, 'draft', '' ], [ $document['date'], $document['modified'], $document['status'], $document['slug'] ] );
	}

	public function test_attachments_are_published_and_the_trash_is_shown(): void {
		self::assertSame( 'publish', $this->document( self::make_image() )['status'] );
		$id = self::make_post();
		wp_trash_post( $id );
		self::assertSame( 'trash', $this->document( $id )['status'] );
	}

	public function test_a_term_with_an_ambiguous_name_is_sent_by_its_slug(): void {
		wp_insert_term( 'Twin', self::KIND, [ 'slug' => 'twin-a' ] );
		wp_insert_term( 'Twin', self::KIND, [ 'slug' => 'twin-b' ] );
		wp_insert_term( 'Single', self::KIND );
		$id = self::make_post();
		wp_set_object_terms( $id, [ 'twin-b', 'Single' ], self::KIND );
		self::assertSame( [ self::KIND => [ 'Single', 'twin-b' ] ], $this->document( $id )['terms'] );
	}

	public function test_meta_that_json_cannot_express_is_left_out(): void {
		$id = self::make_post();
		update_post_meta( $id, 'plan', (object) [ 'a' => 1 ] );
		update_post_meta( $id, 'place', 'a:1:{broken' );
		self::assertSame( [ 'place' => 'a:1:{broken' ], $this->document( $id )['meta'] );
	}

	/**
	 * @dataProvider changes
	 */
	public function test_the_etag_changes_with_editable_fields_and_with_nothing_else( callable $change, bool $moves, bool $moves_meta ): void {
		$image = self::make_image( 'before' );
		$id    = self::make_post( [ 'post_content' => 'Body' ] );
		update_post_meta( $id, '_thumbnail_id', $image );
		$before = $this->document( $id );
		$change( $id, $image );
		wp_cache_flush();
		$after = $this->document( $id );
		self::assertSame( $moves, $before['etag'] !== $after['etag'] );
		self::assertSame( $moves_meta, $before['meta_etag'] !== $after['meta_etag'] );
	}

	public function changes(): array {
		$column = static function ( string $name, $value ): callable {
			return static function ( int $id ) use ( $name, $value ): void {
				self::set_columns( $id, [ $name => $value ] );
			};
		};
		return [
			'title'       => [ $column( 'post_title', 'Other' ), true, true ],
			'body'        => [ $column( 'post_content', 'Other' ), true, false ],
			'excerpt'     => [ $column( 'post_excerpt', 'Other' ), true, true ],
			'slug'        => [ $column( 'post_name', 'other' ), true, true ],
			'status'      => [ $column( 'post_status', 'private' ), true, true ],
			'date'        => [ $column( 'post_date_gmt', '2001-01-01 00:00:00' ), true, true ],
			'parent'      => [ $column( 'post_parent', 1 ), true, true ],
			'author'      => [ $column( 'post_author', 0 ), true, true ],
			'modified'    => [ $column( 'post_modified_gmt', '2001-01-01 00:00:00' ), false, false ],
			'comments'    => [ $column( 'comment_count', 5 ), false, false ],
			'hidden meta' => [
				static function ( int $id ): void {
					update_post_meta( $id, 'hidden', 'x' );
				},
				false,
				false,
			],
			'meta'        => [
				static function ( int $id ): void {
					update_post_meta( $id, 'place', 'x' );
				},
				true,
				true,
			],
			'terms'       => [
				static function ( int $id ): void {
					wp_set_object_terms( $id, [ 'New' ], self::KIND );
				},
				true,
				true,
			],
			'alt text'    => [
				static function ( int $id, int $image ): void {
					update_post_meta( $image, '_wp_attachment_image_alt', 'after' );
				},
				true,
				true,
			],
			'no image'    => [
				static function ( int $id ): void {
					delete_post_meta( $id, '_thumbnail_id' );
				},
				true,
				true,
			],
		];
	}

	public function test_the_etag_is_the_same_whatever_the_order_of_keys_and_the_precision_of_php(): void {
		$id = self::make_post();
		update_post_meta( $id, 'plan', [ 'a' => 0.1, 'b' => [ 'x' => 1, 'y' => 2 ] ] );
		$etag = $this->document( $id )['etag'];
		update_post_meta( $id, 'plan', [ 'b' => [ 'y' => 2, 'x' => 1 ], 'a' => 0.1 ] );
		$precision = (string) ini_set( 'serialize_precision', '5' );
		self::assertSame( $etag, $this->document( $id )['etag'] );
		ini_set( 'serialize_precision', $precision );
		update_post_meta( $id, 'plan', [ 'a' => 0.1, 'b' => [ 'x' => 2, 'y' => 1 ] ] );
		self::assertNotSame( $etag, $this->document( $id )['etag'] );
	}

	public function test_pages_cover_every_post_once_although_many_were_modified_in_the_same_second(): void {
		$expected = [];
		for ( $i = 0; $i < 13; $i++ ) {
			$id = self::make_post( [ 'post_status' => 0 === $i % 4 ? 'trash' : 'publish' ] );
			self::set_columns( $id, [ 'post_modified_gmt' => $i < 10 ? '2024-01-01 00:00:00' : '2023-01-01 00:00:00' ] );
			$expected[] = [ $i < 10 ? 2 : 1, $id ];
		}
		$zero = self::make_post( [ 'post_status' => 'draft' ] );
		self::make_post( [ 'post_status' => 'auto-draft' ] );
		sort( $expected );
		$expected = array_merge( [ $zero ], array_column( $expected, 1 ) );

		foreach ( [ 'full', 'metadata' ] as $fields ) {
			$seen  = [];
			$after = null;
			$pages = 0;
			do {
				$page  = $this->run_command( 'index', [ 'type' => self::TYPE, 'after' => $after, 'limit' => 5, 'fields' => $fields ] );
				$after = $page['next'];
				$seen  = array_merge( $seen, array_column( $page['items'], 'id' ) );
				++$pages;
			} while ( null !== $after );
			self::assertSame( $expected, $seen );
			self::assertSame( 3, $pages );
			self::assertSame( 14, $page['total'] );
			self::assertEqualsWithDelta( time(), $page['site_time'], 2 );
		}
	}

	public function test_metadata_is_the_same_document_without_the_body(): void {
		$id       = self::make_post( [ 'post_content' => 'Body' ] );
		$full     = $this->document( $id );
		$metadata = $this->run_command( 'index', [ 'type' => self::TYPE, 'fields' => 'metadata' ] )['items'][0];
		self::assertSame( array_merge( $full, [ 'body' => null ] ), array_replace( $full, $metadata ) );
	}

	public function test_ids_are_listed_in_order(): void {
		$ids = [ self::make_post(), self::make_post( [ 'post_status' => 'draft' ] ), self::make_post() ];
		self::set_columns( $ids[0], [ 'post_modified_gmt' => '2030-01-01 00:00:00' ] );
		$page = $this->run_command( 'index', [ 'type' => self::TYPE, 'fields' => 'ids', 'limit' => 2, 'after' => null ] );
		self::assertSame( [ array_slice( $ids, 0, 2 ), [ 0, $ids[1] ] ], [ array_column( $page['items'], 'id' ), $page['next'] ] );
		self::assertSame( [ 'id', 'type', 'modified' ], array_keys( $page['items'][0] ) );
		$page = $this->run_command( 'index', [ 'type' => self::TYPE, 'fields' => 'ids', 'limit' => 5000, 'after' => $page['next'] ] );
		self::assertSame( [ [ $ids[2] ], null ], [ array_column( $page['items'], 'id' ), $page['next'] ] );
	}

	public function test_the_size_of_the_batch_ends_a_page_and_a_larger_post_is_sent_alone(): void {
		foreach ( [ 'a', 'b', 'c' ] as $letter ) {
			$ids[] = self::make_post( [ 'post_title' => $letter, 'post_content' => str_repeat( $letter, 300000 ) ] );
		}
		$seen  = [];
		$after = null;
		do {
			$page   = $this->run_command( 'index', [ 'type' => self::TYPE, 'after' => $after ], '', 700000 );
			$seen[] = count( $page['items'] );
			$after  = $page['next'];
		} while ( null !== $after );
		self::assertSame( [ 2, 1 ], $seen );
		self::assertCount( 1, $this->run_command( 'index', [ 'type' => self::TYPE ], '', 100000 )['items'] );

		$fetched = $this->run_command( 'fetch', [ 'ids' => array_merge( $ids, [ 987654321 ] ) ], '', 700000 );
		self::assertSame( [ 2, [] ], [ count( $fetched['items'] ), $fetched['missing'] ] );
	}

	public function test_an_unregistered_type_is_named_and_its_posts_are_missing(): void {
		$id = self::make_post();
		unregister_post_type( self::TYPE );
		self::assertSame( 'unknown_type', $this->code_of( 'index', [ 'type' => self::TYPE ] ) );
		self::assertSame( 'unknown_type', $this->code_of( 'index', [ 'type' => 'revision' ] ) );
		$fetched = $this->run_command( 'fetch', [ 'ids' => [ $id, 987654321, $id ] ] );
		self::assertSame( [ [], [ $id, 987654321 ] ], [ $fetched['items'], $fetched['missing'] ] );
	}

	public function test_posts_that_cannot_be_sent_fail_alone_with_a_reason(): void {
		$ids = [ self::make_post(), self::make_post(), self::make_post(), self::make_post() ];
		self::set_columns( $ids[0], [ 'post_content' => str_repeat( 'x', 1600000 ) ] );
		update_post_meta( $ids[1], 'plan', [ 'a' => INF ] );
		$throws = static function ( $url, $post ) use ( $ids ) {
			if ( (int) $post->ID === $ids[2] ) {
				throw new \RuntimeException( 'A plugin is broken.' );
			}
			return $url;
		};
		add_filter( 'post_type_link', $throws, 10, 2 );

		foreach ( [ 'full', 'metadata' ] as $fields ) {
			$items = $this->run_command( 'index', [ 'type' => self::TYPE, 'fields' => $fields ] )['items'];
			self::assertSame( $ids, array_column( $items, 'id' ) );
			self::assertSame( [ 'item_too_large', 'unreadable', 'unreadable' ], array_column( array_column( $items, 'error' ), 'code' ) );
			self::assertSame( [ 'id', 'type', 'modified', 'etag', 'error' ], array_keys( $items[0] ) );
			self::assertNull( $items[1]['etag'] );
			self::assertNotNull( $items[3]['etag'] );
		}
	}

	public function test_the_size_limit_counts_json_not_text(): void {
		$id = self::make_post();
		self::set_columns( $id, [ 'post_content' => str_repeat( "\n\"", 600000 ) ] );
		self::assertSame( 'item_too_large', $this->document( $id )['error']['code'] );
	}

	/**
	 * @dataProvider bad_arguments
	 */
	public function test_bad_arguments_are_named( string $command, array $args, string $name ): void {
		$result = $this->command_result( $command, $args );
		self::assertSame( 'invalid_field', $result['code'] ?? '' );
		self::assertStringStartsWith( $name . ':', $result['detail'] );
	}

	public function bad_arguments(): array {
		return [
			[ 'index', [], 'type' ],
			[ 'index', [ 'type' => [ 'post' ] ], 'type' ],
			[ 'index', [ 'type' => 'post', 'limit' => 201 ], 'limit' ],
			[ 'index', [ 'type' => 'post', 'limit' => 5001, 'fields' => 'ids' ], 'limit' ],
			[ 'index', [ 'type' => 'post', 'limit' => '5' ], 'limit' ],
			[ 'index', [ 'type' => 'post', 'fields' => 'all' ], 'fields' ],
			[ 'index', [ 'type' => 'post', 'after' => [ 1 ] ], 'after' ],
			[ 'index', [ 'type' => 'post', 'after' => [ '1', "1' OR 1=1" ] ], 'after' ],
			[ 'fetch', [], 'ids' ],
			[ 'fetch', [ 'ids' => [ 0 ] ], 'ids' ],
			[ 'fetch', [ 'ids' => range( 1, 101 ) ], 'ids' ],
			[ 'terms', [], 'taxonomy' ],
			[ 'terms', [ 'taxonomy' => 'category', 'limit' => 1001 ], 'limit' ],
		];
	}
}
