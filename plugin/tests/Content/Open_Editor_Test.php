<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Content;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Editor\Ancestry;
use Igny8\Bridge\Editor\Comparison;
use Igny8\Bridge\Editor\Editor_Actions;
use Igny8\Bridge\Editor\Save_Context;
use WP_REST_Request;

require_once __DIR__ . '/Content_Test_Case.php';

/**
 * T57: posts that are open in WordPress' editors while IGNY8 writes.
 *
 * @group environment
 */
final class Open_Editor_Test extends Content_Test_Case {

	private const OLD = "First words of the old text.\n\nSecond paragraph, unchanged.";

	private const OURS = "First words, written by IGNY8.\n\nSecond paragraph, unchanged.";

	private int $post = 0;

	protected function setUp(): void {
		parent::setUp();
		wp_set_current_user( 1 );
		$this->post = self::make_post( [ 'post_type' => 'post', 'post_title' => 'Old title', 'post_content' => self::OLD ] );
	}

	/**
	 * What a page knows that is rendered now.
	 */
	private function seen(): int {
		global $wpdb;
		return (int) $wpdb->get_var( 'SELECT MAX(id) FROM ' . Tables::writes() );
	}

	private function igny8_writes( array $fields = [ 'body' => self::OURS ] ): array {
		$document = $this->change( $this->document( $this->post ), $fields );
		wp_set_current_user( 1 );
		return $document;
	}

	/**
	 * Saves as the block editor does.
	 *
	 * @param int|null $seen Null: the script is not there.
	 */
	private function rest_save( array $fields, ?int $seen, int $keep = 0 ): void {
		$request = new WP_REST_Request( 'PUT', '/wp/v2/posts/' . $this->post );
		$request->set_body_params( $fields + ( null === $seen ? [] : [ Save_Context::FIELD => [ 'seen' => $seen, 'keep' => $keep ] ] ) );
		$response = rest_do_request( $request );
		self::assertSame( 200, $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
	}

	/**
	 * Saves as the form of the classic editor or of quick edit does.
	 *
	 * @param int|null $seen Null: the form is from before the plugin's update.
	 */
	private function form_save( array $fields, ?int $seen, string $action = 'load-post.php' ): void {
		$row   = self::row( $this->post );
		$_POST = wp_slash(
			$fields + [
				'post_ID'      => (string) $this->post,
				'post_type'    => 'post',
				'post_title'   => $row['post_title'],
				'content'      => $row['post_content'],
				'post_status'  => $row['post_status'],
				'action'       => 'editpost',
			] + ( null === $seen ? [] : [ Save_Context::FIELD => [ 'seen' => (string) $seen, 'keep' => '0' ] ] )
		);
		do_action( $action );
		edit_post();
		$_POST = [];
	}

	private function act( string $what, array $more = [], int $seen = 0 ): array {
		return $this->plugin->editor->actions->run( $more + [ 'do' => $what, 'post' => $this->post, 'seen' => $seen, 'nonce' => Editor_Actions::nonce( $this->post ) ] );
	}

	private function stale_save(): ?array {
		return $this->document( $this->post )['stale_save'] ?? null;
	}

	/**
	 * @return string[] Bodies of the revisions.
	 */
	private function revisions(): array {
		return array_values( wp_list_pluck( wp_get_post_revisions( $this->post, [ 'check_enabled' => false ] ), 'post_content' ) );
	}

	public function test_T57_a_block_editor_opened_before_our_write_saves_and_both_texts_are_kept(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		self::assertNull( $this->stale_save() );

		$this->rest_save( [ 'content' => self::OLD . ' More.' ], $seen );
		self::assertSame( self::OLD . ' More.', self::row( $this->post )['post_content'] );
		$save = $this->stale_save();
		self::assertSame( [ true, false, [ 'body' => self::OLD ] ], [ $save['certain'], $save['kept'], $save['base'] ] );
		self::assertSame( [ get_userdata( 1 )->display_name, true ], [ $save['by'], $save['at'] >= time() - 5 ] );
		self::assertContains( self::OURS, $this->revisions() );
	}

	public function test_T57_an_editor_opened_after_our_write_knows_it(): void {
		$this->igny8_writes();
		$this->rest_save( [ 'content' => self::OLD ], $this->seen() );
		self::assertNull( $this->stale_save() );
	}

	public function test_T57_a_save_that_leaves_our_fields_alone_is_a_plain_change(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'title' => 'New title' ], $seen );
		self::assertNull( $this->stale_save() );
		self::assertSame( self::OURS, self::row( $this->post )['post_content'] );
	}

	public function test_T57_the_classic_editors_form_and_quick_edit_send_old_values_along(): void {
		$seen = $this->seen();
		$this->igny8_writes( [ 'title' => 'Title of IGNY8', 'body' => self::OURS, 'excerpt' => 'Ours' ] );
		$this->form_save( [ 'post_title' => 'Old title', 'content' => self::OLD . ' More.', 'excerpt' => '' ], $seen );
		$save = $this->stale_save();
		self::assertTrue( $save['certain'] );
		self::assertSame( [ 'title' => 'Old title', 'body' => self::OLD, 'excerpt' => '' ], array_intersect_key( $save['base'], [ 'title' => 1, 'body' => 1, 'excerpt' => 1 ] ) );

		delete_post_meta( $this->post, '_edit_lock' );
		$seen = $this->seen();
		$this->igny8_writes( [ 'title' => 'Again of IGNY8' ] );
		self::assertNull( $this->stale_save(), 'Our write knew the save before it.' );
		$this->form_save( [ 'post_title' => 'Title of IGNY8' ], $seen, 'wp_ajax_inline-save' );
		self::assertSame( [ 'title' ], array_keys( $this->stale_save()['base'] ) );
	}

	public function test_T57_a_chain_of_our_writes_is_compared_with_what_the_editor_was_opened_with(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->igny8_writes( [ 'body' => self::OURS . ' Twice.', 'title' => 'Ours' ] );
		$this->rest_save( [ 'content' => self::OLD . ' More.' ], $seen );
		self::assertEquals( [ 'body' => self::OLD, 'title' => 'Old title' ], array_intersect_key( $this->stale_save()['base'], [ 'body' => 1, 'title' => 1 ] ) );
	}

	public function test_T57_a_save_that_another_plugin_interrupts_is_recognised_all_the_same(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->plugin->editor->watcher->begin( new Save_Context( $this->post, [ 'seen' => $seen ] ) );
		self::set_columns( $this->post, [ 'post_content' => self::OLD . ' More.' ] );
		// IGNY8 may fetch the post before the request has ended.
		self::assertSame( [ 'body' => self::OLD ], $this->stale_save()['base'] );
		$first = $this->stale_save()['id'];
		$this->plugin->editor->watcher->finish_all();
		self::assertNotSame( $first, $this->stale_save()['id'] );
	}

	public function test_T57_a_save_that_WordPress_refuses_leaves_nothing(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		wp_set_current_user( 0 );
		$request = new WP_REST_Request( 'PUT', '/wp/v2/posts/' . $this->post );
		$request->set_body_params( [ 'content' => 'x', Save_Context::FIELD => [ 'seen' => $seen ] ] );
		self::assertSame( 401, rest_do_request( $request )->get_status() );
		$this->plugin->editor->watcher->finish_all();
		self::assertNull( $this->stale_save() );
	}

	public function test_T57_without_our_script_the_texts_tell(): void {
		$this->igny8_writes();
		$this->rest_save( [ 'content' => self::OLD . ' More.' ], null );
		$save = $this->stale_save();
		self::assertSame( [ false, [ 'body' => self::OLD ] ], [ $save['certain'], $save['base'] ] );
		self::assertContains( self::OURS, $this->revisions() );
	}

	public function test_T57_without_our_script_a_text_made_from_ours_is_a_plain_change_and_so_is_a_status(): void {
		$this->igny8_writes( [ 'body' => self::OURS, 'status' => 'draft' ] );
		$this->rest_save( [ 'content' => self::OURS . ' More.', 'status' => 'publish' ], null );
		self::assertNull( $this->stale_save() );
	}

	public function test_T57_a_restored_revision_and_a_program_know_what_they_do(): void {
		$this->igny8_writes();
		wp_update_post( [ 'ID' => $this->post, 'post_content' => self::OLD ] );
		self::assertNull( $this->stale_save() );
	}

	public function test_T57_after_the_person_was_told_further_saves_are_plain(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'content' => self::OLD . ' More.' ], $seen );
		$told = $this->stale_save();
		$this->rest_save( [ 'content' => self::OLD . ' More and more.' ], $seen );
		self::assertSame( $told, $this->stale_save() );
	}

	public function test_T57_our_text_is_kept_where_the_site_has_no_revisions_and_the_person_may_not_write_its_HTML(): void {
		add_filter( 'wp_revisions_to_keep', '__return_zero' );
		$author = (int) wp_insert_user( [ 'user_login' => 'author', 'user_pass' => 'x', 'role' => 'author' ] );
		self::set_columns( $this->post, [ 'post_author' => $author ] );
		$seen = $this->seen();
		$this->igny8_writes( [ 'body' => self::NASTY ] );
		self::assertSame( [], $this->revisions() );
		wp_set_current_user( $author );
		kses_init_filters();
		$this->rest_save( [ 'content' => self::OLD . ' More.' ], $seen );
		self::assertSame( $author, get_current_user_id() );
		self::assertContains( self::NASTY, $this->revisions() );
		kses_remove_filters();
	}

	public function test_T57_the_open_editor_is_told_by_the_heartbeat_and_only_who_may_edit(): void {
		$seen = $this->seen();
		$data = [ Save_Context::FIELD => [ 'post' => (string) $this->post, 'seen' => (string) $seen ] ];
		self::assertSame( '', apply_filters( 'heartbeat_received', [], $data, 'post' )[ Save_Context::FIELD ]['kind'] );
		$this->igny8_writes();
		$told = apply_filters( 'heartbeat_received', [], $data, 'post' )[ Save_Context::FIELD ];
		self::assertSame( [ 'newer', $this->seen() ], [ $told['kind'], $told['write'] ] );
		self::assertStringContainsString( 'newer version', $told['message'] );
		self::assertStringContainsString( 'Text', $told['message'] );

		$this->rest_save( [ 'content' => self::OLD . ' More.' ], $seen );
		$told = apply_filters( 'heartbeat_received', [], $data, 'post' )[ Save_Context::FIELD ];
		self::assertSame( 'conflict', $told['kind'] );
		self::assertStringContainsString( 'You saved', $told['message'] );

		wp_set_current_user( (int) wp_insert_user( [ 'user_login' => 'sub', 'user_pass' => 'x', 'role' => 'subscriber' ] ) );
		self::assertArrayNotHasKey( Save_Context::FIELD, apply_filters( 'heartbeat_received', [], $data, 'post' ) );
	}

	public function test_T57_the_classic_editors_autosave_of_a_draft_counts_as_a_save(): void {
		self::set_columns( $this->post, [ 'post_status' => 'draft' ] );
		$seen = $this->seen();
		$this->igny8_writes();
		$data = [ 'wp_autosave' => [ 'post_id' => (string) $this->post ], Save_Context::FIELD => [ 'seen' => (string) $seen ] ];
		// WordPress' own defines DOING_AUTOSAVE for the rest of the tests; this one saves as it does.
		remove_filter( 'heartbeat_received', 'heartbeat_autosave', 500 );
		add_filter(
			'heartbeat_received',
			function ( $response ) {
				wp_update_post( [ 'ID' => $this->post, 'post_content' => self::OLD . ' More.' ] );
				return $response;
			},
			500
		);
		apply_filters( 'heartbeat_received', [], $data, 'post' );
		self::assertNotNull( $this->stale_save() );
	}

	public function test_T57_taking_our_version_writes_it_back_and_keeps_the_other_texts_as_revisions(): void {
		$seen = $this->seen();
		$ours = $this->igny8_writes( [ 'title' => 'Ours', 'body' => self::NASTY, 'terms' => [ 'post_tag' => [ 'one' ] ] ] );
		$this->form_save( [ 'post_title' => 'Old title', 'content' => 'Saved', 'tax_input' => [ 'post_tag' => '' ] ], $seen );
		self::assertSame( 'Saved', self::row( $this->post )['post_content'] );

		$this->act( 'take', [ 'body' => 'Not even saved' ] );
		$now = $this->document( $this->post );
		self::assertSame( [ 'Ours', self::NASTY, [ 'one' ] ], [ $now['title'], $now['body'], $now['terms']['post_tag'] ] );
		self::assertArrayNotHasKey( 'stale_save', $now );
		self::assertContains( 'Saved', $this->revisions() );
		self::assertContains( 'Not even saved', $this->revisions() );
		self::assertSame( $ours['etag'], $now['etag'] );
	}

	public function test_T57_who_may_not_publish_does_not_publish_by_taking_our_version(): void {
		$seen = $this->seen();
		$this->igny8_writes( [ 'body' => self::OURS ] );
		$this->form_save( [ 'content' => 'Saved', 'post_status' => 'draft' ], $seen );
		global $wpdb;
		$wpdb->update( Tables::stale_saves(), [ 'ours' => (string) wp_json_encode( [ 'body' => self::OURS, 'status' => 'publish' ] ) ], [ 'post_id' => $this->post ] );
		$contributor = (int) wp_insert_user( [ 'user_login' => 'contributor', 'user_pass' => 'x', 'role' => 'contributor' ] );
		self::set_columns( $this->post, [ 'post_author' => $contributor ] );
		wp_set_current_user( $contributor );
		$this->act( 'take' );
		self::assertSame( [ 'draft', self::OURS ], [ self::row( $this->post )['post_status'], self::row( $this->post )['post_content'] ] );
	}

	public function test_T57_taking_our_newer_version_before_a_save_keeps_the_unsaved_text(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		self::assertSame( [ 'reload' => true ], $this->act( 'take', [ 'title' => 'Old title', 'body' => 'Unsaved', 'excerpt' => '' ], $seen ) );
		self::assertSame( self::OURS, self::row( $this->post )['post_content'] );
		self::assertContains( 'Unsaved', $this->revisions() );
	}

	public function test_T57_keeping_the_saved_version_tells_IGNY8(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'content' => 'Saved' ], $seen );
		$before = $this->stale_save();
		self::assertSame( '', $this->act( 'keep' )['kind'] );
		$after = $this->stale_save();
		self::assertSame( [ true, $before['base'] ], [ $after['kept'], $after['base'] ] );
		self::assertNotSame( $before['id'], $after['id'] );
		self::assertSame( '', $this->act( 'state', [], $seen )['kind'] );
		global $wpdb;
		self::assertSame( '1', $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}igny8_outbox WHERE post_id = {$this->post}" ) );
	}

	public function test_T57_a_choice_made_before_the_save_goes_with_it(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'content' => 'Saved' ], $seen, $this->seen() );
		self::assertTrue( $this->stale_save()['kept'] );
	}

	public function test_T57_the_comparison_shows_both_texts_and_runs_no_markup(): void {
		// WordPress 6.1 compares texts with code that newer versions of PHP warn of.
		$level = error_reporting( error_reporting() & ~E_DEPRECATED );
		$seen  = $this->seen();
		$this->igny8_writes( [ 'title' => 'Ours <script>alert(1)</script>', 'body' => self::OURS ] );
		$html = $this->act( 'compare', [ 'title' => 'Mine <img src=x onerror=alert(1)>', 'body' => self::OLD, 'wide' => '1' ], $seen )['html'];
		self::assertStringNotContainsString( '<script', $html );
		self::assertStringNotContainsString( '<img', $html );
		self::assertStringContainsString( 'IGNY8', $html );
		self::assertStringContainsString( '<h3>Title</h3>', $html );
		self::assertStringContainsString( '<h3>Text</h3>', $html );
		self::assertStringContainsString( 'same', Comparison::html( [ 'body' => 'x' ], [ 'body' => 'x' ], false ) );
		self::assertStringContainsString( '&lt;b&gt;', Comparison::html( [ 'body' => str_repeat( 'y', 200001 ) ], [ 'body' => '<b>' ], false ) );
		error_reporting( $level );
	}

	/**
	 * @dataProvider actions
	 */
	public function test_T57_every_action_needs_its_nonce_and_the_right_to_edit_this_post( string $action ): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'content' => 'Saved' ], $seen );
		$before = [ self::row( $this->post ), $this->stale_save() ];
		$author = (int) wp_insert_user( [ 'user_login' => 'author', 'user_pass' => 'x', 'role' => 'author' ] );
		$tries  = [
			[ 1, [ 'nonce' => '' ] ],
			[ 1, [ 'nonce' => Editor_Actions::nonce( $this->post + 1 ) ] ],
			[ 1, [ 'nonce' => [ 'x' ] ] ],
			[ $author, [] ],
		];
		foreach ( $tries as list( $user, $more ) ) {
			wp_set_current_user( $user );
			try {
				$this->act( $action, $more );
				self::fail( 'It was allowed.' );
			} catch ( Command_Failure $failure ) {
				self::assertSame( 'not_allowed', $failure->reason() );
			}
		}
		wp_set_current_user( 1 );
		self::assertEquals( $before, [ self::row( $this->post ), $this->stale_save() ] );
	}

	public function actions(): array {
		return [ [ 'state' ], [ 'compare' ], [ 'take' ], [ 'keep' ] ];
	}

	public function test_T57_the_lists_mark_a_post_until_somebody_has_chosen(): void {
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'content' => 'Saved' ], $seen );
		set_current_screen( 'edit-post' );
		$this->plugin->editor->hook();
		self::assertArrayHasKey( 'igny8_conflict', apply_filters( 'display_post_states', [], get_post( $this->post ) ) );
		$this->act( 'keep' );
		self::assertArrayNotHasKey( 'igny8_conflict', apply_filters( 'display_post_states', [], get_post( $this->post ) ) );
	}

	public function test_T57_a_locked_post_says_since_when_it_has_been_open(): void {
		$opened = time() - 3000;
		$keep   = function ( int $from ) {
			update_post_meta( $this->post, '_edit_lock', $from . ':1' );
		};
		for ( $at = $opened; $at <= time(); $at += 60 ) {
			$keep( $at );
		}
		$result = $this->apply( 'update', $this->document( $this->post ), [ 'title' => 'Ours' ] );
		self::assertSame( [ 'post_locked', $opened ], [ $result['code'], $result['since'] ] );

		// Closed, and opened by somebody else.
		$editor = (int) wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor', 'display_name' => 'Ed' ] );
		update_post_meta( $this->post, '_edit_lock', ( time() - 20 ) . ':' . $editor );
		$result = $this->apply( 'update', $this->document( $this->post ), [ 'title' => 'Ours' ] );
		self::assertEqualsWithDelta( time() - 20, $result['since'], 2 );
		self::assertStringStartsWith( 'Ed ', $result['detail'] );
	}

	public function test_old_writes_and_saves_are_forgotten_but_no_id_is_given_twice(): void {
		global $wpdb;
		$seen = $this->seen();
		$this->igny8_writes();
		$this->rest_save( [ 'content' => 'Saved' ], $seen );
		$wpdb->query( 'UPDATE ' . Tables::writes() . ' SET made_at = made_at - 1296001' );
		$wpdb->query( 'UPDATE ' . Tables::stale_saves() . ' SET saved_at = saved_at - 1296001' );
		$newest = $this->seen();
		$this->plugin->editor->clean();
		self::assertNull( $this->stale_save() );
		self::assertSame( [ $newest, '' ], [ $this->seen(), get_post_meta( $this->post, '_igny8_stale_save', true ) ] );
		self::assertSame( '', $this->act( 'state', [], $seen )['kind'] );
	}

	/**
	 * @dataProvider ancestries
	 */
	public function test_T57_a_text_shows_which_version_it_was_made_from( string $before, string $written, string $saved, bool $is_older ): void {
		self::assertSame( $is_older, Ancestry::is_older( [ 'body' => $before ], [ 'body' => $written ], [ 'body' => $saved ] ) );
	}

	public function ancestries(): array {
		return [
			'the text before'                     => [ 'a b', 'a c', 'a b', true ],
			'made from the text before'           => [ 'a b', 'a c', 'a b d', true ],
			'made from ours'                      => [ 'a b', 'a c', 'a c d', false ],
			'ours only added, the save lacks it'  => [ 'a b', 'a b c', 'a b d', true ],
			'ours only added, the save has it'    => [ 'a b', 'a b c e', 'a b c d', false ],
			'ours only removed, the save has it'  => [ 'a b c', 'a b', 'a b c d', true ],
			'ours only removed, so has the save'  => [ 'a b c', 'a b', 'a b d', false ],
			'nothing of either'                   => [ 'a b', 'a c', 'x y', true ],
			'other order'                         => [ 'a b', 'b a', 'b a c', true ],
			'saved as ours'                       => [ 'a b', 'a c', 'a c', false ],
		];
	}
}
