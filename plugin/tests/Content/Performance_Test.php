<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T34 for content: the number of queries of a page does not grow with its posts' terms, meta, authors and images.
 */
final class Performance_Test extends Content_Test_Case {

	private const POSTS = 10000;

	private const FIRST_S = 1704067200;

	/**
	 * Same for every size of page and site. URLs of images take a query of their own, because digests read only the
	 * texts.
	 */
	private const MOST_QUERIES = 19;

	protected function setUp(): void {
		parent::setUp();
		$this->fill();
	}

	public function test_a_page_of_a_hundred_whole_posts_out_of_ten_thousand_is_quick(): void {
		$this->plugin->settings->save_switches( true, true );
		$this->page( null );
		foreach ( [ null, [ self::FIRST_S + 50, 0 ] ] as $after ) {
			$ours  = INF;
			$plain = INF;
			for ( $i = 0; $i < 7; $i++ ) {
				$plain = min( $plain, $this->seconds( static fn(): array => self::plain_posts() ) );
				$read  = function () use ( $after, &$page, &$queries ): void {
					global $wpdb;
					$before  = $wpdb->num_queries;
					$page    = $this->page( $after );
					$queries = $wpdb->num_queries - $before;
				};
				$ours  = min( $ours, $this->seconds( $read ) );
				self::assertLessThanOrEqual( self::MOST_QUERIES, $queries );
			}
			self::assertCount( 100, $page['items'] );
			self::assertSame( self::POSTS, $page['total'] );
			self::assertSame( [ 'Kind 1', 'Kind 2' ], $page['items'][50]['terms'][ self::KIND ] );
			self::assertSame( 'Somewhere', $page['items'][50]['meta']['place'] );
			self::assertNotNull( $page['items'][50]['featured'] );
			self::assertLessThan( 4.0, $ours / $plain );
		}
	}

	public function test_a_full_listing_scans_the_table_a_few_times_and_misses_nothing(): void {
		$walks = 0;
		add_filter(
			'query',
			static function ( string $query ) use ( &$walks ): string {
				$walks += (int) ( false !== strpos( $query, 'ORDER BY post_modified_gmt' ) );
				return $query;
			}
		);
		$seen  = [];
		$after = null;
		do {
			$page  = $this->run_command( 'index', [ 'type' => self::TYPE, 'after' => $after, 'limit' => 200, 'fields' => 'metadata' ] );
			$seen  = array_merge( $seen, array_column( $page['items'], 'id' ) );
			$after = $page['next'];
			if ( 600 === count( $seen ) ) {
				wp_update_post( [ 'ID' => $seen[0], 'post_title' => 'Edited meanwhile' ] );
				$edited = $seen[0];
				wp_delete_post( $seen[0] + 5000, true );
			}
		} while ( null !== $after );
		self::assertCount( self::POSTS, $seen, 'One was deleted, one was met twice.' );
		self::assertSame( $edited, end( $seen ) );
		self::assertCount( self::POSTS - 1, array_unique( $seen ) );
		self::assertLessThanOrEqual( 5, $walks );
	}

	public function test_the_number_of_queries_does_not_grow_with_the_page(): void {
		global $wpdb;

		$this->page( null );
		$counts = [];
		foreach ( [ 2, 100 ] as $limit ) {
			wp_cache_flush();
			wp_load_alloptions();
			$before = $wpdb->num_queries;
			$this->run_command( 'index', [ 'type' => self::TYPE, 'limit' => $limit ] );
			$counts[] = $wpdb->num_queries - $before;
		}
		self::assertSame( $counts[0], $counts[1] );
	}

	public function test_ids_of_five_thousand_posts_are_two_queries(): void {
		global $wpdb;

		// As on a site whose owner has saved the settings: WordPress loads them with all other options.
		$this->plugin->settings->save_switches( true, true );
		$this->page( null );
		wp_cache_flush();
		wp_load_alloptions();
		$before = $wpdb->num_queries;
		$page   = $this->run_command( 'index', [ 'type' => self::TYPE, 'limit' => 5000, 'fields' => 'ids' ] );
		self::assertLessThanOrEqual( 2, $wpdb->num_queries - $before );
		self::assertCount( 5000, $page['items'] );
	}

	private function page( ?array $after ): array {
		return $this->run_command( 'index', [ 'type' => self::TYPE, 'after' => $after, 'limit' => 100 ] );
	}

	/**
	 * Reads as many posts with terms and meta through WordPress itself.
	 */
	private static function plain_posts(): array {
		return get_posts(
			[
				'post_type'   => self::TYPE,
				'post_status' => 'any',
				'numberposts' => 100,
				'orderby'     => 'modified',
				'order'       => 'ASC',
			]
		);
	}

	/**
	 * Duration of a task with empty caches.
	 */
	private function seconds( callable $work ): float {
		wp_cache_flush();
		wp_load_alloptions();
		$started = microtime( true );
		$work();
		return microtime( true ) - $started;
	}

	/**
	 * A hundred posts, and copies of them with other times.
	 */
	private function fill(): void {
		global $wpdb;

		$type  = self::TYPE;
		$body  = esc_sql( str_repeat( "<!-- wp:paragraph --><p>Some words of a text.</p><!-- /wp:paragraph -->\n", 40 ) );
		$image = self::make_image( 'Alt' );
		$terms = [ wp_insert_term( 'Kind 1', self::KIND ), wp_insert_term( 'Kind 2', self::KIND ) ];
		$time  = gmdate( 'Y-m-d H:i:s', self::FIRST_S );
		$names = 'post_author, post_date, post_date_gmt, post_content, post_title, post_excerpt, post_status, post_name, post_modified, post_modified_gmt, post_type, to_ping, pinged, post_content_filtered';
		$posts = [];
		for ( $i = 0; $i < 100; $i++ ) {
			$posts[] = "( 1, '$time', '$time', '$body', 'Post $i', '', 'publish', 'post-$i', '$time', '$time', '$type', '', '', '' )";
		}
		$wpdb->query( "INSERT INTO {$wpdb->posts} ($names) VALUES " . implode( ',', $posts ) );
		$last = (int) $wpdb->get_var( "SELECT MAX(ID) FROM {$wpdb->posts}" );
		for ( $i = 1; $i < self::POSTS / 100; $i++ ) {
			$later  = gmdate( 'Y-m-d H:i:s', self::FIRST_S + $i );
			$values = str_replace( 'post_modified, post_modified_gmt', "'$later', '$later'", $names );
			$wpdb->query( "INSERT INTO {$wpdb->posts} ($names) SELECT $values FROM {$wpdb->posts} WHERE post_type = '$type' AND ID <= $last" );
		}
		foreach ( $terms as $term ) {
			$wpdb->query( "INSERT INTO {$wpdb->term_relationships} (object_id, term_taxonomy_id, term_order) SELECT ID, {$term['term_taxonomy_id']}, 0 FROM {$wpdb->posts} WHERE post_type = '$type'" );
		}
		foreach ( [ 'place' => 'Somewhere', '_thumbnail_id' => $image, '_elementor_data' => 'x' ] as $key => $value ) {
			$wpdb->query( "INSERT INTO {$wpdb->postmeta} (post_id, meta_key, meta_value) SELECT ID, '$key', '$value' FROM {$wpdb->posts} WHERE post_type = '$type'" );
		}
		wp_cache_flush();
	}
}
