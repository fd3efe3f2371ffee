<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Connection\Identity;
use Igny8\Bridge\Content\Meta_Keys;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T55: the link between a post and its item can't be copied, stolen or doubled.
 *
 * @group environment
 */
final class Identity_Test extends Content_Test_Case {

	/**
	 * As plugins that duplicate posts do.
	 */
	private static function copy_of( int $id ): int {
		$post = get_post( $id, ARRAY_A );
		unset( $post['ID'], $post['guid'], $post['post_name'] );
		return self::with_meta_of( $id, (int) wp_insert_post( wp_slash( $post ) ) );
	}

	private static function with_meta_of( int $id, int $copy ): int {
		foreach ( get_post_meta( $id ) as $key => $values ) {
			foreach ( $values as $value ) {
				add_post_meta( $copy, $key, wp_slash( maybe_unserialize( $value ) ) );
			}
		}
		return $copy;
	}

	public function test_a_copy_names_no_item_whatever_its_meta(): void {
		$made = $this->create( [ 'title' => 'One' ], 'item_one' )['item'];
		$copy = self::copy_of( $made['id'] );
		self::assertSame( 'item_one', get_post_meta( $copy, Meta_Keys::ITEM, true ) );
		self::assertSame( [ 'item_one', null ], [ $this->document( $made['id'] )['item_id'], $this->document( $copy )['item_id'] ] );
	}

	public function test_a_repeated_create_answers_the_post_itself_and_not_a_copy_with_a_lower_id(): void {
		$below = self::make_post( [ 'post_title' => 'Older' ] );
		$made  = $this->create( [ 'title' => 'One' ], 'item_one' )['item'];
		self::with_meta_of( $made['id'], $below );
		$again = $this->create( [ 'title' => 'One' ], 'item_one' );
		self::assertSame( [ $made['id'], false, true ], [ $again['item']['id'], $again['created'], $again['is_linked'] ] );

		wp_delete_post( $made['id'], true );
		$anew = $this->create( [ 'title' => 'One' ], 'item_one' );
		self::assertTrue( $anew['created'] );
		self::assertNotSame( $below, $anew['item']['id'] );
		self::assertSame( 'Older', self::row( $below )['post_title'] );
	}

	public function test_a_copy_of_an_unfinished_post_is_finished(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half', 'meta' => [ 'place' => 'Hall' ] ], 'item_half' );
		list( $half ) = self::ids_with( 'Half' );
		self::assertTrue( $this->document( $half )['unfinished'] );
		$copy = self::copy_of( $half );
		self::assertSame( [ null, false ], [ $this->document( $copy )['item_id'], $this->document( $copy )['unfinished'] ] );

		$data = $this->create( [ 'title' => 'Half', 'meta' => [ 'place' => 'Hall' ] ], 'item_half' );
		self::assertSame( [ $half, true ], [ $data['item']['id'], $data['created'] ] );
		self::assertSame( [ 'Hall', '' ], [ get_post_meta( $half, 'place', true ), get_post_meta( $copy, 'place', true ) ] );
	}

	public function test_a_post_restored_under_a_new_id_is_another_post(): void {
		$made = $this->create( [ 'title' => 'One' ], 'item_one' )['item'];
		$copy = self::copy_of( $made['id'] );
		wp_delete_post( $made['id'], true );
		self::assertNull( $this->document( $copy )['item_id'] );
	}

	public function test_a_copy_of_a_post_in_the_trash_is_another_post(): void {
		$made = $this->create( [ 'title' => 'One', 'status' => 'publish' ], 'item_one' )['item'];
		wp_trash_post( $made['id'] );
		$copy = self::copy_of( $made['id'] );
		self::assertSame( [ 'item_one', null ], [ $this->document( $made['id'] )['item_id'], $this->document( $copy )['item_id'] ] );
		self::assertSame( $made['id'], $this->create( [ 'title' => 'One', 'status' => 'publish' ], 'item_one' )['item']['id'] );
	}

	/**
	 * An importer, a clone or a copy within a network may keep the post id as well.
	 */
	public function test_a_link_of_another_site_counts_nowhere_else(): void {
		$made = $this->create( [ 'title' => 'One' ], 'item_one' )['item'];
		$this->plugin->connection->establish( new Identity( 'site_2', 'Other', '' ), 'int_2' );
		self::assertNull( $this->document( $made['id'] )['item_id'] );
		$anew = $this->create( [ 'title' => 'One' ], 'item_one' );
		self::assertTrue( $anew['created'] );
		self::assertNotSame( $made['id'], $anew['item']['id'] );
	}

	public function test_meta_copied_onto_a_post_of_ours_does_not_replace_its_own(): void {
		$one = $this->create( [ 'title' => 'One' ], 'item_one' )['item']['id'];
		$two = $this->create( [ 'title' => 'Two' ], 'item_two' )['item']['id'];
		self::with_meta_of( $one, $two );
		self::assertSame( [ 'item_one', 'item_two' ], [ $this->document( $one )['item_id'], $this->document( $two )['item_id'] ] );
	}

	/**
	 * @dataProvider moments
	 */
	public function test_T51_a_create_that_ends_at_any_moment_makes_one_post( string $hook ): void {
		$fields = [ 'title' => 'Once', 'body' => 'Text', 'status' => 'publish', 'terms' => [ 'category' => [ 'News' ] ], 'meta' => [ '_yoast_wpseo_title' => 'SEO' ] ];
		$this->interrupt( $hook, $fields, 'item_once', 'post' );
		foreach ( self::ids_with( 'Once' ) as $half ) {
			self::assertSame( [ 'item_once', true ], [ $this->document( $half )['item_id'], $this->document( $half )['unfinished'] ] );
		}
		$data = $this->create( $fields, 'item_once', 'post' );
		self::assertSame( [ true, true, 'item_once', false ], [ $data['created'], $data['is_finished'], $data['item']['item_id'], $data['item']['unfinished'] ] );
		self::assertSame( [ $data['item']['id'] ], self::ids_with( 'Once' ) );
		self::assertSame( [ [ 'News' ], 'SEO' ], [ $data['item']['terms']['category'], $data['item']['meta']['_yoast_wpseo_title'] ] );
		self::assertStringStartsWith( home_url(), self::row( $data['item']['id'] )['guid'] );
	}

	public function moments(): array {
		return [
			'the row is there, nothing else'       => [ 'set_object_terms' ],
			'the link is being written'            => [ 'add_post_meta' ],
			'the link is written'                  => [ 'added_post_meta' ],
			'everything of WordPress is written'   => [ 'wp_insert_post' ],
			'before terms and meta are announced'  => [ 'wp_after_insert_post' ],
		];
	}

	public function test_a_create_leaves_no_guid_of_ours(): void {
		$made = $this->create( [ 'title' => 'One', 'status' => 'publish' ], 'item_one' )['item'];
		self::assertSame( get_permalink( $made['id'] ), self::row( $made['id'] )['guid'] );
	}

	public function test_somebody_who_trashed_an_unfinished_post_is_not_overruled(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half', 'status' => 'publish' ], 'item_half' );
		list( $half ) = self::ids_with( 'Half' );
		wp_trash_post( $half );
		$data = $this->create( [ 'title' => 'Half', 'status' => 'publish' ], 'item_half' );
		self::assertSame( [ $half, false, 'trash' ], [ $data['item']['id'], $data['is_finished'], $data['item']['status'] ] );
	}

	public function test_an_unfinished_post_that_is_written_by_its_id_is_finished(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half' ], 'item_half' );
		list( $half ) = self::ids_with( 'Half' );
		$known        = $this->document( $half );
		$trashed      = $this->change( $known, [], 'trash' );
		self::assertSame( [ true, false, 'trash' ], [ $known['unfinished'], $trashed['unfinished'], $trashed['status'] ] );
	}

	public function test_an_unfinished_post_that_somebody_has_open_waits(): void {
		$this->interrupt( 'save_post', [ 'title' => 'Half' ], 'item_half' );
		list( $half ) = self::ids_with( 'Half' );
		update_post_meta( $half, '_edit_lock', time() . ':1' );
		$args = [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'item_half', 'fields' => [ 'title' => 'Half' ] ];
		self::assertSame( 'post_locked', $this->code_of( 'apply', $args ) );
		delete_post_meta( $half, '_edit_lock' );
		self::assertSame( 'ok', $this->code_of( 'apply', $args ) );
	}
}
