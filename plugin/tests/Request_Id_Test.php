<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Admin\Log_Panel;
use Igny8\Bridge\Cron\Runner;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Origin;
use RuntimeException;
use WP_Error;
use WP_REST_Request;
use WP_REST_Response;

/**
 * Ids that find the same request in the logs of both sides.
 */
final class Request_Id_Test extends Site_Test_Case {

	private const OWN = '/\Awp_[0-9a-f]{32}\z/';

	private const EVIL = [ "req_1\nInjected: line", 'req 1', '<b>', '', "req_\u{2028}", 'req.1' ];

	public function test_failures_of_commands_are_logged_with_request_and_run_id(): void {
		$this->connect();
		self::fail_in_status();
		$this->dispatch_with( [ 'x-request-id' => 'req_7', 'x-run-id' => 'run_9' ] );
		$entry = $this->plugin->log->entries()[0];
		self::assertSame( [ 'command_failed', 'req_7', 'run_9' ], [ $entry['code'], $entry['request_id'], $entry['run_id'] ] );

		$this->plugin->log->info( 'later', 'Something else in the same request.' );
		self::assertArrayNotHasKey( 'request_id', $this->plugin->log->entries()[0] );
	}

	public function test_ids_of_another_shape_are_never_logged(): void {
		$this->connect();
		self::fail_in_status();
		foreach ( array_merge( self::EVIL, [ str_repeat( 'a', 65 ) ] ) as $evil ) {
			$this->dispatch_with( [ 'x-request-id' => $evil, 'x-run-id' => $evil ] );
			$entry = $this->plugin->log->entries()[0];
			self::assertMatchesRegularExpression( self::OWN, $entry['request_id'] );
			self::assertArrayNotHasKey( 'run_id', $entry );
		}
	}

	public function test_polled_commands_are_logged_with_the_ids_of_the_answer(): void {
		$this->connect();
		self::fail_in_status();
		$origin = [ 'request_id' => 'req_7', 'run_id' => 'run_9' ];
		$this->poll_brings( $origin );
		$entry = $this->plugin->log->entries()[0];
		self::assertSame( [ 'command_failed' ] + $origin, [ $entry['code'] ] + array_intersect_key( $entry, $origin ) );
	}

	public function test_every_answer_and_refusal_carries_its_request_id(): void {
		$this->connect();
		foreach ( [ self::signing_secret( $this->plugin ), 'whsec_' . base64_encode( str_repeat( 'x', 32 ) ) ] as $secret ) {
			$request  = self::signed_request( $secret, self::batch( [ self::command( 'status' ) ] ) );
			$response = self::answer_to( $request, [ 'x-request-id' => 'req_7' ] );
			self::assertSame( 'req_7', $response->get_headers()['x-request-id'] );
			$response = self::answer_to( $request, [ 'x-request-id' => "evil\nid" ] );
			self::assertMatchesRegularExpression( self::OWN, $response->get_headers()['x-request-id'] );
		}
		$other = apply_filters( 'rest_post_dispatch', new WP_REST_Response( [] ), rest_get_server(), new WP_REST_Request( 'GET', '/wp/v2/types' ) );
		self::assertArrayNotHasKey( 'x-request-id', $other->get_headers() );
	}

	public function test_every_request_of_the_plugin_has_its_own_id(): void {
		$this->api->is_up( home_url() );
		$this->plugin->connector->connect( \Igny8\Bridge\Connection\Credentials::of_key( self::KEY ) );
		$this->poll_brings( [] );
		$this->send_webhook();
		$sent = [];
		foreach ( $this->api->requests as $request ) {
			$sent[] = $request['args']['headers']['x-request-id'];
		}
		self::assertGreaterThan( 4, count( $sent ) );
		self::assertSame( $sent, array_unique( $sent ) );
		self::assertSame( $sent, array_values( preg_grep( self::OWN, $sent ) ) );
	}

	public function test_a_failure_is_logged_with_the_ids_of_both_sides(): void {
		$this->connect();
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->push_and_fail();
		$entry = $this->plugin->log->entries()[0];
		self::assertSame( 'req_1', $entry['request_id'] );
		self::assertSame( end( $this->api->requests )['args']['headers']['x-request-id'], $entry['sent_id'] );
		self::assertStringNotContainsString( 'req_1', $entry['message'] );
		self::assertStringContainsString( '(reference: req_1, ' . $entry['sent_id'] . ')', $this->panel() );
	}

	public function test_without_an_answer_the_plugins_own_id_is_the_reference(): void {
		$this->connect();
		$this->api->answers_everything_with( new WP_Error( 'http_request_failed', 'No route' ) );
		$failure = $this->push_and_fail();
		$sent    = end( $this->api->requests )['args']['headers']['x-request-id'];
		self::assertSame( [ '', $sent, $sent ], [ $failure->request_id(), $failure->sent_id(), $failure->reference() ] );
		self::assertStringEndsWith( "(reference: $sent)", $failure->full_text() );
		self::assertSame( $sent, $this->plugin->connection->last_error()['request_id'] );
	}

	public function test_an_id_from_the_api_is_used_only_if_well_formed(): void {
		$this->connect();
		foreach ( self::EVIL as $evil ) {
			$this->api->answers_everything_with( Fake_Api::json( 400, [ 'code' => 'x', 'detail' => 'd', 'request_id' => $evil ] ) );
			$failure = $this->push_and_fail();
			self::assertSame( [ '', $failure->sent_id() ], [ $failure->request_id(), $failure->reference() ] );
		}
		$this->api->answers_everything_with( Fake_Api::json( 502, [], [ 'x-request-id' => 'req_of_header' ] ) );
		self::assertSame( 'req_of_header', $this->push_and_fail()->reference() );
	}

	public function test_after_a_task_that_throws_the_log_has_no_origin(): void {
		$log = new Log();
		try {
			$log->with_origin(
				new Origin( 'req_1' ),
				static function (): void {
					throw new RuntimeException( 'x' );
				}
			);
			self::fail();
		} catch ( RuntimeException $error ) {
			$log->info( 'after', 'After.' );
		}
		self::assertArrayNotHasKey( 'request_id', $log->entries()[0] );
	}

	private static function fail_in_status(): void {
		add_filter(
			'pre_option_' . Runner::LAST_RUN_OPTION,
			static function (): string {
				throw new RuntimeException( 'broken' );
			}
		);
	}

	private function dispatch_with( array $headers ): void {
		$request = self::signed_request( self::signing_secret( $this->plugin ), self::batch( [ self::command( 'status' ) ] ) );
		self::answer_to( $request, $headers );
	}

	private static function answer_to( WP_REST_Request $request, array $headers ): WP_REST_Response {
		foreach ( $headers as $name => $value ) {
			$request->set_header( $name, $value );
		}
		return apply_filters( 'rest_post_dispatch', self::dispatch( $request ), rest_get_server(), $request );
	}

	/**
	 * Answers the first poll with one `status` command, and the next with none.
	 */
	private function poll_brings( array $origin ): void {
		$calls = 0;
		$this->api->on(
			'POST',
			Fake_Api::INTEGRATION . 'int_1/poll/',
			function ( array $body, array $request ) use ( $origin, &$calls ): array {
				$commands = 0 === $calls++ ? [ self::command( 'status' ) ] : [];
				$text     = self::batch( $commands, [ 'transport' => 'polling', 'more' => false, 'interval_s' => 60 ] + $origin );
				$answer   = Fake_Api::json( 200, [] );

				$answer['body']    = $text;
				$answer['headers'] = ( new Signer() )->headers( [ self::signing_secret( $this->plugin ) ], $request['args']['headers']['webhook-id'], $text, Signer::POLL_ANSWER );
				return $answer;
			}
		);
		self::assertTrue( $this->plugin->polling->poller->run( 'cron', 20000 ) );
	}

	private function send_webhook(): void {
		global $wpdb;
		$wpdb->query( 'COMMIT' );
		$this->plugin->outbox->tables->ensure();
		$wpdb->query( 'START TRANSACTION' );
		$this->api->on( 'POST', '/api/v1/integration/webhooks/wordpress/status/', Fake_Api::json( 202, [ 'accepted' => true ] ) );
		$this->plugin->outbox->recorder->record_digest();
		$this->plugin->outbox->recorder->flush();
		$this->plugin->outbox->sender->send( 5000 );
		self::assertSame( 'site.digest', end( $this->api->requests )['body']['event'] );
	}

	private function push_and_fail(): Failure {
		try {
			$this->plugin->structure_sync->push();
		} catch ( Failure $failure ) {
			return $failure;
		}
		self::fail( 'It was accepted.' );
	}

	private function panel(): string {
		ob_start();
		( new Log_Panel( $this->plugin->log ) )->render();
		return (string) ob_get_clean();
	}
}
