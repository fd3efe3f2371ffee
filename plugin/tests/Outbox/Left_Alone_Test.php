<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

require_once __DIR__ . '/Outbox_Test_Case.php';

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Editor\Save_Context;
use Igny8\Bridge\Publishing\Overdue_Posts;
use Igny8\Bridge\Support\Settings;
use Igny8\Bridge\Support\Uninstaller;

/**
 * A post that somebody has IGNY8 leave alone is neither read nor written, whatever IGNY8 asks.
 *
 * @group environment
 */
final class Left_Alone_Test extends Outbox_Test_Case {

	protected function setUp(): void {
		parent::setUp();
		wp_set_current_user( 1 );
	}

	public function test_it_is_not_read_and_not_taken_for_deleted(): void {
		$id    = self::make_post( [ 'post_title' => 'Mine' ] );
		$other = self::make_post( [ 'post_title' => 'Shared' ] );
		$this->leave_alone( $id );
		$fetched = $this->run_command( 'fetch', [ 'ids' => [ $id, $other, 99999999 ] ] );
		self::assertSame( [ [ $other ], [ 99999999 ], [ $id ], [ $id ] ], [ array_column( $fetched['items'], 'id' ), $fetched['missing'], $fetched['denied'], $fetched['left_alone'] ] );
		self::assertStringNotContainsString( 'Mine', (string) wp_json_encode( $fetched ) );
	}

	public function test_no_list_and_no_sketch_has_it_and_they_agree_on_their_number(): void {
		$ids = [ self::make_post(), self::make_post(), self::make_post() ];
		$this->leave_alone( $ids[1] );
		foreach ( [ 'full', 'metadata', 'ids' ] as $fields ) {
			$seen  = [];
			$after = null;
			do {
				$page  = $this->run_command( 'index', [ 'type' => self::TYPE, 'fields' => $fields, 'limit' => 1, 'after' => $after ] );
				$seen  = array_merge( $seen, array_column( $page['items'], 'id' ) );
				$after = $page['next'];
				self::assertSame( 2, $page['total'], $fields );
			} while ( null !== $after );
			self::assertSame( [ $ids[0], $ids[2] ], $seen, $fields );
		}
		self::assertSame( 2, $this->run_command( 'digest', [ 'type' => self::TYPE, 'symbols' => 4 ] )['count'] );
		self::assertSame( 3, $this->run_command( 'counts', [ 'post_types' => [ self::TYPE ] ] )['post_types'][ self::TYPE ], 'What wp-admin shows under “All” is no secret.' );
	}

	public function test_many_are_found_as_well(): void {
		$this->leave_alone( $left = self::make_post() );
		self::assertSame( [ $left => true ], ( new Left_Alone() )->among( range( max( 1, $left - 2000 ), $left + 10 ) ) );
	}

	public function test_nothing_writes_it(): void {
		$id   = self::make_post( [ 'post_title' => 'Mine' ] );
		$seen = $this->document( $id );
		$this->leave_alone( $id );
		foreach ( [ 'update', 'trash', 'untrash', 'delete' ] as $op ) {
			self::assertSame( 'post_left_alone', $this->apply( $op, $seen, 'delete' === $op ? [] : [ 'title' => 'Theirs' ] )['code'] ?? 'ok', $op );
		}
		self::assertSame( [ 'Mine', 'publish' ], [ self::row( $id )['post_title'], self::row( $id )['post_status'] ] );
	}

	public function test_a_repeated_create_makes_no_second_post_and_names_none_as_gone(): void {
		$create = [ 'op' => 'create', 'type' => self::TYPE, 'item_id' => 'item_left', 'fields' => [ 'title' => 'From there' ] ];
		$id     = $this->run_command( 'apply', $create, 'cmd_left' )['item']['id'];
		$this->leave_alone( $id );
		self::assertSame( 'post_left_alone', $this->command_result( 'apply', $create, 'cmd_left' )['code'] ?? 'ok', 'The same command.' );
		self::assertSame( 'post_left_alone', $this->command_result( 'apply', $create, 'cmd_again' )['code'] ?? 'ok', 'The same item.' );
		self::assertSame( [ $id ], self::ids_with( 'From there' ) );
	}

	public function test_a_repeated_update_does_not_look_like_a_deletion(): void {
		$id   = self::make_post( [ 'post_title' => 'Before' ] );
		$args = self::apply_args( 'update', $this->document( $id ), [ 'title' => 'After' ] );
		$this->run_command( 'apply', $args, 'cmd_update' );
		$this->leave_alone( $id );
		self::assertSame( 'post_left_alone', $this->command_result( 'apply', $args, 'cmd_update' )['code'] ?? 'ok' );
	}

	public function test_an_image_that_is_left_alone_keeps_its_alternative_text(): void {
		$image = self::make_image( 'Mine' );
		$post  = self::make_post();
		$this->leave_alone( $image );
		$result = $this->apply( 'update', $this->document( $post ), [ 'featured' => [ 'id' => $image, 'alt' => 'Theirs' ] ] );
		self::assertSame( 'image_left_alone', $result['code'] ?? 'ok' );
		self::assertSame( 'Mine', get_post_meta( $image, '_wp_attachment_image_alt', true ) );
	}

	public function test_of_its_changes_nothing_is_told_but_that_there_is_something_to_ask_for(): void {
		$id = $this->make_known_post();
		wp_update_post( [ 'ID' => $id, 'post_title' => 'Changed before' ] );
		$this->leave_alone( $id );
		self::assertSame( [ "metadata $id" ], self::rows() );
		$this->api_accepts();
		$this->send();
		$told = $this->api->last_body( 'POST', self::METADATA );
		self::assertSame( [ 'post.metadata', $id, self::TYPE, null ], [ $told['event'], $told['post_id'], $told['post_type'], $told['status'] ] );
		self::assertSame( [], self::rows() );

		wp_update_post( [ 'ID' => $id, 'post_title' => 'Private matter', 'post_status' => 'draft' ] );
		update_post_meta( $id, 'place', 'Here' );
		wp_set_object_terms( $id, [ 'Secret' ], self::KIND );
		wp_trash_post( $id );
		wp_untrash_post( $id );
		$this->end_request();
		self::assertSame( [], self::rows() );
	}

	public function test_the_time_of_its_change_is_not_told_either(): void {
		$id = $this->make_known_post();
		self::set_columns( $id, [ 'post_modified_gmt' => '2001-02-03 04:05:06' ] );
		$this->leave_alone( $id );
		$this->api_accepts();
		$this->send();
		self::assertStringNotContainsString( '2001', $this->api->last_body( 'POST', self::METADATA )['modified_gmt'] );
	}

	public function test_that_it_is_deleted_is_told(): void {
		$id = $this->make_known_post();
		$this->leave_alone( $id );
		$this->end_request();
		self::forget_rows();
		wp_delete_post( $id, true );
		$this->end_request();
		self::assertSame( [ "deleted $id" ], self::rows() );
	}

	public function test_synced_again_it_is_as_any_other_post_and_told(): void {
		$id     = $this->make_known_post( [ 'post_title' => 'Mine' ] );
		$before = $this->document( $id );
		$this->leave_alone( $id );
		$this->end_request();
		self::forget_rows();
		self::assertTrue( $this->plugin->authoring->panel->actions->sync_again( get_post( $id ) ) );
		self::assertSame( [ "status $id" ], self::rows() );
		self::assertSame( $before, $this->document( $id ) );
		self::assertSame( 'Agreed', $this->change( $before, [ 'title' => 'Agreed' ] )['title'] );
		self::assertFalse( $this->plugin->authoring->panel->actions->sync_again( get_post( $id ) ), 'Once.' );
	}

	public function test_a_copy_of_it_is_left_alone_as_well(): void {
		$id = self::make_post();
		$this->leave_alone( $id );
		$copy = self::make_post();
		foreach ( get_post_meta( $id ) as $key => $values ) {
			add_post_meta( $copy, $key, $values[0] );
		}
		self::assertTrue( ( new Left_Alone() )->has( $copy ) );
	}

	public function test_a_missed_schedule_of_it_stays_wordpress_own_matter(): void {
		$id = self::make_post( [ 'post_status' => 'future', 'post_date' => '2036-01-01 00:00:00' ] );
		self::set_columns( $id, [ 'post_status' => 'future', 'post_date' => gmdate( 'Y-m-d H:i:s', time() - 3600 ), 'post_date_gmt' => gmdate( 'Y-m-d H:i:s', time() - 3600 ) ] );
		self::assertContains( $id, array_column( ( new Overdue_Posts() )->find(), 'id' ) );
		$this->leave_alone( $id );
		self::assertNotContains( $id, array_column( ( new Overdue_Posts() )->find(), 'id' ) );
	}

	public function test_the_editor_says_nothing_of_igny8s_version_of_it(): void {
		$id = self::make_post( [ 'post_type' => 'post', 'post_title' => 'Mine' ] );
		$this->change( $this->document( $id ), [ 'title' => 'Theirs' ] );
		wp_set_current_user( 1 );
		self::assertSame( 'newer', $this->plugin->editor->actions->state( $id, 0 )['kind'] );
		$this->leave_alone( $id );
		self::assertSame( '', $this->plugin->editor->actions->state( $id, 0 )['kind'] );
		$this->plugin->editor->watcher->begin( new Save_Context( $id, [ 'seen' => 0 ] ) );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'Mine again' ] );
		self::assertSame( '', get_post_meta( $id, '_igny8_stale_save', true ) );
	}

	public function test_the_choice_outlives_the_connection_but_not_the_plugin(): void {
		$id = self::make_post();
		$this->leave_alone( $id );
		$this->plugin->disconnector->disconnect();
		( new Uninstaller() )->clean_site( [ Settings::OPTION ] );
		self::assertTrue( ( new Left_Alone() )->has( $id ) );
		( new Uninstaller() )->clean_site();
		self::assertFalse( ( new Left_Alone() )->has( $id ) );
		// MariaDB ended the transaction when the tables were dropped.
		wp_delete_post( $id, true );
	}

	private function leave_alone( int $id ): void {
		self::assertTrue( $this->plugin->authoring->panel->actions->leave_alone( get_post( $id ) ) );
		self::assertSame( 1, ( new Left_Alone() )->decision( $id )['user_id'] );
		self::assertFalse( $this->plugin->authoring->panel->actions->leave_alone( get_post( $id ) ), 'Once.' );
	}
}
