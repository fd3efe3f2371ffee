<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use WP_Error;

/**
 * P2: every outcome of connecting.
 */
final class Connect_Test extends Site_Test_Case {

	private const TEST = Fake_Api::INTEGRATION . 'test-connection/';

	private const PUSH = Fake_Api::INTEGRATION . 'int_1/update-structure/';

	public function test_with_the_right_key_it_connects_and_sends_the_structure_at_once(): void {
		$this->api->is_up( home_url() );
		$outcome = $this->by_key();

		self::assertSame( Outcome::CONNECTED, $outcome->kind() );
		self::assertNull( $outcome->failure() );
		self::assertSame( [ 'GET /api/v1/sites/', 'POST ' . self::TEST, 'POST ' . self::PUSH ], $this->api->calls() );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertSame( 'int_1', $this->plugin->connection->integration_id() );
		self::assertEqualsWithDelta( time(), $this->plugin->connection->last_structure_sync_at(), 2 );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
	}

	public function test_the_request_is_what_the_protocol_says(): void {
		$this->api->is_up( home_url() );
		$this->by_key();

		$body = $this->api->last_body( 'POST', self::TEST );
		self::assertSame( [ 'site_id', 'api_key', 'site_url', 'signing_secret', 'plugin_version', 'rest_root', 'transports' ], array_keys( $body ) );
		self::assertSame( [ 'site_1', self::KEY, home_url(), IGNY8_BRIDGE_VERSION, rest_url() ], [ $body['site_id'], $body['api_key'], $body['site_url'], $body['plugin_version'], $body['rest_root'] ] );
		self::assertSame( self::signing_secret( $this->plugin ), $body['signing_secret'] );
		foreach ( $this->api->requests as $request ) {
			self::assertSame( 'Bearer ' . self::KEY, $request['authorization'] );
			self::assertSame( 0, $request['args']['redirection'] );
			self::assertStringStartsWith( 'igny8-wordpress-bridge/' . IGNY8_BRIDGE_VERSION . '; WordPress/', $request['args']['user-agent'] );
			self::assertStringNotContainsString( 'igny8_', $request['path'] );
		}
	}

	public function test_while_the_request_is_open_the_site_answers_the_call_back(): void {
		$answers = [];
		$this->api->is_up( home_url() )->on(
			'POST',
			self::TEST,
			static function ( array $body ) use ( &$answers ): array {
				$answers[] = self::dispatch( self::signed_request( $body['signing_secret'], self::batch( [ self::command( 'status' ) ] ) ) );
				return Fake_Api::json( 201, Fake_Api::connected( 'int_1' ) );
			}
		);
		self::assertSame( Outcome::CONNECTED, $this->by_key()->kind() );
		self::assertTrue( self::results( $answers[0] )[0]['ok'] );
	}

	public function test_spaces_round_a_pasted_key_do_no_harm(): void {
		$this->api->is_up( home_url() );
		self::assertSame( Outcome::CONNECTED, $this->plugin->connector->connect( new Credentials( '', '', ' ' . self::KEY . " \n" ) )->kind() );
	}

	public function test_a_mistyped_key_is_refused_without_a_request(): void {
		$outcome = $this->by_key( substr( self::KEY, 0, -1 ) . 'x' );
		self::assertSame( [ Outcome::FAILED, 'Failed to connect', 'api_key_malformed' ], $this->ending( $outcome ) );
		self::assertSame( [], $this->api->requests );
		$this->assert_nothing_is_kept();
	}

	public function test_a_wrong_key_fails_and_leaves_nothing(): void {
		$this->api->is_up( home_url() )->on( 'GET', '/api/v1/sites/', Fake_Api::problem( 401, 'api_key_unknown' ) );
		$outcome = $this->by_key();
		self::assertSame( [ Outcome::FAILED, 'Failed to connect', 'api_key_unknown' ], $this->ending( $outcome ) );
		self::assertSame( [ 'Detail of api_key_unknown.', 'Fix of api_key_unknown.', 'req_1' ], [ $outcome->failure()->detail(), $outcome->failure()->fix(), $outcome->failure()->request_id() ] );
		$this->assert_nothing_is_kept();
	}

	public function test_a_key_of_another_site_is_site_not_found_and_names_both(): void {
		$this->api->is_up( 'https://other.example' );
		$outcome = $this->by_key();
		self::assertSame( [ Outcome::FAILED, 'Site not found', 'site_not_found' ], $this->ending( $outcome ) );
		self::assertStringContainsString( 'https://other.example', $outcome->failure()->detail() );
		self::assertStringContainsString( home_url(), $outcome->failure()->detail() );
		self::assertNotSame( '', $outcome->failure()->fix() );
		self::assertSame( [ 'GET /api/v1/sites/' ], $this->api->calls() );
		$this->assert_nothing_is_kept();
	}

	public function test_a_key_without_a_site_is_site_not_found(): void {
		$this->api->is_up( home_url() )->on( 'GET', '/api/v1/sites/', Fake_Api::json( 200, [ 'results' => [], 'next' => null ] ) );
		self::assertSame( 'Site not found', $this->by_key()->title() );
		$this->assert_nothing_is_kept();
	}

	public function test_a_site_that_the_api_no_longer_knows_is_site_not_found(): void {
		$this->api->is_up( home_url() )->on( 'POST', self::TEST, Fake_Api::problem( 404, 'site_not_found' ) );
		self::assertSame( [ Outcome::FAILED, 'Site not found', 'site_not_found' ], $this->ending( $this->by_key() ) );
		$this->assert_nothing_is_kept();
	}

	public function test_a_site_that_cannot_be_called_back_fails_with_the_reason(): void {
		$this->api->is_up( home_url() )->on( 'POST', self::TEST, Fake_Api::problem( 422, 'rest_blocked' ) );
		$outcome = $this->by_key();
		self::assertSame( [ Outcome::FAILED, 'Failed to connect', 'rest_blocked' ], $this->ending( $outcome ) );
		self::assertSame( 'Fix of rest_blocked.', $outcome->failure()->fix() );
		self::assertSame( [], $this->plugin->keys->signing_secrets() );
		$this->assert_nothing_is_kept();
	}

	/**
	 * @dataProvider refusals
	 */
	public function test_a_refusal_leaves_an_earlier_connection_unchanged( string $path, array $answer ): void {
		$this->connect();
		$secrets = $this->plugin->keys->signing_secrets();
		$this->api->on( 0 === strpos( $path, '/api/v1/sites' ) ? 'GET' : 'POST', $path, $answer );

		self::assertSame( Outcome::FAILED, $this->by_key( self::OTHER_KEY )->kind() );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
		self::assertSame( $secrets, $this->plugin->keys->signing_secrets() );
		self::assertSame( 'int_1', $this->plugin->connection->integration_id() );
	}

	public function refusals(): array {
		return [
			'422' => [ self::TEST, Fake_Api::problem( 422, 'wordpress_timeout' ) ],
			'403' => [ self::TEST, Fake_Api::problem( 403, 'invalid_api_key' ) ],
			'401' => [ '/api/v1/sites/', Fake_Api::problem( 401, 'api_key_revoked' ) ],
		];
	}

	/**
	 * @dataProvider outages
	 * @param array|WP_Error $answer For every request.
	 */
	public function test_while_the_api_is_down_the_key_is_kept_encrypted_and_the_next_try_is_planned( $answer ): void {
		$this->api->answers_everything_with( $answer );
		$outcome = $this->by_key();

		self::assertSame( Outcome::WAITING, $outcome->kind() );
		self::assertSame( 'Failed to connect', $outcome->title() );
		self::assertSame( Status::WAITING, $this->plugin->status->state() );
		self::assertSame( self::KEY, $this->plugin->keys->waiting_api_key() );
		self::assertStringNotContainsString( substr( self::KEY, 6 ), self::options_table() );
		self::assertSame( $outcome->next_at(), wp_next_scheduled( Schedule::CONNECT ) );
		self::assertEqualsWithDelta( time() + 60, $outcome->next_at(), 10 );
	}

	public function outages(): array {
		return [
			'no network'        => [ new WP_Error( 'http_request_failed', 'cURL error 7: Failed to connect' ) ],
			'500'               => [ Fake_Api::problem( 500, 'internal_error' ) ],
			'503'               => [ Fake_Api::problem( 503, 'unavailable' ) ],
			'502 of a proxy'    => [ Fake_Api::html( 502 ) ],
			'a page with a 200' => [ Fake_Api::html( 200 ) ],
			'429'               => [ Fake_Api::problem( 429, 'too_many_requests' ) ],
		];
	}

	public function test_when_the_api_is_back_cron_connects_the_site(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->by_key();
		$this->api->answers_everything_with( Fake_Api::problem( 404, 'not_found' ) )->is_up( home_url() );
		wp_unschedule_hook( Schedule::CONNECT );
		do_action( Schedule::CONNECT );

		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertSame( '', $this->plugin->keys->waiting_api_key() );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
		self::assertFalse( wp_next_scheduled( Schedule::CONNECT ) );
	}

	public function test_a_try_repeats_the_secret_that_the_api_may_have_stored(): void {
		$this->api->is_up( home_url() )->on( 'POST', self::TEST, Fake_Api::problem( 503, 'unavailable' ) );
		$this->by_key();
		$first = $this->api->last_body( 'POST', self::TEST )['signing_secret'];
		self::assertSame( [ 'pending' => $first ], $this->plugin->keys->signing_secrets() );

		$this->api->is_up( home_url() );
		$this->plugin->connector->retry( false );
		self::assertSame( $first, $this->api->last_body( 'POST', self::TEST )['signing_secret'] );
		self::assertSame( $first, self::signing_secret( $this->plugin ) );
	}

	public function test_a_reinstalled_plugin_waits_for_a_person_says_so_and_finishes_by_itself(): void {
		$this->api->is_up( home_url() )->on( 'POST', self::TEST, Fake_Api::problem( 409, Outcome::NEEDS_CONFIRMATION, [ 'retry-after' => '60' ] ) );
		$outcome = $this->by_key();
		$secret  = $this->api->last_body( 'POST', self::TEST )['signing_secret'];
		self::assertSame( [ Outcome::WAITING, 'Waiting for confirmation in IGNY8' ], [ $outcome->kind(), $outcome->title() ] );
		self::assertSame( Status::AWAITING_CONFIRMATION, $this->plugin->status->state() );
		self::assertSame( 'Fix of ' . Outcome::NEEDS_CONFIRMATION . '.', $this->plugin->status->error()['fix'] );
		self::assertEqualsWithDelta( time() + 60, wp_next_scheduled( Schedule::CONNECT ), 2 );

		for ( $i = 0; $i < 20; $i++ ) {
			$this->plugin->connector->retry( false );
		}
		self::assertSame( $secret, $this->api->last_body( 'POST', self::TEST )['signing_secret'] );
		self::assertEqualsWithDelta( time() + 900, wp_next_scheduled( Schedule::CONNECT ), 2 );

		// IGNY8 calls with the secret that waits: a person has confirmed.
		$request = self::signed_request( $secret, self::batch( [ self::command( 'status' ) ] ) );
		self::assertTrue( self::results( self::dispatch( $request ) )[0]['ok'] );
		do_action( 'igny8_commands_answered', 'current' );
		self::assertEqualsWithDelta( time() + 900, wp_next_scheduled( Schedule::CONNECT ), 2 );
		// A cron run is under way, so none is started.
		set_transient( 'doing_cron', sprintf( '%.22F', microtime( true ) ) );
		do_action( 'igny8_commands_answered', 'pending' );
		self::assertEqualsWithDelta( time(), wp_next_scheduled( Schedule::CONNECT ), 2 );

		$this->api->is_up( home_url() );
		wp_unschedule_hook( Schedule::CONNECT );
		do_action( Schedule::CONNECT );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertSame( $secret, self::signing_secret( $this->plugin ) );
	}

	public function test_a_change_that_was_refused_is_not_asked_for_again(): void {
		$this->api->is_up( home_url() )->on( 'POST', self::TEST, Fake_Api::problem( 409, Outcome::NEEDS_CONFIRMATION ) );
		$this->by_key();
		$first = $this->api->last_body( 'POST', self::TEST )['signing_secret'];
		$this->api->on( 'POST', self::TEST, Fake_Api::problem( 409, 'connection_change_refused' ) );
		self::assertSame( Outcome::FAILED, $this->plugin->connector->retry( false )->kind() );
		self::assertFalse( wp_next_scheduled( Schedule::CONNECT ) );
		$this->assert_nothing_is_kept();

		$this->by_key();
		self::assertNotSame( $first, $this->api->last_body( 'POST', self::TEST )['signing_secret'] );
	}

	public function test_with_its_old_secret_the_plugin_signs_what_changes_the_connection(): void {
		$this->by_key_for_the_first_time();
		$old = self::signing_secret( $this->plugin );
		$this->by_key( self::OTHER_KEY );
		$this->assert_signed_by( $old, 'POST', self::TEST );
		$this->assert_signed_by( self::signing_secret( $this->plugin ), 'POST', self::PUSH );
		self::assertSame( [ 'id', 'name', 'source' ], array_keys( $this->api->last_body( 'POST', self::PUSH )['acting_user'] ) );

		$secret = self::signing_secret( $this->plugin );
		$this->api->on( 'DELETE', Fake_Api::INTEGRATION . 'int_1/', Fake_Api::json( 204, [] ) );
		$this->plugin->disconnector->disconnect();
		$this->assert_signed_by( $secret, 'DELETE', Fake_Api::INTEGRATION . 'int_1/' );
	}

	public function test_whoever_signs_in_connects_with_the_session_and_is_not_asked_again(): void {
		$this->person_can_sign_in();
		$this->plugin->connector->connect( new Credentials( 'me@example.com', 'secret', '' ) );
		self::assertSame( 'Bearer token_1', $this->last_request( 'POST', self::TEST )['authorization'] );
		self::assertSame( 'Bearer ' . self::KEY, $this->last_request( 'POST', self::PUSH )['authorization'] );
	}

	public function test_another_acting_user_is_reported_soon(): void {
		$this->connect();
		wp_unschedule_hook( Schedule::PUSH );
		do_action( 'igny8_acting_user_changed', 2, 1, 'chosen' );
		self::assertNotFalse( wp_next_scheduled( Schedule::PUSH ) );
	}

	private function by_key_for_the_first_time(): void {
		$this->api->is_up( home_url() );
		$this->by_key();
	}

	private function last_request( string $method, string $path ): array {
		$found = array_filter(
			$this->api->requests,
			static function ( array $request ) use ( $method, $path ): bool {
				return $method === $request['method'] && $path === $request['path'];
			}
		);
		return end( $found );
	}

	private function assert_signed_by( string $secret, string $method, string $path ): void {
		$args    = $this->last_request( $method, $path )['args'];
		$headers = $args['headers'];
		$message = new Signed_Message( $headers['webhook-id'], $headers['webhook-timestamp'], $headers['webhook-signature'], (string) $args['body'] );
		self::assertSame( 'it', ( new Signer() )->verify( [ 'it' => $secret ], $message, time() ) );
	}

	public function test_pauses_grow_and_retry_after_is_honoured(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$pauses = [ $this->by_key()->next_at() - time() ];
		for ( $i = 0; $i < 3; $i++ ) {
			$pauses[] = $this->plugin->connector->retry( false )->next_at() - time();
		}
		foreach ( [ 60, 120, 240, 480 ] as $i => $expected ) {
			self::assertEqualsWithDelta( $expected, $pauses[ $i ], 0.1 * $expected + 1 );
		}

		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable', [ 'retry-after' => '777' ] ) );
		self::assertEqualsWithDelta( time() + 777, $this->plugin->connector->retry( false )->next_at(), 1 );
	}

	public function test_a_refusal_ends_the_tries_and_forgets_the_key(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->by_key();
		$this->api->answers_everything_with( Fake_Api::problem( 401, 'api_key_revoked' ) );
		self::assertSame( Outcome::FAILED, $this->plugin->connector->retry( false )->kind() );
		self::assertSame( 'api_key_revoked', $this->plugin->status->error()['code'] );
		self::assertNull( $this->plugin->connector->retry( false ) );
		$this->assert_nothing_is_kept();
	}

	public function test_a_typing_mistake_does_not_end_an_attempt_that_waits(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->by_key();
		self::assertSame( Outcome::FAILED, $this->by_key( 'igny8_oops' )->kind() );
		self::assertSame( self::KEY, $this->plugin->keys->waiting_api_key() );
		self::assertNotFalse( wp_next_scheduled( Schedule::CONNECT ) );
	}

	public function test_while_a_new_key_waits_the_old_connection_still_works(): void {
		$this->connect();
		$this->api->answers_everything_with( new WP_Error( 'http_request_failed', 'timed out' ) );
		$this->by_key( self::OTHER_KEY );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
		self::assertSame( 'int_1', $this->plugin->connection->integration_id() );
		self::assertTrue( $this->plugin->status->is_usable() );
	}

	public function test_with_email_and_password_it_creates_a_key_and_signs_out(): void {
		$this->person_can_sign_in();
		$outcome = $this->plugin->connector->connect( new Credentials( 'me@example.com', 'Pass word "1"', '' ) );

		self::assertSame( Outcome::CONNECTED, $outcome->kind() );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
		self::assertSame( [ 'email' => 'me@example.com', 'password' => 'Pass word "1"' ], $this->api->last_body( 'POST', '/api/v1/auth/sign-in/email' ) );
		self::assertContains( 'POST /api/v1/auth/sign-out', $this->api->calls() );
		self::assertStringNotContainsString( 'Pass word', self::options_table() );
		self::assertStringNotContainsString( 'token_1', self::options_table() );
	}

	public function test_it_finds_the_site_on_a_later_page_of_a_large_account(): void {
		$this->person_can_sign_in();
		$other = [ 'id' => 'site_9', 'name' => 'Other', 'url' => 'https://other.example', 'is_active' => true ];
		$mine  = [ 'id' => 'site_1', 'name' => 'Mine', 'url' => home_url( '/' ), 'is_active' => true ];
		$this->api->on( 'GET', '/api/v1/sites/', Fake_Api::json( 200, [ 'results' => [ $other ], 'next' => 'a b' ] ) );
		$this->api->on( 'GET', '/api/v1/sites/?cursor=a%20b', Fake_Api::json( 200, [ 'results' => [ $mine ], 'next' => null ] ) );
		self::assertSame( Outcome::CONNECTED, $this->plugin->connector->connect( new Credentials( 'me@example.com', 'secret', '' ) )->kind() );
	}

	public function test_an_account_without_this_site_is_site_not_found(): void {
		$this->person_can_sign_in();
		$this->api->is_up( 'https://other.example' );
		$outcome = $this->plugin->connector->connect( new Credentials( 'me@example.com', 'secret', '' ) );
		self::assertSame( [ Outcome::FAILED, 'Site not found', 'site_not_found' ], $this->ending( $outcome ) );
		self::assertContains( 'POST /api/v1/auth/sign-out', $this->api->calls() );
		$this->assert_nothing_is_kept();
	}

	public function test_with_key_and_password_both_must_be_right(): void {
		$this->api->is_up( home_url() )->on( 'POST', '/api/v1/auth/sign-in/email', Fake_Api::problem( 401, 'invalid_credentials' ) );
		$outcome = $this->plugin->connector->connect( new Credentials( 'me@example.com', 'wrong', self::KEY ) );
		self::assertSame( [ Outcome::FAILED, 'Failed to connect', 'invalid_credentials' ], $this->ending( $outcome ) );
		$this->assert_nothing_is_kept();

		$this->person_can_sign_in();
		self::assertSame( Outcome::CONNECTED, $this->plugin->connector->connect( new Credentials( 'me@example.com', 'right', self::KEY ) )->kind() );
		self::assertNotContains( 'POST /api/v1/sites/site_1/api-keys/', $this->api->calls() );
	}

	public function test_a_key_created_for_a_failed_connection_is_revoked(): void {
		$this->person_can_sign_in();
		$this->api->on( 'POST', self::TEST, Fake_Api::problem( 422, 'rest_blocked' ) );
		$this->plugin->connector->connect( new Credentials( 'me@example.com', 'secret', '' ) );
		$calls = $this->api->calls();
		self::assertContains( 'DELETE /api/v1/sites/site_1/api-keys/key_1/', $calls );
		self::assertSame( 'POST /api/v1/auth/sign-out', end( $calls ) );
		$this->assert_nothing_is_kept();
	}

	public function test_an_outage_during_a_sign_in_stores_nothing(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$outcome = $this->plugin->connector->connect( new Credentials( 'me@example.com', 'secret', '' ) );
		self::assertSame( Outcome::FAILED, $outcome->kind() );
		self::assertFalse( wp_next_scheduled( Schedule::CONNECT ) );
		$this->assert_nothing_is_kept();
	}

	public function test_incomplete_credentials_are_refused_without_a_request(): void {
		foreach ( [ new Credentials( '', '', '' ), new Credentials( 'me@example.com', '', '' ), new Credentials( '', 'secret', '' ), new Credentials( 'me', 'secret', '' ) ] as $credentials ) {
			self::assertSame( 'credentials_incomplete', $this->plugin->connector->connect( $credentials )->failure()->reason() );
		}
		self::assertSame( [], $this->api->requests );
	}

	public function test_an_autofilled_address_beside_a_key_causes_no_sign_in(): void {
		$this->api->is_up( home_url() );
		self::assertSame( Outcome::CONNECTED, $this->plugin->connector->connect( new Credentials( 'me@example.com', '', self::KEY ) )->kind() );
	}

	public function test_a_second_attempt_at_the_same_time_is_refused(): void {
		$meanwhile = null;
		$this->api->is_up( home_url() )->on(
			'POST',
			self::TEST,
			function () use ( &$meanwhile ): array {
				self::assertSame( Status::AUTHENTICATING, $this->plugin->status->state() );
				$meanwhile = $this->plugin_with( '' )->connector->connect( Credentials::of_key( self::OTHER_KEY ) );
				return Fake_Api::json( 201, Fake_Api::connected( 'int_1' ) );
			}
		);
		self::assertSame( Outcome::CONNECTED, $this->by_key()->kind() );
		self::assertSame( 'busy', $meanwhile->failure()->reason() );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
	}

	public function test_if_only_the_structure_fails_the_site_is_connected_and_the_push_is_planned(): void {
		$this->api->is_up( home_url() )->on( 'POST', self::PUSH, Fake_Api::problem( 503, 'unavailable' ) );
		$outcome = $this->by_key();
		self::assertSame( Outcome::CONNECTED, $outcome->kind() );
		self::assertSame( 'unavailable', $outcome->failure()->reason() );
		self::assertSame( Status::STRUCTURE_SYNCING, $this->plugin->status->state() );
		self::assertNotFalse( wp_next_scheduled( Schedule::PUSH ) );
	}

	public function test_disconnecting_deletes_the_integration_and_all_secrets(): void {
		$this->connect();
		$this->api->on( 'DELETE', Fake_Api::INTEGRATION . 'int_1/', Fake_Api::json( 204, [] ) );
		self::assertNull( $this->plugin->disconnector->disconnect() );
		self::assertSame( [ 'DELETE ' . Fake_Api::INTEGRATION . 'int_1/' ], $this->api->calls() );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
		self::assertSame( [], $this->plugin->keys->signing_secrets() );
		$this->assert_nothing_is_kept();
	}

	public function test_disconnecting_a_deleted_integration_succeeds(): void {
		$this->connect();
		$this->api->on( 'DELETE', Fake_Api::INTEGRATION . 'int_1/', Fake_Api::problem( 404, 'integration_not_found' ) );
		self::assertNull( $this->plugin->disconnector->disconnect() );
	}

	public function test_disconnecting_works_on_this_side_even_if_the_api_is_down(): void {
		$this->connect();
		$this->api->answers_everything_with( new WP_Error( 'http_request_failed', 'timed out' ) );
		self::assertSame( 'api_unreachable', $this->plugin->disconnector->disconnect()->reason() );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
		$this->assert_nothing_is_kept();
	}

	private function by_key( string $key = self::KEY ): Outcome {
		return $this->plugin->connector->connect( Credentials::of_key( $key ) );
	}

	private function person_can_sign_in(): void {
		$this->api->is_up( home_url() )
			->on( 'POST', '/api/v1/auth/sign-in/email', Fake_Api::json( 200, [ 'token' => 'token_1', 'user' => [] ] ) )
			->on( 'POST', '/api/v1/auth/sign-out', Fake_Api::json( 200, [ 'success' => true ] ) )
			->on( 'POST', '/api/v1/sites/site_1/api-keys/', Fake_Api::json( 201, [ 'id' => 'key_1', 'key' => self::KEY ] ) )
			->on( 'DELETE', '/api/v1/sites/site_1/api-keys/key_1/', Fake_Api::json( 204, [] ) );
	}

	/**
	 * @return array{0: string, 1: string, 2: string} Kind, title, code.
	 */
	private function ending( Outcome $outcome ): array {
		return [ $outcome->kind(), $outcome->title(), $outcome->failure()->reason() ];
	}

	private function assert_nothing_is_kept(): void {
		self::assertSame( '', $this->plugin->keys->api_key() );
		self::assertSame( '', $this->plugin->keys->waiting_api_key() );
		self::assertFalse( $this->plugin->connection->exists() );
		self::assertFalse( wp_next_scheduled( Schedule::CONNECT ) );
	}
}
