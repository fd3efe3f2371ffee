<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use RuntimeException;
use WP_CLI;

/**
 * P8: `wp igny8 …`.
 */
final class Cli_Test extends Site_Test_Case {

	protected function setUp(): void {
		parent::setUp();
		WP_CLI::$said = [];
	}

	public function test_connect_succeeds_with_the_id_and_never_prints_the_key(): void {
		$this->api->is_up( home_url() );
		$this->plugin->cli()->connect( [], [ 'key' => self::KEY ] );
		self::assertSame( 'Success: Connected as integration int_1.', WP_CLI::$said[0] );
		self::assertStringNotContainsString( self::KEY, implode( WP_CLI::$said ) );
	}

	public function test_connect_uses_the_key_of_wp_config_by_default(): void {
		$this->api->is_up( home_url() );
		$this->plugin_with( self::KEY )->cli()->connect( [], [] );
		self::assertSame( 'Bearer ' . self::KEY, $this->api->requests[0]['authorization'] );
	}

	public function test_connect_exits_with_an_error_and_the_reason(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 401, 'api_key_unknown' ) );
		self::assertSame( 'exit 1', $this->run_until_exit( 'connect', [ [], [ 'key' => self::KEY ] ] ) );
		self::assertSame( [ 'Error: Failed to connect. Detail of api_key_unknown. Fix of api_key_unknown. (reference: req_1)' ], WP_CLI::$said );
	}

	public function test_connect_shows_the_next_try(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		self::assertSame( 'exit 1', $this->run_until_exit( 'connect', [ [], [ 'key' => self::KEY ] ] ) );
		self::assertStringContainsString( 'Next try', end( WP_CLI::$said ) );
	}

	public function test_status_exits_with_1_unless_ready(): void {
		self::assertSame( 'exit 1', $this->run_until_exit( 'status', [] ) );
		self::assertSame( 'Not connected (not_connected)', WP_CLI::$said[0] );
		$this->connect();
		WP_CLI::$said = [];
		self::assertSame( '', $this->run_until_exit( 'status', [] ) );
		self::assertSame( 'Connected & ready (ready)', WP_CLI::$said[0] );
	}

	public function test_sync_sends_the_structure(): void {
		$this->connect();
		$this->api->on( 'POST', Fake_Api::INTEGRATION . 'int_1/sync/', Fake_Api::json( 202, [ 'id' => 'run_7' ] ) );
		$this->plugin->cli()->sync();
		self::assertStringStartsWith( 'Success: Sent ', WP_CLI::$said[0] );
		$this->api->answers_everything_with( Fake_Api::problem( 500, 'internal_error' ) );
		self::assertSame( 'exit 1', $this->run_until_exit( 'sync', [] ) );
	}

	public function test_disconnect_disconnects(): void {
		$this->connect();
		$this->api->on( 'DELETE', Fake_Api::INTEGRATION . 'int_1/', Fake_Api::json( 204, [] ) );
		$this->plugin->cli()->disconnect();
		self::assertSame( [ 'Success: Disconnected.' ], WP_CLI::$said );
		self::assertFalse( $this->plugin->connection->exists() );
	}

	private function run_until_exit( string $command, array $args ): string {
		try {
			$this->plugin->cli()->$command( ...$args );
		} catch ( RuntimeException $exit ) {
			return $exit->getMessage();
		}
		return '';
	}
}
