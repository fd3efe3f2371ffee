<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T25 and T5 on old or badly configured databases.
 *
 * @group environment
 */
final class Odd_Database_Test extends Content_Test_Case {

	/** @var array<string, string> Property of $wpdb => table. */
	private array $tables = [];

	protected function tearDown(): void {
		global $wpdb;

		foreach ( $this->tables as $property => $table ) {
			$wpdb->$property = $table;
		}
		parent::tearDown();
	}

	public function test_invalid_utf_8_fails_only_its_own_post(): void {
		global $wpdb;

		if ( ! self::is_sqlite() ) {
			$this->put_in_place_of( 'posts', 'MODIFY post_content longblob NOT NULL' );
		}
		$ids = [ self::make_post(), self::make_post() ];
		// Bypasses $wpdb's methods, which would refuse the bytes, in the way of each database.
		foreach ( self::is_sqlite() ? [ "CAST( X'62726fff6b656e' AS CHAR )", "'bro\xffken'" ] : [ "X'62726fff6b656e'" ] as $bytes ) {
			if ( "bro\xffken" !== self::row( $ids[0] )['post_content'] ) {
				$wpdb->query( "UPDATE {$wpdb->posts} SET post_content = $bytes WHERE ID = {$ids[0]}" );
			}
		}
		clean_post_cache( $ids[0] );
		foreach ( [ 'full', 'metadata' ] as $fields ) {
			$items = $this->run_command( 'index', [ 'type' => self::TYPE, 'fields' => $fields ] )['items'];
			self::assertSame( [ $ids[0], null, 'invalid_utf8' ], [ $items[0]['id'], $items[0]['etag'], $items[0]['error']['code'] ] );
			self::assertStringStartsWith( 'body:', $items[0]['error']['detail'] );
			self::assertSame( $ids[1], $items[1]['id'] );
			self::assertNotNull( $items[1]['etag'] );
		}
		self::assertSame( 'not_in_trash', $this->apply( 'delete', $items[0] )['code'] );
		self::set_columns( $ids[0], [ 'post_status' => 'trash' ] );
		$gone = $this->apply( 'delete', $items[0] );
		self::assertSame( [ 'applied', null ], [ $gone['data']['outcome'], $gone['data']['item'] ] );
	}

	/**
	 * @dataProvider four_byte_texts
	 */
	public function test_characters_that_three_byte_columns_cannot_store_are_refused_and_nothing_is_written( array $fields, string $name ): void {
		$this->need_mariadb();
		$this->put_in_place_of( 'posts', 'CONVERT TO CHARACTER SET utf8' );
		$this->put_in_place_of( 'postmeta', 'CONVERT TO CHARACTER SET utf8' );
		$this->put_in_place_of( 'terms', 'CONVERT TO CHARACTER SET utf8' );

		$made   = $this->create( [ 'title' => 'Plain é ✓', 'body' => 'ü', 'terms' => [ self::KIND => [ 'Old' ] ], 'meta' => [ 'place' => 'Here' ] ] )['item'];
		$before = [ self::row( $made['id'] ), $this->terms() ];
		$result = $this->apply( 'update', $made, $fields );
		self::assertContains( $result['code'] ?? 'applied', [ 'not_storable', 'content_altered' ] );
		self::assertStringStartsWith( $name . ':', $result['detail'] );
		self::assertSame( $before, [ self::row( $made['id'] ), $this->terms() ] );
		self::assertSame( $made, $this->document( $made['id'] ) );

		$count  = wp_count_posts( self::TYPE );
		$result = $this->command_result( 'apply', [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'item_narrow', 'fields' => $fields ] );
		wp_cache_flush();
		self::assertContains( $result['code'], [ 'not_storable', 'content_altered' ] );
		self::assertEquals( $count, wp_count_posts( self::TYPE ) );
		self::assertSame( $before[1], $this->terms() );
	}

	public function four_byte_texts(): array {
		return [
			'an emoji, for which WordPress writes an entity' => [ [ 'title' => 'Party 🎉' ], 'title' ],
			'a letter that is no emoji'                      => [ [ 'body' => 'x 𝒳 x' ], 'body' ],
			'in the excerpt'                                 => [ [ 'excerpt' => '𠀀' ], 'excerpt' ],
			'in meta'                                        => [ [ 'meta' => [ 'place' => '🎉' ] ], 'meta.place' ],
			'deep in meta'                                   => [ [ 'meta' => [ 'plan' => [ 'a' => [ '🎉' ] ] ] ], 'meta.plan' ],
			'in a new term, beside a good one'               => [ [ 'title' => 'T', 'terms' => [ self::KIND => [ 'Good', 'Bad 🎉' ] ] ], 'terms.' . self::KIND ],
		];
	}

	public function test_a_text_longer_than_its_column_is_refused(): void {
		$this->need_mariadb();
		$made   = $this->create( [ 'title' => 'Short' ] )['item'];
		$result = $this->apply( 'update', $made, [ 'title' => str_repeat( 'x', 70000 ) ] );
		self::assertContains( $result['code'] ?? 'applied', [ 'not_storable', 'content_altered' ] );
		self::assertSame( $made, $this->document( $made['id'] ) );
	}

	/**
	 * An altered copy of a table. It is dropped with the plugin's tables.
	 */
	private function put_in_place_of( string $property, string $alteration ): void {
		global $wpdb;

		$wpdb->query( 'ROLLBACK' );
		$table = $wpdb->prefix . 'igny8_odd_' . $property;
		$wpdb->query( "CREATE TABLE $table LIKE {$wpdb->$property}" );
		$wpdb->query( "ALTER TABLE $table $alteration" );
		$wpdb->query( "INSERT INTO $table SELECT * FROM {$wpdb->$property}" );
		$this->tables[ $property ] = $wpdb->$property;
		$wpdb->$property           = $table;
		$wpdb->query( 'START TRANSACTION' );
		wp_cache_flush();
		$this->connect();
	}

	private function need_mariadb(): void {
		if ( self::is_sqlite() ) {
			self::markTestSkipped( 'SQLite has one charset and no lengths.' );
		}
	}

	private function terms(): array {
		global $wpdb;
		return $wpdb->get_col( "SELECT name FROM {$wpdb->terms} ORDER BY term_id" );
	}
}
