<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Security\Signer;
use WP_REST_Request;
use WP_REST_Response;

/**
 * `POST igny8/v1/commands`, through WordPress' own REST server.
 *
 * @group environment
 */
final class Commands_Route_Test extends Site_Test_Case {

	private string $secret = '';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
		$this->secret = self::signing_secret( $this->plugin );
	}

	public function test_a_signed_batch_is_executed_and_the_answer_is_signed_over_its_very_bytes(): void {
		$response = self::dispatch( $this->request( [ self::command( 'status' ), self::command( 'structure', 'cmd_2' ) ] ) );
		self::assertSame( 200, $response->get_status() );

		$headers = $response->get_headers();
		self::assertSame( 'msg_1', $headers['webhook-id'] );
		self::assertEqualsWithDelta( time(), (int) $headers['webhook-timestamp'], 2 );
		$expected = ( new Signer() )->sign( $this->secret, 'msg_1', (int) $headers['webhook-timestamp'], $response->body(), Signer::COMMANDS_ANSWER );
		self::assertSame( $expected, $headers['webhook-signature'] );
		self::assertStringContainsString( 'no-cache', $headers['Cache-Control'] );
		self::assertSame( [ 'cmd_1', 'cmd_2' ], array_column( self::results( $response ), 'id' ) );
	}

	public function test_status_follows_the_protocol(): void {
		$data = self::results( self::dispatch( $this->request( [ self::command( 'status' ) ] ) ) )[0]['data'];
		$keys = [ 'plugin_version', 'wp_version', 'php_version', 'db', 'home_url', 'site_url', 'rest_root', 'permalinks', 'multisite', 'locale', 'timezone', 'time', 'memory_limit_mb', 'max_execution_s', 'cron', 'integration_id', 'last_structure_sync_at', 'last_error', 'plugin_connection_enabled', 'two_way_sync_enabled', 'received_headers', 'commands', 'encodings', 'outbox', 'polling', 'schedule', 'install', 'acting_user' ];
		self::assertEqualsCanonicalizing( $keys, array_keys( $data ) );
		self::assertSame( [ IGNY8_BRIDGE_VERSION, home_url(), rest_url(), 'int_1', null ], [ $data['plugin_version'], $data['home_url'], $data['rest_root'], $data['integration_id'], $data['last_error'] ] );
		self::assertSame( 1, preg_match( '/^(mysql|sqlite) \d+\.\d+/', $data['db'] ) );
		self::assertSame( [ 'disabled', 'last_run_at', 'next_structure_at' ], array_keys( $data['cron'] ) );
		self::assertContains( 'webhook-signature', $data['received_headers'] );
		self::assertContains( 'status', $data['commands'] );
		self::assertContains( 'structure', $data['commands'] );
	}

	public function test_status_reports_the_last_failure_and_only_names_of_headers(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		try {
			$this->plugin->structure_sync->push();
		} catch ( \Igny8\Bridge\Support\Failure $failure ) {
			unset( $failure );
		}
		$request = $this->request( [ self::command( 'status' ) ] );
		$request->set_header( 'x-secret-of-the-site', 'value-of-the-secret' );
		$response = self::dispatch( $request );
		$data     = self::results( $response )[0]['data'];
		self::assertSame( [ 'unavailable', 'Detail of unavailable.' ], [ $data['last_error']['code'], $data['last_error']['detail'] ] );
		self::assertContains( 'x-secret-of-the-site', $data['received_headers'] );
		self::assertStringNotContainsString( 'value-of-the-secret', $response->body() );
	}

	public function test_echo_reports_only_header_names_and_the_hash_of_the_body(): void {
		$request = $this->request( [ self::command( 'echo' ) ] );
		$request->set_header( 'x-secret-of-the-site', 'value-of-the-secret' );
		$response = self::dispatch( $request );
		$data     = self::results( $response )[0]['data'];
		self::assertEqualsCanonicalizing( [ 'method', 'url', 'headers', 'body_sha256', 'body_bytes', 'server', 'sapi' ], array_keys( $data ) );
		self::assertSame( [ 'POST', hash( 'sha256', $request->get_body() ), strlen( $request->get_body() ) ], [ $data['method'], $data['body_sha256'], $data['body_bytes'] ] );
		self::assertContains( 'x-secret-of-the-site', $data['headers'] );
		self::assertStringNotContainsString( 'value-of-the-secret', $response->body() );
	}

	public function test_a_refusal_reports_missing_headers_and_the_hash_of_the_body(): void {
		$request = $this->request( [ self::command( 'status' ) ] );
		$request->remove_header( 'webhook_signature' );
		$request->set_header( 'x-of-the-proxy', 'hop' );
		$received = self::dispatch( $request )->get_data()['data']['received'];
		self::assertSame( hash( 'sha256', $request->get_body() ), $received['body_sha256'] );
		self::assertContains( 'webhook-signature', $received['missing'] );
		self::assertNotContains( 'webhook-id', $received['missing'] );
		self::assertStringNotContainsString( 'x-of-the-proxy', (string) wp_json_encode( $received ) );
	}

	public function test_structure_is_what_a_push_sends(): void {
		$this->plugin->structure_sync->push();
		$data   = self::results( self::dispatch( $this->request( [ self::command( 'structure' ) ] ) ) )[0]['data'];
		$pushed = $this->api->last_body( 'POST', Fake_Api::INTEGRATION . 'int_1/update-structure/' );
		unset( $pushed['acting_user'] );
		self::assertSame( $pushed, $data );
	}

	/**
	 * @dataProvider unsigned
	 */
	public function test_a_request_without_a_valid_signature_is_refused( callable $spoil, string $code ): void {
		$request = $this->request( [ self::command( 'status' ) ] );
		$spoil( $request );
		$this->assert_refused( 401, $code, self::dispatch( $request ) );
	}

	public function unsigned(): array {
		$without = static function ( string $name ): callable {
			return static function ( WP_REST_Request $request ) use ( $name ): void {
				$request->remove_header( $name );
			};
		};
		return [
			'no id'             => [ $without( 'webhook_id' ), 'igny8_signature_missing' ],
			'no timestamp'      => [ $without( 'webhook_timestamp' ), 'igny8_signature_missing' ],
			'no signature'      => [ $without( 'webhook_signature' ), 'igny8_signature_missing' ],
			'another body'      => [
				static function ( WP_REST_Request $request ): void {
					$request->set_body( $request->get_body() . ' ' );
				},
				'igny8_signature_invalid',
			],
			'another id'        => [
				static function ( WP_REST_Request $request ): void {
					$request->set_header( 'webhook-id', 'msg_2' );
				},
				'igny8_signature_invalid',
			],
			'a guessed secret'  => [
				static function ( WP_REST_Request $request ): void {
					$request->set_header( 'webhook-signature', ( new Signer() )->sign( Signer::new_secret(), 'msg_1', (int) $request->get_header( 'webhook_timestamp' ), $request->get_body(), Signer::COMMANDS ) );
				},
				'igny8_signature_invalid',
			],
		];
	}

	public function test_a_clock_299_s_away_is_accepted_and_301_s_refused_with_the_site_s_time(): void {
		$body = self::batch( [ self::command( 'status' ) ] );
		foreach ( [ 298, -298 ] as $skew ) {
			self::assertSame( 200, self::dispatch( self::signed_request( $this->secret, $body, time() + $skew ) )->get_status() );
		}
		foreach ( [ 302, -302 ] as $skew ) {
			$response = self::dispatch( self::signed_request( $this->secret, $body, time() + $skew ) );
			$this->assert_refused( 401, 'igny8_timestamp_out_of_range', $response );
			self::assertEqualsWithDelta( time(), $response->get_data()['data']['site_time'], 2 );
		}
	}

	public function test_a_site_that_is_not_connected_says_so(): void {
		$this->plugin->keys->clear();
		$this->plugin->connection->clear();
		$this->assert_refused( 409, 'igny8_not_connected', self::dispatch( $this->request( [ self::command( 'status' ) ] ) ) );
	}

	public function test_commands_for_another_integration_are_refused(): void {
		$request = self::signed_request( $this->secret, self::batch( [ self::command( 'status' ) ], [ 'integration_id' => 'int_2' ] ) );
		$this->assert_refused( 409, 'igny8_other_integration', self::dispatch( $request ) );
	}

	public function test_while_connecting_again_commands_of_the_new_integration_are_accepted(): void {
		$pending = $this->plugin->keys->begin_pending();
		$request = self::signed_request( $pending, self::batch( [ self::command( 'status' ) ], [ 'integration_id' => 'int_2' ] ) );
		self::assertSame( 200, self::dispatch( $request )->get_status() );
	}

	public function test_after_a_rotation_the_old_secret_still_works_and_signs_its_answers(): void {
		$this->plugin->keys->begin_pending();
		$this->plugin->keys->promote_pending();
		self::assertNotSame( $this->secret, self::signing_secret( $this->plugin ) );
		$response = self::dispatch( $this->request( [ self::command( 'status' ) ] ) );
		self::assertSame( 200, $response->get_status() );
		$headers = $response->get_headers();
		self::assertSame( ( new Signer() )->sign( $this->secret, 'msg_1', (int) $headers['webhook-timestamp'], $response->body(), Signer::COMMANDS_ANSWER ), $headers['webhook-signature'] );
	}

	/**
	 * @dataProvider wrong_bodies
	 */
	public function test_a_signed_body_that_is_not_a_batch_is_refused( string $body ): void {
		$this->assert_refused( 400, 'igny8_body_invalid', self::dispatch( self::signed_request( $this->secret, $body ) ) );
	}

	public function wrong_bodies(): array {
		$command = self::command( 'status' );
		return [
			'nothing'                 => [ '' ],
			'no JSON'                 => [ '{"protocol":1,' ],
			'another protocol'        => [ self::batch( [ $command ], [ 'protocol' => 2 ] ) ],
			'a protocol as text'      => [ self::batch( [ $command ], [ 'protocol' => '1' ] ) ],
			'commands not as a list'  => [ self::batch( [ 'a' => $command ] ) ],
			'no time'                 => [ self::batch( [ $command ], [ 'time_ms' => 0 ] ) ],
			'a size as text'          => [ self::batch( [ $command ], [ 'max_bytes' => '9' ] ) ],
			'a command without id'    => [ self::batch( [ [ 'name' => 'status' ] ] ) ],
			'a command without name'  => [ self::batch( [ [ 'id' => 'cmd_1' ] ] ) ],
			'args that are no object' => [ self::batch( [ [ 'id' => 'cmd_1', 'name' => 'status', 'args' => 'x' ] ] ) ],
			'51 commands'             => [ self::batch( array_fill( 0, 51, $command ) ) ],
			'a number'                => [ '1' ],
			'nested too deep'         => [ str_repeat( '[', 100 ) . str_repeat( ']', 100 ) ],
		];
	}

	public function test_a_malformed_unsigned_body_is_refused_as_unsigned(): void {
		$request = new WP_REST_Request( 'POST', '/igny8/v1/commands' );
		$request->set_header( 'content-type', 'application/json' );
		$request->set_body( '{' );
		$this->assert_refused( 401, 'igny8_signature_missing', self::dispatch( $request ) );
	}

	public function test_plugins_that_close_the_rest_api_do_not_close_this_route(): void {
		$closed                                  = new \WP_Error( 'rest_not_logged_in', 'Closed.', [ 'status' => 401 ] );
		$before                                  = $GLOBALS['wp']->query_vars;
		$GLOBALS['wp']->query_vars['rest_route'] = '/igny8/v1/commands';
		self::assertTrue( apply_filters( 'rest_authentication_errors', $closed ) );
		$GLOBALS['wp']->query_vars['rest_route'] = '/wp/v2/users';
		self::assertSame( $closed, apply_filters( 'rest_authentication_errors', $closed ) );
		self::assertSame( [ 'wc/v3', 'igny8/v1' ], apply_filters( 'aios_whitelisted_rest_routes', [ 'wc/v3' ] ) );
		$GLOBALS['wp']->query_vars = $before;
	}

	public function test_a_packed_batch_is_executed(): void {
		$packed  = bin2hex( (string) gzencode( self::batch( [ self::command( 'status' ) ] ) ) );
		$request = self::signed_request( $this->secret, '{"protocol":1,"gzip_hex":"' . $packed . '"}' );
		self::assertSame( [ 'gzip_hex' ], self::results( self::dispatch( $request ) )[0]['data']['encodings'] );
	}

	/**
	 * @dataProvider packed_wrongly
	 */
	public function test_what_cannot_be_unpacked_is_refused( string $packed ): void {
		$request = self::signed_request( $this->secret, '{"protocol":1,"gzip_hex":' . $packed . '}' );
		$this->assert_refused( 400, 'igny8_body_invalid', self::dispatch( $request ) );
	}

	public static function packed_wrongly(): array {
		$bomb = bin2hex( (string) gzencode( str_repeat( ' ', 40000000 ) . self::batch( [ self::command( 'status' ) ] ) ) );
		return [
			'no gzip'                => [ '"00ff"' ],
			'cut off'                => [ '"1f8b0800000000000003"' ],
			'no digits'              => [ '"xyz"' ],
			'half a byte'            => [ '"1f8"' ],
			'nothing'                => [ '""' ],
			'a number'               => [ '7' ],
			'a list'                 => [ '["1f8b"]' ],
			'too large once unpacked' => [ '"' . $bomb . '"' ],
		];
	}

	public function test_only_post_is_answered(): void {
		$request = $this->request( [ self::command( 'status' ) ] );
		$request->set_method( 'GET' );
		self::assertSame( 404, self::dispatch( $request )->get_status() );
	}

	private function request( array $commands ): WP_REST_Request {
		return self::signed_request( $this->secret, self::batch( $commands ) );
	}

	private function assert_refused( int $status, string $code, WP_REST_Response $response ): void {
		self::assertSame( [ $status, $code ], [ $response->get_status(), $response->get_data()['code'] ?? null ] );
		self::assertArrayNotHasKey( 'webhook-signature', $response->get_headers() );
	}
}
