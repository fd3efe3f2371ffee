<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * `terms`.
 *
 * @group environment
 */
final class Terms_Test extends Content_Test_Case {

	public function test_terms_are_listed_once_in_the_order_of_ids_with_every_field(): void {
		$parent = wp_insert_term( 'Top', 'category', [ 'description' => 'About "it" & more' ] )['term_id'];
		$child  = wp_insert_term( 'A & B <C>', 'category', [ 'parent' => $parent, 'slug' => 'child' ] )['term_id'];
		$post   = self::make_post( [ 'post_type' => 'post' ] );
		wp_set_object_terms( $post, [ $child ], 'category' );

		$all = $this->run_command( 'terms', [ 'taxonomy' => 'category' ] );
		self::assertSame( [ null, false, count( $all['terms'] ) ], [ $all['next'], $all['unchanged'], $all['total'] ] );
		$by_id = array_column( $all['terms'], null, 'id' );
		self::assertSame( [ 'id' => $parent, 'name' => 'Top', 'slug' => 'top', 'parent' => 0, 'count' => 0, 'description' => 'About "it" &amp; more' ], $by_id[ $parent ] );
		self::assertSame( [ 'id' => $child, 'name' => 'A & B', 'slug' => 'child', 'parent' => $parent, 'count' => 1, 'description' => '' ], $by_id[ $child ] );
	}

	public function test_pages_cover_every_term_and_carry_the_same_etag(): void {
		for ( $i = 0; $i < 7; $i++ ) {
			$ids[] = wp_insert_term( "Term $i", self::KIND )['term_id'];
		}
		$seen  = [];
		$etags = [];
		$after = 0;
		do {
			$page    = $this->run_command( 'terms', [ 'taxonomy' => self::KIND, 'after' => $after, 'limit' => 3 ] );
			$seen    = array_merge( $seen, array_column( $page['terms'], 'id' ) );
			$etags[] = $page['etag'];
			$after   = $page['next'];
		} while ( null !== $after );
		self::assertSame( $ids, $seen );
		self::assertCount( 3, $etags );
		self::assertCount( 1, array_unique( $etags ) );
	}

	public function test_the_size_of_the_batch_ends_a_page(): void {
		foreach ( [ 'A', 'B', 'C' ] as $name ) {
			wp_insert_term( $name, self::KIND, [ 'description' => str_repeat( $name, 1000 ) ] );
		}
		$page = $this->run_command( 'terms', [ 'taxonomy' => self::KIND ], '', 2500 );
		self::assertSame( [ 2, $page['terms'][1]['id'] ], [ count( $page['terms'] ), $page['next'] ] );
		self::assertCount( 1, $this->run_command( 'terms', [ 'taxonomy' => self::KIND ], '', 10 )['terms'] );
	}

	public function test_unchanged_terms_are_not_sent_again(): void {
		$id    = wp_insert_term( 'One', self::KIND )['term_id'];
		$first = $this->run_command( 'terms', [ 'taxonomy' => self::KIND ] );
		$again = [ 'taxonomy' => self::KIND, 'if_etag' => $first['etag'] ];
		$same  = [ 'terms' => [], 'next' => null, 'total' => 1, 'etag' => $first['etag'], 'unchanged' => true ];
		self::assertSame( $same, $this->run_command( 'terms', $again ) );

		wp_set_object_terms( self::make_post(), [ $id ], self::KIND );
		self::assertTrue( $this->run_command( 'terms', $again )['unchanged'], 'Posts come and go.' );
		wp_update_term( $id, self::KIND, [ 'description' => 'New' ] );
		$changed = $this->run_command( 'terms', $again );
		self::assertFalse( $changed['unchanged'] );
		self::assertCount( 1, $changed['terms'] );
	}

	public function test_a_missing_or_private_taxonomy_is_named(): void {
		self::assertSame( 'unknown_type', $this->code_of( 'terms', [ 'taxonomy' => 'nonsense' ] ) );
		self::assertSame( 'unknown_type', $this->code_of( 'terms', [ 'taxonomy' => 'nav_menu' ] ) );
	}
}
