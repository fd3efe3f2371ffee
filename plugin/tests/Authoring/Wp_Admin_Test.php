<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Authoring;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Stale_Save;
use Igny8\Bridge\Content\Stale_Saves;
use Igny8\Bridge\Lists\Attention;
use Igny8\Bridge\Tests\Content\Content_Test_Case;
use Igny8\Bridge\Tests\Fake_Api;
use WP_Admin_Bar;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

require_once dirname( __DIR__ ) . '/Content/Content_Test_Case.php';
require_once ABSPATH . WPINC . '/class-wp-admin-bar.php';

/**
 * What wp-admin says of IGNY8 outside of its settings page: dot, notice, dashboard, Site Health, privacy tools.
 *
 * @group environment
 */
final class Wp_Admin_Test extends Content_Test_Case {

	private const INTEGRATION = Fake_Api::INTEGRATION . 'int_1/';

	protected function setUp(): void {
		parent::setUp();
		self::become_admin();
		$this->plugin->structure_sync->push();
		$this->api->requests = [];
		$this->forget();
	}

	/**
	 * @dataProvider routes
	 */
	public function test_each_route_is_for_those_with_the_right( string $path, string $allowed, string $refused ): void {
		$this->says( [ 'connection' => 'ready' ] );
		wp_set_current_user( 0 );
		self::assertSame( 401, $this->ask( $path )->get_status() );
		wp_set_current_user( self::make_user( $refused ) );
		self::assertSame( 403, $this->ask( $path )->get_status() );
		self::assertSame( [], $this->api->requests );
		wp_set_current_user( self::make_user( $allowed ) );
		self::assertSame( 200, $this->ask( $path )->get_status() );
	}

	public function routes(): array {
		return [
			'link'        => [ '/link', 'administrator', 'editor' ],
			'overview'    => [ '/overview', 'editor', 'author' ],
			'site health' => [ '/site-health', 'administrator', 'editor' ],
		];
	}

	public function test_a_revoked_key_is_noticed_with_the_next_question_and_said_everywhere(): void {
		$this->says( [ 'connection' => 'ready' ] );
		self::assertSame( [ 'ready', 'good', '' ], $this->link() );
		self::assertStringNotContainsString( 'notice', $this->notice() );
		$this->forget();
		$this->api->on( 'GET', self::INTEGRATION, Fake_Api::problem( 401, 'api_key_revoked' ) );
		list( $state, $tone, $notice ) = $this->link();
		self::assertSame( [ 'key_revoked', 'bad' ], [ $state, $tone ] );
		self::assertStringContainsString( 'no longer accepts the API key', $notice );
		self::assertStringContainsString( 'no longer accepts the API key', $this->notice() );
		self::assertSame( Connection::KEY_REVOKED, $this->plugin->connection->state() );
		self::assertStringContainsString( 'igny8-bar-bad', $this->dot() );
		self::assertStringNotContainsString( self::KEY, $this->notice() . $this->dot() );
	}

	public function test_a_site_that_igny8_can_not_reach_says_so_with_the_reason_until_it_can(): void {
		$health = [ 'reason' => [ 'title' => 'The site does not answer', 'fix' => '<b>Ask</b> the host.' ] ];
		$this->says( [ 'connection' => 'unreachable', 'health' => $health ] );
		self::assertSame( [ 'unreachable', 'bad', 'IGNY8 can’t reach this site. The site does not answer. Ask the host.' ], $this->link() );
		$this->forget();
		$this->says( [ 'connection' => 'ready' ] );
		self::assertSame( [ 'ready', 'good', '' ], $this->link() );
	}

	public function test_one_question_without_an_answer_alarms_nobody_and_two_do(): void {
		$this->api->on( 'GET', self::INTEGRATION, new WP_Error( 'http_request_failed', 'Timed out' ) );
		self::assertSame( 'ready', $this->link()[0] );
		$this->forget();
		list( $state, $tone, $notice ) = $this->link();
		self::assertSame( [ 'no_answer', 'bad' ], [ $state, $tone ] );
		self::assertStringContainsString( 'Timed out', $notice );
		self::assertSame( Connection::READY, $this->plugin->connection->state() );
	}

	public function test_igny8_is_asked_once_in_a_while_however_many_look(): void {
		$this->says( [ 'connection' => 'ready' ] );
		for ( $i = 0; $i < 5; $i++ ) {
			$this->link();
		}
		self::assertSame( [ 'GET ' . self::INTEGRATION ], $this->api->calls() );
	}

	public function test_the_problem_of_an_earlier_connection_is_not_said_of_a_new_one(): void {
		$this->says( [ 'connection' => 'unreachable' ] );
		$this->link();
		$this->plugin->connection->replace_integration( 'int_2' );
		self::assertNull( $this->plugin->authoring->link->problem() );
	}

	public function test_dot_and_notice_are_for_administrators(): void {
		$this->says( [ 'connection' => 'unreachable' ] );
		$this->link();
		self::assertStringContainsString( 'igny8-bar-bad', $this->dot() );
		wp_set_current_user( self::make_user( 'editor' ) );
		self::assertSame( [ '', '' ], [ $this->dot(), $this->notice() ] );
	}

	public function test_the_dashboard_says_state_last_sync_and_what_needs_somebody(): void {
		$post = self::make_post( [ 'post_type' => 'post' ] );
		$old  = self::make_post( [ 'post_type' => 'post' ] );
		( new Attention() )->note( $old, 'failed' );
		$this->lists( 'conflict', [ [ 'id' => 'item_1', 'external_id' => (string) $post ] ] );
		$this->lists( 'failed', [] );
		$html = $this->ask( '/overview' )->get_data()['html'];
		self::assertStringContainsString( 'Connected &amp; ready', $html );
		self::assertStringContainsString( 'Conflict: 1', $html );
		self::assertStringContainsString( 'edit.php?igny8=attention', $html );
		self::assertStringNotContainsString( 'Failed', $html );
		self::assertSame( [ 'conflict', '' ], [ ( new Attention() )->of( $post ), ( new Attention() )->of( $old ) ] );
		$asked = count( $this->api->requests );
		$this->ask( '/overview' );
		self::assertCount( $asked, $this->api->requests, 'Not asked again at once.' );
	}

	public function test_the_dashboard_ends_notices_of_old_editors_saves_whose_conflict_is_over(): void {
		$post          = self::make_post( [ 'post_type' => 'post' ] );
		$saves         = new Stale_Saves();
		$save          = new Stale_Save();
		$save->post_id = $post;
		$saves->put( $save );
		$this->lists( 'conflict', [] );
		$this->lists( 'failed', [] );
		$this->api->on( 'GET', "/api/v1/sites/site_1/content/?external_id=$post&limit=100", Fake_Api::json( 200, [ 'results' => [ [ 'external_id' => (string) $post, 'state' => 'synced', 'stale_save' => $save->id ] ], 'next' => null ] ) );
		$this->ask( '/overview' );
		self::assertTrue( $saves->is_over( $post ) );
	}

	public function test_site_health_has_quick_tests_and_one_over_the_network(): void {
		$tests = $this->plugin->authoring->health->add( [ 'direct' => [], 'async' => [] ] );
		self::assertSame( [ 'igny8_connection', 'igny8_cron', 'igny8_keys' ], array_keys( $tests['direct'] ) );
		foreach ( $tests['direct'] as $name => $test ) {
			$result = $test['test']();
			self::assertSame( [ $name, 'IGNY8' ], [ $result['test'], $result['badge']['label'] ] );
			self::assertContains( $result['status'], [ 'good', 'recommended', 'critical' ] );
		}
		$connection = $tests['direct']['igny8_connection']['test']();
		self::assertSame( [ 'good', 'IGNY8: Connected &amp; ready' ], [ $connection['status'], $connection['label'] ] );
		self::assertSame( [], $this->api->requests );

		$this->api->on( 'GET', '/healthz', new WP_Error( 'http_request_failed', 'Could not resolve host' ) );
		$result = $tests['async']['igny8_reach']['async_direct_test']();
		self::assertSame( 'critical', $result['status'] );
		self::assertSame( $result['status'], $this->ask( '/site-health' )->get_data()['status'] );
		self::assertTrue( $tests['async']['igny8_reach']['has_rest'] );
	}

	public function test_debug_info_has_no_secret(): void {
		$info = $this->plugin->authoring->debug_info->add( [] );
		$text = (string) wp_json_encode( $info );
		self::assertSame( [ 'ready', 'int_1' ], [ $info['igny8']['fields']['state']['debug'], $info['igny8']['fields']['integration']['value'] ] );
		foreach ( [ self::KEY, substr( self::KEY, 10, 20 ), self::signing_secret( $this->plugin ), 'whsec_' ] as $secret ) {
			self::assertStringNotContainsString( $secret, $text );
		}
	}

	public function test_personal_data_is_exported_and_erased_and_the_choices_stay(): void {
		$user          = self::make_user( 'editor', [ 'user_email' => 'anna@igny8.test' ] );
		$alone         = self::make_post( [ 'post_title' => 'Alone' ] );
		$saved         = self::make_post( [ 'post_title' => 'Saved' ] );
		$save          = new Stale_Save();
		$save->post_id = $saved;
		$save->user_id = $user;
		( new Stale_Saves() )->put( $save );
		( new Left_Alone() )->mark( $alone, $user );
		( new Left_Alone() )->mark( $saved, (int) ( $user . '0' ) );
		$data     = $this->plugin->authoring->personal_data;
		$exported = $data->export( 'anna@igny8.test', 1 );
		self::assertTrue( $exported['done'] );
		self::assertSame( [ "igny8-save-$saved", "igny8-alone-$alone" ], array_column( $exported['data'], 'item_id' ) );
		self::assertSame( [], $data->export( 'nobody@igny8.test' )['data'] );

		self::assertTrue( $data->erase( 'anna@igny8.test' )['items_removed'] );
		self::assertSame( [], $data->export( 'anna@igny8.test' )['data'] );
		self::assertSame( 0, ( new Left_Alone() )->decision( $alone )['user_id'] );
		self::assertNotNull( ( new Stale_Saves() )->get( $saved ) );
		$this->plugin->acting_user->choose( get_userdata( $user ) );
		self::assertTrue( $data->erase( 'anna@igny8.test' )['items_retained'] );
	}

	private function says( array $integration ): void {
		$this->api->on( 'GET', self::INTEGRATION, Fake_Api::json( 200, $integration ) );
	}

	private function lists( string $state, array $items ): void {
		$this->api->on( 'GET', "/api/v1/sites/site_1/content/?state=$state&limit=100", Fake_Api::json( 200, [ 'results' => $items, 'next' => null ] ) );
	}

	/**
	 * @return string[] State, tone, notice.
	 */
	private function link(): array {
		$data = $this->ask( '/link' )->get_data();
		return [ $data['state'], $data['tone'], $data['notice'] ];
	}

	private function ask( string $path ): WP_REST_Response {
		return self::dispatch( new WP_REST_Request( 'GET', "/igny8/v1$path" ) );
	}

	private function notice(): string {
		ob_start();
		$this->plugin->authoring->watch->render_notice();
		return (string) ob_get_clean();
	}

	private function dot(): string {
		$bar = new WP_Admin_Bar();
		$this->plugin->authoring->watch->add_dot( $bar );
		return (string) ( $bar->get_node( 'igny8' )->title ?? '' );
	}

	private function forget(): void {
		delete_transient( 'igny8_link_asked' );
	}
}
