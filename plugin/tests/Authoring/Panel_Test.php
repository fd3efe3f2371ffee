<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Authoring;

use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Stale_Save;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Content\Write\Open_Editor;
use Igny8\Bridge\Tests\Content\Content_Test_Case;
use Igny8\Bridge\Tests\Fake_Api;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

require_once dirname( __DIR__ ) . '/Content/Content_Test_Case.php';

/**
 * What the panel in the editors shows of a post and does about it.
 *
 * @group environment
 */
final class Panel_Test extends Content_Test_Case {

	private const CONTENT = '/api/v1/sites/site_1/content/';

	private const EVENTS = Fake_Api::INTEGRATION . 'int_1/events/?item_id=item_1&limit=5';

	private const SYNC = Fake_Api::INTEGRATION . 'int_1/sync-wordpress-content/';

	private int $post = 0;

	protected function setUp(): void {
		parent::setUp();
		wp_set_current_user( 1 );
		$this->post = self::make_post( [ 'post_type' => 'post', 'post_title' => 'Mine' ] );
		$this->plugin->outbox->recorder->flush();
		$this->nothing_waits();
	}

	/**
	 * @dataProvider routes
	 */
	public function test_it_is_for_those_who_may_edit_the_post( string $method, string $action ): void {
		$author = self::make_user( 'author' );
		foreach ( [ [ 0, 401 ], [ $author, 403 ] ] as list( $user, $status ) ) {
			wp_set_current_user( $user );
			self::assertSame( $status, $this->call( $method, $action )->get_status() );
		}
		self::assertSame( [], $this->api->requests );
		self::assertFalse( ( new Left_Alone() )->has( $this->post ) );
	}

	/**
	 * @dataProvider routes
	 */
	public function test_without_a_nonce_nobody_is_signed_in( string $method, string $action ): void {
		$GLOBALS['wp_rest_auth_cookie'] = true;
		unset( $_REQUEST['_wpnonce'], $_SERVER['HTTP_X_WP_NONCE'] );
		self::assertTrue( rest_cookie_check_errors( null ) );
		unset( $GLOBALS['wp_rest_auth_cookie'] );
		self::assertSame( 401, $this->call( $method, $action )->get_status() );
		self::assertFalse( ( new Left_Alone() )->has( $this->post ) );
	}

	public function routes(): array {
		return [
			'show'        => [ 'GET', '' ],
			'sync'        => [ 'POST', 'sync' ],
			'resolve'     => [ 'POST', 'resolve' ],
			'leave alone' => [ 'POST', 'leave-alone' ],
			'sync again'  => [ 'POST', 'sync-again' ],
		];
	}

	/**
	 * @dataProvider states
	 */
	public function test_it_says_how_the_post_stands( ?array $item, string $state, string $words, string $tone ): void {
		$this->igny8_has( $item );
		$view = $this->shown();
		self::assertSame( [ $state, $tone ], [ $view['state'], $view['tone'] ] );
		self::assertStringContainsString( $words, $view['label'] . ' ' . $view['text'] );
		self::assertTrue( $view['can']['sync'] );
		self::assertSame( null === $item ? [] : [ Fake_Api::url() . '/sites/site_1/items/item_1' ], array_column( $view['links'], 'url' ) );
	}

	public function states(): array {
		$error = [
			'code'   => 'content_altered',
			'detail' => 'A filter changes the title.',
			'fix'    => 'Switch it off.',
		];
		return [
			'in sync'              => [ [ 'state' => 'synced' ], 'synced', 'In sync', 'good' ],
			'not there'            => [ null, 'not_there', 'Not in IGNY8 yet', 'none' ],
			'on its way here'      => [ [ 'state' => 'local_ahead' ], 'coming', 'Changed in IGNY8', 'busy' ],
			'held back'            => [ [ 'state' => 'local_ahead', 'error' => [ 'code' => 'post_locked' ] ], 'held_back', 'as soon as nobody has this post open', 'busy' ],
			'on its way there'     => [ [ 'state' => 'external_ahead' ], 'sending', 'reaches IGNY8 in a moment', 'busy' ],
			'failed'               => [ [ 'state' => 'failed', 'error' => $error ], 'failed', 'A filter changes the title. Switch it off.', 'bad' ],
			'in conflict'          => [ [ 'state' => 'conflict', 'conflict_fields' => [ 'title', 'body' ] ], 'conflict', 'Title, Text', 'bad' ],
			'deleted in conflict'  => [ [ 'state' => 'conflict', 'conflict_fields' => [ 'deleted' ] ], 'conflict', 'deleted on one side', 'bad' ],
			'still left alone there' => [ [ 'state' => 'synced', 'left_alone' => true ], 'sending', 'On its way', 'busy' ],
		];
	}

	public function test_a_change_that_waits_here_shows(): void {
		$this->igny8_has( [ 'state' => 'synced' ] );
		wp_update_post( [ 'ID' => $this->post, 'post_title' => 'Changed' ] );
		$view = $this->shown();
		self::assertSame( [ 'sending', true ], [ $view['state'], $view['is_passing'] ] );
	}

	public function test_igny8_is_asked_once_in_a_while_and_after_a_failure_not_at_all_for_a_while(): void {
		$this->igny8_has( [ 'state' => 'synced' ] );
		$this->shown();
		$this->shown();
		self::assertCount( 2, $this->api->requests, 'The item, and its events.' );
		self::assertSame( [ 4, 4 ], array_column( array_column( $this->api->requests, 'args' ), 'timeout' ) );

		$other = self::make_post( [ 'post_type' => 'post' ] );
		$this->nothing_waits();
		$this->api->requests = [];
		$this->api->answers_everything_with( new WP_Error( 'http_request_failed', 'Timed out' ) );
		self::assertStringContainsString( 'Timed out', $this->shown( $other )['text'] );
		self::assertSame( 'unknown', $this->shown( $other )['state'] );
		self::assertCount( 1, $this->api->requests );
	}

	public function test_history_has_what_igny8_wrote_and_what_was_asked_of_it(): void {
		$this->change( $this->document( $this->post ), [ 'title' => 'Theirs' ] );
		wp_set_current_user( 1 );
		$this->nothing_waits();
		$events = [
			[ 'item_ids' => [ 'item_1' ], 'success' => false, 'detail' => 'The site is down.', 'finished_at' => gmdate( 'c', time() - 60 ) ],
			[ 'item_ids' => [ 'item_2' ], 'success' => true, 'finished_at' => gmdate( 'c' ) ],
			[ 'item_ids' => [ 'item_1' ], 'success' => true, 'actor' => [ 'kind' => 'user', 'name' => 'Anna' ], 'finished_at' => gmdate( 'c', time() - 120 ) ],
		];
		$this->igny8_has( [ 'state' => 'synced' ], $events );
		$texts = array_column( $this->shown()['history'], 'text' );
		self::assertSame( 'IGNY8 changed: Title.', $texts[0] );
		self::assertStringContainsString( 'The site is down.', $texts[1] );
		self::assertStringContainsString( 'Anna', $texts[2] );
		self::assertCount( 3, $texts );
	}

	public function test_of_a_post_that_is_left_alone_igny8_is_not_asked(): void {
		$view = $this->call( 'POST', 'leave-alone' )->get_data();
		self::assertSame( [ 'left_alone', false, false, true ], [ $view['state'], $view['can']['sync'], $view['can']['leave'], $view['can']['sync_again'] ] );
		self::assertStringContainsString( wp_get_current_user()->display_name, $view['text'] );
		self::assertSame( [], $this->api->requests );
		$this->igny8_has( [ 'state' => 'synced', 'left_alone' => true ] );
		self::assertSame( 'sending', $this->call( 'POST', 'sync-again' )->get_data()['state'] );
	}

	public function test_types_that_are_denied_and_sites_on_hold_say_so_without_asking(): void {
		$this->plugin->settings->save_allowed( 'post_types', [ 'post' => false ] );
		self::assertSame( [ 'type_denied', false, false ], [ $this->shown()['state'], $this->shown()['can']['sync'], $this->shown()['can']['leave'] ] );
		$this->plugin->settings->save_allowed( 'post_types', [ 'post' => true ] );
		$this->plugin->settings->save_switches( false, true );
		self::assertSame( [ 'paused', true ], [ $this->shown()['state'], $this->shown()['can']['leave'] ] );
		$this->plugin->connection->clear();
		self::assertSame( 'not_connected', $this->shown()['state'] );
		self::assertSame( [], $this->api->requests );
	}

	public function test_sync_now_has_igny8_sync_the_post_and_says_why_not(): void {
		$this->igny8_has( [ 'state' => 'synced' ] );
		$this->api->on( 'POST', self::SYNC, Fake_Api::json( 200, [ 'id' => 'item_1' ] ) );
		self::assertSame( 'synced', $this->call( 'POST', 'sync' )->get_data()['state'] );
		self::assertSame( [ 'content_id' => $this->post ], $this->api->last_body( 'POST', self::SYNC ) );

		$this->api->on( 'POST', self::SYNC, Fake_Api::problem( 409, 'sync_disabled' ) );
		$refused = $this->call( 'POST', 'sync' );
		self::assertSame( [ 409, 'igny8_sync_disabled', 'Detail of sync_disabled. Fix of sync_disabled.' ], [ $refused->get_status(), $refused->get_data()['code'], $refused->get_data()['message'] ] );

		$this->api->on( 'POST', self::SYNC, Fake_Api::problem( 409, 'waiting_for_site' ) );
		self::assertSame( 200, $this->call( 'POST', 'sync' )->get_status(), 'A site that polls gets it with its next poll.' );
	}

	public function test_keeping_wordpress_version_ends_the_conflict_and_changes_no_post(): void {
		$this->igny8_has( $this->in_conflict() );
		$resolve = self::CONTENT . 'item_1/resolve/';
		$this->api->on( 'POST', $resolve, Fake_Api::json( 200, [ 'id' => 'item_1' ] ) );
		$view = $this->call( 'POST', 'resolve', [ 'choice' => 'wordpress', 'revision' => 7 ] )->get_data();
		self::assertSame( [ 'choice' => 'wordpress', 'if_revision' => 7 ], $this->api->last_body( 'POST', $resolve ) );
		self::assertFalse( $view['has_changed'] );
		self::assertNotContains( 'POST ' . self::SYNC, $this->api->calls() );
	}

	public function test_taking_igny8s_version_writes_it_into_the_post_that_this_person_has_open_and_keeps_what_they_typed(): void {
		$this->igny8_has( $this->in_conflict() );
		$seen = $this->document( $this->post );
		$this->api->on( 'POST', self::CONTENT . 'item_1/resolve/', Fake_Api::json( 200, [ 'id' => 'item_1' ] ) );
		update_post_meta( $this->post, Open_Editor::LOCK, time() . ':1' );
		$this->api->on(
			'POST',
			self::SYNC,
			function () use ( $seen ): array {
				// As IGNY8 does: it calls this site before it answers.
				self::assertSame( 'applied', $this->apply( 'update', $seen, [ 'title' => 'Theirs' ] )['data']['outcome'] ?? 'refused' );
				return Fake_Api::json( 200, [ 'id' => 'item_1' ] );
			}
		);
		$typed = [ 'title' => 'Typed', 'body' => 'Typed as well', 'excerpt' => '' ];
		$view  = $this->call( 'POST', 'resolve', [ 'choice' => 'igny8', 'revision' => 7, 'texts' => $typed ] )->get_data();
		self::assertTrue( $view['has_changed'] );
		self::assertSame( 'Theirs', self::row( $this->post )['post_title'] );
		self::assertContains( 'Typed as well', array_column( wp_get_post_revisions( $this->post ), 'post_content' ) );
	}

	public function test_nobody_elses_open_editor_is_replaced(): void {
		$seen = $this->document( $this->post );
		( new Open_Editor() )->hand_over( $this->post, 1 );
		update_post_meta( $this->post, Open_Editor::LOCK, time() . ':' . self::make_user( 'editor' ) );
		self::assertSame( 'post_locked', $this->apply( 'update', $seen, [ 'title' => 'Theirs' ] )['code'] ?? 'ok' );
		update_post_meta( $this->post, Open_Editor::LOCK, time() . ':1' );
		update_post_meta( $this->post, Open_Editor::HANDOVER, ( time() - 1 ) . ':1' );
		self::assertSame( 'post_locked', $this->apply( 'update', $seen, [ 'title' => 'Theirs' ] )['code'] ?? 'ok', 'Not for ever.' );
	}

	public function test_who_may_not_publish_can_not_take_a_version_that_does(): void {
		$writer = self::make_user( 'contributor' );
		$draft  = self::make_post( [ 'post_type' => 'post', 'post_status' => 'draft', 'post_author' => $writer ] );
		$this->nothing_waits();
		wp_set_current_user( $writer );
		$this->igny8_has( $this->in_conflict( [ 'title', 'status' ] ), [], $draft );
		self::assertFalse( $this->shown( $draft )['conflict']['may_take'] );
		$refused = $this->call( 'POST', 'resolve', [ 'choice' => 'igny8', 'revision' => 7 ], $draft );
		self::assertSame( [ 403, 'igny8_not_allowed' ], [ $refused->get_status(), $refused->get_data()['code'] ] );
		self::assertNotContains( 'POST ' . self::CONTENT . 'item_1/resolve/', $this->api->calls() );
	}

	public function test_a_conflict_that_is_over_is_not_resolved_again(): void {
		$this->igny8_has( [ 'state' => 'synced' ] );
		self::assertSame( 'igny8_no_conflict', $this->call( 'POST', 'resolve', [ 'choice' => 'igny8', 'revision' => 7 ] )->get_data()['code'] );
		self::assertSame( 400, $this->call( 'POST', 'resolve', [ 'choice' => 'both' ] )->get_status() );
	}

	public function test_the_notice_of_an_old_editors_save_ends_with_its_conflict_and_no_sooner(): void {
		$saves          = new Stale_Saves();
		$save           = new Stale_Save();
		$save->post_id  = $this->post;
		$save->write_id = 5;
		$save->saved_at = time();
		$save->ours     = [ 'title' => 'Theirs' ];
		$saves->put( $save );
		$this->nothing_waits();
		$kind = function (): string {
			return $this->plugin->editor->actions->state( $this->post, 5 )['kind'];
		};
		$this->igny8_has( [ 'state' => 'conflict', 'conflict_fields' => [ 'title' ], 'stale_save' => $save->id ] );
		$this->shown();
		self::assertSame( 'conflict', $kind() );
		$this->igny8_has( [ 'state' => 'synced', 'stale_save' => 'an_earlier_one' ] );
		$this->shown();
		self::assertSame( 'conflict', $kind(), 'IGNY8 has not seen this save yet.' );
		$this->igny8_has( [ 'state' => 'synced', 'stale_save' => $save->id ] );
		$this->shown();
		self::assertSame( '', $kind() );
		self::assertSame( $save->id, $this->document( $this->post )['stale_save']['id'], 'IGNY8 is told of it all the same.' );
		$saves->put( $save );
		self::assertSame( 'conflict', $kind(), 'Another such save is news.' );
	}

	private function in_conflict( array $fields = [ 'title' ] ): array {
		return [
			'state'           => 'conflict',
			'conflict_fields' => $fields,
			'revision'        => 7,
		];
	}

	/**
	 * @param array|null $item   What its item has; null if there is none.
	 * @param array      $events Of the item.
	 */
	private function igny8_has( ?array $item, array $events = [], int $post = 0 ): void {
		$post    = 0 === $post ? $this->post : $post;
		$results = null === $item ? [] : [ $item + [ 'id' => 'item_1', 'external_id' => (string) $post, 'revision' => 1, 'updated_at' => '2026-11-21T10:00:00.000Z' ] ];
		$this->api->on( 'GET', self::CONTENT . "?external_id=$post&limit=1", Fake_Api::json( 200, [ 'results' => $results, 'next' => null ] ) );
		$this->api->on( 'GET', self::EVENTS, Fake_Api::json( 200, [ 'results' => $events, 'next' => null ] ) );
		$this->plugin->authoring->panel->remote->forget( $post );
	}

	private function shown( int $post = 0 ): array {
		$response = $this->call( 'GET', '', [], $post );
		self::assertSame( 200, $response->get_status() );
		return $response->get_data();
	}

	private function call( string $method, string $action, array $body = [], int $post = 0 ): WP_REST_Response {
		$request = new WP_REST_Request( $method, '/igny8/v1/posts/' . ( 0 === $post ? $this->post : $post ) . ( '' === $action ? '' : "/$action" ) );
		$request->set_body_params( $body );
		return self::dispatch( $request );
	}

	private function nothing_waits(): void {
		global $wpdb;
		$this->plugin->outbox->recorder->flush();
		$wpdb->query( "DELETE FROM {$wpdb->prefix}igny8_outbox" );
	}
}
