<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Content\Sketch;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T27 and T28: `digest` sees rows changed by SQL, at a bounded cost.
 */
final class Digest_Test extends Content_Test_Case {

	private const VECTOR = '/////nleIVJBECFSQRA85mg5AAAAA/////55XiFSQRAhUkEQPOZoOQAAAAMAAAABhqDerb7v3q2+7zXZ7AMAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAP/////////u3cy7qpmIrf/ZXAAAAAEAAAAAAAEAESIzRFVmd6TAXWYAAAAB';

	private const POSTS = 3000;

	/** MB, for three thousand posts as for a million. */
	private const MOST_MEMORY = 24;

	/**
	 * @group environment
	 */
	public function test_the_sketch_covers_the_etags_of_all_documents(): void {
		$ids = [ self::make_post( [ 'post_title' => 'é 🎉', 'post_content' => self::NASTY ] ), self::make_post( [ 'post_status' => 'draft' ] ), self::make_post() ];
		wp_trash_post( $ids[2] );
		self::make_post( [ 'post_status' => 'auto-draft' ] );
		self::make_post( [ 'post_type' => 'post' ] );
		update_post_meta( $ids[0], 'plan', [ 'b' => 1.5, 'a' => [ true, null, 'é' ] ] );
		update_post_meta( $ids[0], '_thumbnail_id', self::make_image( 'Alt "é"' ) );
		wp_set_object_terms( $ids[0], [ 'R&D', 'Über' ], self::KIND );

		$sketch = new Sketch( 40 );
		foreach ( $ids as $id ) {
			$sketch->add( $id, $this->document( $id )['etag'] );
		}
		$digest = $this->digest( 40 );
		self::assertSame( $sketch->to_base64(), $digest['symbols'] );
		self::assertSame( 3, $digest['count'] );
		self::assertNull( $digest['next'] );
	}

	/**
	 * The same vector is in the API's tests (test/site/drift).
	 */
	public function test_symbols_equal_the_apis_bit_by_bit(): void {
		$sketch = new Sketch( 6 );
		$sketch->add( 1, '00112233445566778899aabbccddeeff' );
		$sketch->add( 281474976710655, 'ffeeddccbbaa99887766554433221100' );
		$sketch->add( 100000, 'deadbeefdeadbeefdeadbeefdeadbeef' );
		self::assertSame( self::VECTOR, $sketch->to_base64() );
	}

	/**
	 * @dataProvider changes
	 * @group environment
	 */
	public function test_T27_a_change_by_sql_shows_at_once( callable $change ): void {
		$id = self::make_post( [ 'post_title' => 'Before' ] );
		update_post_meta( $id, 'place', 'Here' );
		update_post_meta( $id, '_thumbnail_id', self::make_image( 'Alt' ) );
		wp_set_object_terms( $id, [ 'One' ], self::KIND );
		self::make_post();
		// Fills WordPress' caches with the old values.
		$this->document( $id );
		$before   = $this->digest( 1 );
		$modified = self::row( $id )['post_modified_gmt'] ?? '';
		$change( $id );
		$after = $this->digest( 1 );
		self::assertNotSame( $before['symbols'], $after['symbols'] );
		self::assertSame( $modified, self::row( $id )['post_modified_gmt'] ?? $modified );
	}

	public static function changes(): array {
		$posts = static function ( string $set ): callable {
			return static function ( int $id ) use ( $set ): void {
				global $wpdb;
				self::assertSame( 1, $wpdb->query( "UPDATE {$wpdb->posts} SET $set WHERE ID = $id" ) );
			};
		};
		$sql   = static function ( string $template ): callable {
			return static function ( int $id ) use ( $template ): void {
				global $wpdb;
				$image   = (int) $wpdb->get_var( "SELECT meta_value FROM {$wpdb->postmeta} WHERE post_id = $id AND meta_key = '_thumbnail_id'" );
				$changed = $wpdb->query( str_replace( [ '{meta}', '{links}', '{terms}', '{posts}', '{id}', '{image}' ], [ $wpdb->postmeta, $wpdb->term_relationships, $wpdb->terms, $wpdb->posts, $id, $image ], $template ) );
				self::assertGreaterThanOrEqual( 1, $changed );
			};
		};
		return [
			'title'             => [ $posts( "post_title = 'After'" ) ],
			'content'           => [ $posts( "post_content = 'After'" ) ],
			'excerpt'           => [ $posts( "post_excerpt = 'After'" ) ],
			'status'            => [ $posts( "post_status = 'draft'" ) ],
			'slug'              => [ $posts( "post_name = 'after'" ) ],
			'date'              => [ $posts( "post_date_gmt = '2001-01-01 00:00:00'" ) ],
			'parent'            => [ $posts( 'post_parent = 7' ) ],
			'author'            => [ $posts( 'post_author = 99' ) ],
			'type'              => [ $posts( "post_type = 'post'" ) ],
			'meta'              => [ $sql( "UPDATE {meta} SET meta_value = 'There' WHERE post_id = {id} AND meta_key = 'place'" ) ],
			'meta deleted'      => [ $sql( "DELETE FROM {meta} WHERE post_id = {id} AND meta_key = 'place'" ) ],
			'meta made'         => [ $sql( "INSERT INTO {meta} (post_id, meta_key, meta_value) VALUES ({id}, 'rank_math_title', 'New')" ) ],
			'term taken'        => [ $sql( 'DELETE FROM {links} WHERE object_id = {id}' ) ],
			'term renamed'      => [ $sql( "UPDATE {terms} SET name = 'Two' WHERE name = 'One'" ) ],
			'image taken'       => [ $sql( "DELETE FROM {meta} WHERE post_id = {id} AND meta_key = '_thumbnail_id'" ) ],
			'text of the image' => [ $sql( "UPDATE {meta} SET meta_value = 'Other' WHERE post_id = {image} AND meta_key = '_wp_attachment_image_alt'" ) ],
			'image deleted'     => [ $sql( 'DELETE FROM {posts} WHERE ID = {image}' ) ],
			'deleted'           => [ $sql( 'DELETE FROM {posts} WHERE ID = {id}' ) ],
		];
	}

	public function test_data_outside_of_documents_does_not_change_the_sketch(): void {
		$id     = self::make_post();
		$before = $this->digest( 1 );
		update_post_meta( $id, 'hidden', 'x' );
		self::set_columns( $id, [ 'post_modified_gmt' => '2030-01-01 00:00:00', 'comment_count' => 5, 'menu_order' => 3 ] );
		self::assertSame( $before, $this->digest( 1 ) );
	}

	/**
	 * @group environment
	 */
	public function test_sparse_and_dense_ids_give_the_same_result(): void {
		global $wpdb;

		$ids = [];
		for ( $i = 0; $i < 120; $i++ ) {
			$ids[] = self::make_post( [ 'post_title' => "Post $i" ] );
			update_post_meta( $ids[ $i ], 'place', "Place $i" );
			wp_set_object_terms( $ids[ $i ], [ 'Kind ' . $i % 3 ], self::KIND );
		}
		$read = function (): array {
			$sketch = new Sketch( 1 );
			$last   = 0;
			foreach ( $this->etags() as $id => $etag ) {
				$sketch->add( $id, $etag );
				$last = max( $last, $id );
			}
			self::assertSame( $sketch->to_base64(), $this->digest( 1 )['symbols'] );
			return [ $last ];
		};
		$read();
		$far = max( $ids ) + 1000000;
		foreach ( [ [ $wpdb->posts, 'ID' ], [ $wpdb->postmeta, 'post_id' ], [ $wpdb->term_relationships, 'object_id' ] ] as list( $table, $column ) ) {
			$wpdb->query( "UPDATE $table SET $column = $far WHERE $column = {$ids[60]}" );
		}
		wp_cache_flush();
		self::assertSame( [ $far ], $read() );
	}

	public function test_T28_thousands_of_posts_are_digested_in_little_memory_with_few_queries_and_in_parts(): void {
		global $wpdb;

		$this->fill();
		$this->digest( 1 );
		$queries = $wpdb->num_queries;
		$memory  = memory_get_usage();
		// Before PHP 8.2, the peak can't be reset and includes earlier tests.
		if ( function_exists( 'memory_reset_peak_usage' ) ) {
			memory_reset_peak_usage();
			$memory = memory_get_usage();
		}
		$whole = $this->digest( 64 );
		self::assertSame( self::POSTS, $whole['count'] );
		self::assertLessThanOrEqual( 10 * self::POSTS / 1000 + 5, $wpdb->num_queries - $queries );
		if ( function_exists( 'memory_reset_peak_usage' ) ) {
			self::assertLessThan( self::MOST_MEMORY, ( memory_get_peak_usage() - $memory ) / 1000000 );
		}

		$parts = [];
		$after = 0;
		do {
			$part    = $this->digest( 64, [ 'after' => $after ], 1 );
			$parts[] = $part;
			$after   = $part['next'];
		} while ( null !== $after );
		self::assertGreaterThan( 1, count( $parts ) );
		self::assertSame( self::POSTS, array_sum( array_column( $parts, 'count' ) ) );
		$sums = array_reduce(
			array_column( $parts, 'symbols' ),
			static function ( string $sum, string $symbols ): string {
				return $sum ^ self::sums( $symbols );
			},
			str_repeat( "\0", 64 * 18 )
		);
		self::assertSame( self::sums( $whole['symbols'] ), $sums );
	}

	private static function sums( string $symbols ): string {
		$sums = '';
		foreach ( str_split( base64_decode( $symbols ), 22 ) as $symbol ) {
			$sums .= substr( $symbol, 0, 18 );
		}
		return $sums;
	}

	/**
	 * @return array<int, string> Etags of all documents, by id.
	 */
	private function etags(): array {
		$items = [];
		$after = null;
		do {
			$page  = $this->run_command( 'index', [ 'type' => self::TYPE, 'after' => $after, 'limit' => 200, 'fields' => 'metadata' ] );
			$items = array_merge( $items, $page['items'] );
			$after = $page['next'];
		} while ( null !== $after );
		return array_column( $items, 'etag', 'id' );
	}

	private function digest( int $symbols, array $args = [], int $time_ms = 20000 ): array {
		$batch = [ [ 'id' => uniqid( 'cmd_' ), 'name' => 'digest', 'args' => $args + [ 'type' => self::TYPE, 'symbols' => $symbols ] ] ];
		do {
			// A millisecond can pass before the command starts.
			$result = json_decode( $this->plugin->executor->execute( $batch, new Context( $time_ms, 10000000 ) ), true )['results'][0];
		} while ( 'not_reached' === ( $result['code'] ?? '' ) );
		self::assertTrue( $result['ok'], ( $result['code'] ?? '' ) . ': ' . ( $result['detail'] ?? '' ) );
		return $result['data'];
	}

	private function fill(): void {
		global $wpdb;

		$type  = self::TYPE;
		$names = 'post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, post_status, post_name, post_modified, post_modified_gmt, post_type, to_ping, pinged, post_content_filtered';
		$time  = '2024-01-01 00:00:00';
		$body  = str_repeat( 'Some words of a text. ', 100 );
		for ( $i = 0; $i < self::POSTS; $i += 500 ) {
			$rows = array_fill( 0, 500, "( 1, '$time', '$time', '$body', 'Post', '', 'publish', 'post', '$time', '$time', '$type', '', '', '' )" );
			$wpdb->query( "INSERT INTO {$wpdb->posts} ($names) VALUES " . implode( ',', $rows ) );
		}
		$wpdb->query( "INSERT INTO {$wpdb->postmeta} (post_id, meta_key, meta_value) SELECT ID, 'place', 'Somewhere' FROM {$wpdb->posts} WHERE post_type = '$type'" );
		wp_cache_flush();
	}
}
