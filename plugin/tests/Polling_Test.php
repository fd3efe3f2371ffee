<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Polling\Triggers;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Lock;
use WP_Error;

/**
 * Polling: the site fetches its commands.
 */
final class Polling_Test extends Site_Test_Case {

	private const PATH = '/api/v1/integration/integrations/int_1/poll/';

	/** @var array<int, array> Answers in order; the last one stays. */
	private array $answers = [];

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
	}

	public function test_a_poll_is_signed_and_follows_the_protocol(): void {
		$this->answers_with( [] );
		self::assertTrue( $this->run_poll() );

		$request = $this->api->requests[0];
		self::assertSame( [ 'protocol', 'trigger', 'clock', 'transport', 'wants', 'results' ], array_keys( $request['body'] ) );
		self::assertSame( [ 1, 'cron', [], 50 ], [ $request['body']['protocol'], $request['body']['trigger'], $request['body']['results'], $request['body']['wants']['commands'] ] );
		self::assertSame( 'Bearer ' . self::KEY, $request['authorization'] );
		$headers = $request['args']['headers'];
		$message = new Signed_Message( $headers['webhook-id'], $headers['webhook-timestamp'], $headers['webhook-signature'], $request['args']['body'] );
		self::assertSame( 'current', ( new Signer() )->verify( $this->plugin->keys->signing_secrets(), $message, time() ) );
	}

	public function test_commands_are_executed_and_their_results_go_with_the_next_poll(): void {
		$this->answers_with( [ self::command( 'status', 'a' ), self::command( 'no_such', 'b' ) ], [] );
		$this->run_poll();

		$results = $this->api->requests[1]['body']['results'];
		self::assertSame( [ 'a', true, home_url() ], [ $results[0]['id'], $results[0]['ok'], $results[0]['data']['home_url'] ] );
		self::assertSame( [ 'b', false, 'unknown_command' ], [ $results[1]['id'], $results[1]['ok'], $results[1]['code'] ] );
		self::assertCount( 2, $this->api->requests );
	}

	public function test_it_polls_again_while_there_are_more_commands(): void {
		$this->answers[] = $this->answer( [], [ 'more' => true ] );
		$this->answers_with( [] );
		$this->run_poll();
		self::assertCount( 2, $this->api->requests );
	}

	public function test_when_its_time_is_used_up_it_sends_the_results_and_takes_no_more_commands(): void {
		$this->answers_with( [ self::command( 'status' ) ] );
		$this->plugin->polling->poller->run( 'cron', 3500 );
		$wanted = array_column( array_column( array_column( $this->api->requests, 'body' ), 'wants' ), 'commands' );
		self::assertSame( 0, end( $wanted ) );
		self::assertNotSame( [], end( $this->api->requests )['body']['results'] );
	}

	public function test_commands_of_an_answer_signed_for_another_poll_are_not_executed(): void {
		foreach ( [ 'webhook-signature', 'webhook-timestamp' ] as $header ) {
			$this->answers = [ $this->answer( [ self::command( 'status' ) ], [], [ $header => '1' ] ) ];
			self::assertFalse( $this->run_poll() );
			$this->unpause();
		}
		$this->answers = [ $this->answer( [ self::command( 'status' ) ], [], [], 'whsec_' . base64_encode( str_repeat( 'x', 32 ) ) ) ];
		self::assertFalse( $this->run_poll() );
		self::assertCount( 3, $this->api->requests );
		self::assertSame( 'answer_unsigned', $this->plugin->polling_state->last_error()['code'] );
	}

	public function test_commands_for_another_integration_are_not_executed(): void {
		$this->answers = [ $this->answer( [ self::command( 'status' ) ], [ 'integration_id' => 'int_2' ] ) ];
		self::assertFalse( $this->run_poll() );
		self::assertCount( 1, $this->api->requests );
	}

	public function test_the_ticket_of_an_answer_goes_with_the_next_polls_until_another_one_comes(): void {
		$this->answers = [
			$this->answer( [], [], [ 'x-igny8-ticket' => 'first.0a' ] ),
			$this->answer( [] ),
			$this->answer( [], [], [ 'x-igny8-ticket' => 'second.0b' ] ),
			$this->answer( [] ),
		];
		for ( $n = 0; $n < 4; $n++ ) {
			self::assertTrue( $this->run_poll() );
		}
		self::assertSame( [ null, 'first.0a', 'first.0a', 'second.0b' ], $this->sent_tickets() );
	}

	public function test_a_ticket_of_an_unsigned_answer_or_of_odd_form_is_not_kept(): void {
		$odd           = [ "a\r\nx: y", str_repeat( 'a', 2001 ), 'ü', '' ];
		$this->answers = [ $this->answer( [], [], [ 'webhook-signature' => '1', 'x-igny8-ticket' => 'unsigned.0a' ] ) ];
		self::assertFalse( $this->run_poll() );
		$this->unpause();
		foreach ( $odd as $ticket ) {
			$this->answers = [ $this->answer( [], [], [ 'x-igny8-ticket' => $ticket ] ) ];
			self::assertTrue( $this->run_poll() );
		}
		self::assertTrue( $this->run_poll() );
		self::assertSame( array_fill( 0, 6, null ), $this->sent_tickets() );
	}

	public function test_a_new_connection_begins_without_a_ticket(): void {
		$this->answers = [ $this->answer( [], [], [ 'x-igny8-ticket' => 'first.0a' ] ) ];
		$this->run_poll();
		self::assertSame( 'first.0a', $this->plugin->polling_state->ticket() );
		$this->plugin->polling_state->set_transport( 'polling' );
		self::assertSame( '', $this->plugin->polling_state->ticket() );
	}

	public function test_a_failure_is_shown_and_pauses_polling_until_the_next_success(): void {
		$this->api->on( 'POST', self::PATH, new WP_Error( 'http_request_failed', 'No route' ) );
		self::assertFalse( $this->run_poll() );
		$state = $this->plugin->polling_state;
		self::assertSame( 'api_unreachable', $state->last_error()['code'] );
		self::assertGreaterThan( time(), $state->paused_until() );
		self::assertFalse( $this->run_poll() );
		self::assertCount( 1, $this->api->requests );

		$this->unpause();
		$this->answers_with( [] );
		self::assertTrue( $this->run_poll() );
		self::assertNull( $state->last_error() );
		self::assertSame( 0, $state->paused_until() );
	}

	public function test_two_polls_do_not_overlap_and_the_lock_of_a_dead_process_expires(): void {
		$this->answers_with( [] );
		$lock = new Lock( 'poll', 60 );
		self::assertTrue( $lock->acquire() );
		self::assertFalse( $this->run_poll() );
		self::assertSame( [], $this->api->requests );

		update_option( 'igny8_lock_poll', (string) ( time() - 120 ) );
		self::assertTrue( $this->run_poll() );
	}

	public function test_the_next_poll_is_planned_as_the_api_asks(): void {
		$this->answers_with( [] );
		$this->run_poll();
		self::assertEqualsWithDelta( time() + 60, $this->plugin->schedule->next( Schedule::POLLING ), 2 );
		self::assertTrue( $this->plugin->polling_state->is_polling() );

		$this->answers = [ $this->answer( [], [ 'transport' => 'direct', 'interval_s' => 900 ] ) ];
		$this->run_poll();
		self::assertEqualsWithDelta( time() + 900, $this->plugin->schedule->next( Schedule::POLLING ), 2 );
		self::assertFalse( $this->plugin->polling_state->is_polling() );
	}

	public function test_the_delay_shown_is_the_measured_one(): void {
		$state = new State();
		$this->called_at( time() - 600 );
		$state->succeeded( 'cron', 'polling', 60 );
		self::assertSame( 600, $state->seen_s() );
		$state->succeeded( 'cron', 'polling', 60 );
		self::assertSame( 600, $state->seen_s() );
	}

	public function test_an_admin_page_polls_only_if_overdue_and_only_after_the_page(): void {
		$this->answers_with( [] );
		$this->run_poll();
		$calls    = count( $this->api->requests );
		$triggers = new Triggers( $this->plugin->polling->poller, $this->plugin->polling_state, $this->plugin->schedule, $this->plugin->loopback );
		$triggers->in_admin();
		$triggers->at_shutdown();
		self::assertCount( $calls, $this->api->requests );

		$this->called_at( time() - 300 );
		$triggers->in_admin();
		self::assertCount( $calls, $this->api->requests );
		$triggers->at_shutdown();
		self::assertCount( 1, $this->api->loopbacks, 'The request of the site to itself polls.' );
		self::assertCount( $calls, $this->api->requests );
		$triggers->by_loopback();
		self::assertSame( 'loopback', $this->api->requests[ $calls ]['body']['trigger'] );
		$triggers->by_loopback();
		self::assertCount( $calls + 1, $this->api->requests, 'It is not due any more.' );
	}

	public function test_an_open_tab_of_wp_admin_polls(): void {
		$this->answers_with( [] );
		$this->called_at( time() - 300 );
		$triggers = new Triggers( $this->plugin->polling->poller, $this->plugin->polling_state, $this->plugin->schedule, $this->plugin->loopback );
		self::assertSame( [ 'a' => 1 ], $triggers->at_heartbeat( [ 'a' => 1 ] ) );
		$triggers->at_shutdown();
		self::assertSame( 'heartbeat', $this->api->requests[0]['body']['trigger'] );
	}

	public function test_the_token_of_the_public_poll_url_belongs_to_this_connection_and_is_not_the_key(): void {
		$url = $this->plugin->polling->public_poll_url->url();
		self::assertMatchesRegularExpression( '/[?&]igny8_poll=[0-9a-f]{40}$/', $url );
		self::assertStringNotContainsString( substr( $url, -40 ), self::options_table() );
		$request = new \WP_REST_Request( 'GET', '/igny8/v1/poll' );
		self::assertFalse( $this->plugin->polling->public_poll_url->authorize( $request ) );
		$request->set_param( 'token', substr( $url, -40 ) );
		self::assertTrue( $this->plugin->polling->public_poll_url->authorize( $request ) );
		$this->plugin->connection->replace_integration( 'int_2' );
		self::assertFalse( $this->plugin->polling->public_poll_url->authorize( $request ) );
		$this->plugin->connection->clear();
		self::assertSame( '', $this->plugin->polling->public_poll_url->url() );
		self::assertFalse( $this->plugin->polling->public_poll_url->authorize( new \WP_REST_Request( 'GET', '/igny8/v1/poll' ) ) );
	}

	public function test_the_public_poll_url_polls_once_for_two_calls_in_a_row(): void {
		$this->answers_with( [] );
		$this->plugin->polling->public_poll_url->work();
		$this->plugin->polling->public_poll_url->work();
		self::assertCount( 1, $this->api->requests );
		self::assertSame( 'url', $this->api->requests[0]['body']['trigger'] );
	}

	public function test_a_site_that_can_not_be_called_connects_by_answering_a_challenge(): void {
		$this->plugin->disconnector->disconnect();
		$this->api->requests = [];
		$this->api->on(
			'POST',
			Fake_Api::INTEGRATION . 'test-connection/',
			static function ( array $body ): array {
				if ( isset( $body['polling'] ) ) {
					return Fake_Api::json( 201, Fake_Api::connected( 'int_1' ) );
				}
				$problem            = json_decode( Fake_Api::problem( 422, 'login_wall' )['body'], true );
				$problem['polling'] = [ 'challenge' => 'cmd_challenge' ];
				return Fake_Api::json( 422, $problem );
			}
		);
		$this->answers_with( [] );
		$outcome = $this->plugin->connector->connect( \Igny8\Bridge\Connection\Credentials::of_key( self::KEY ) );
		self::assertSame( 'connected', $outcome->kind() );
		$body = $this->api->last_body( 'POST', Fake_Api::INTEGRATION . 'test-connection/' );
		self::assertSame( [ 'cmd_challenge', true ], [ $body['polling']['result']['id'], $body['polling']['result']['ok'] ] );
		self::assertTrue( $this->plugin->polling_state->is_polling() );
	}

	/**
	 * @return array<int, string|null> Of each poll in turn.
	 */
	private function sent_tickets(): array {
		return array_map(
			static function ( array $request ): ?string {
				return $request['args']['headers']['x-igny8-ticket'] ?? null;
			},
			$this->api->requests
		);
	}

	private function run_poll(): bool {
		return $this->plugin->polling->poller->run( 'cron', 20000 );
	}

	/**
	 * @param array ...$commands Of each answer in turn.
	 */
	private function answers_with( array ...$commands ): void {
		foreach ( $commands as $list ) {
			$this->answers[] = $this->answer( $list );
		}
		$this->serve();
	}

	private function serve(): void {
		$this->api->on(
			'POST',
			self::PATH,
			function ( array $body, array $request ): array {
				$make = count( $this->answers ) > 1 ? array_shift( $this->answers ) : $this->answers[0];
				return $make( $request['args']['headers']['webhook-id'] );
			}
		);
	}

	/**
	 * @return callable Makes the signed answer to a message.
	 */
	private function answer( array $commands, array $changes = [], array $headers = [], string $secret = '' ): callable {
		$this->serve();
		$plugin = $this->plugin;
		return static function ( string $id ) use ( $plugin, $commands, $changes, $headers, $secret ): array {
			$more   = [
				'transport'    => 'polling',
				'more'       => [] !== $commands,
				'interval_s' => 60,
			];
			$body   = self::batch( $commands, array_merge( $more, $changes ) );
			$now    = time();
			$key    = '' === $secret ? self::signing_secret( $plugin ) : $secret;
			$signed = [
				'webhook-id'        => $id,
				'webhook-timestamp' => (string) $now,
				'webhook-signature' => ( new Signer() )->sign( $key, $id, $now, $body, Signer::POLL_ANSWER ),
			];
			$answer = Fake_Api::json( 200, [], array_merge( $signed, $headers ) );

			$answer['body'] = $body;
			return $answer;
		};
	}

	private function called_at( int $time ): void {
		$state = [
			'transport'    => 'polling',
			'interval_s' => 60,
			'last_at'    => $time,
		];
		update_option( State::OPTION, array_merge( (array) get_option( State::OPTION, [] ), $state ) );
	}

	private function unpause(): void {
		update_option( State::OPTION, array_merge( (array) get_option( State::OPTION, [] ), [ 'paused_until' => 0 ] ) );
	}
}
