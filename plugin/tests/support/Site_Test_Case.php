<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Plugin;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Config;
use PHPUnit\Framework\TestCase;
use WP_REST_Request;
use WP_REST_Response;

/**
 * Base of tests on a real WordPress. Everything written is rolled back; no request leaves the machine.
 */
abstract class Site_Test_Case extends TestCase {

	/** A well-formed key without an account. */
	protected const KEY = 'igny8_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef1RDCfM';

	protected const OTHER_KEY = 'igny8_zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz4QErve';

	protected Fake_Api $api;

	protected Plugin $plugin;

	/** @var array<string, mixed> */
	private array $globals = [];

	protected function setUp(): void {
		global $wpdb, $wp_filter;

		parent::setUp();
		// Drops the plugin's tables before the transaction, because MariaDB ends a transaction when a table is
		// dropped.
		$this->forget_everything();
		$wpdb->query( 'START TRANSACTION' );
		wp_cache_flush();
		foreach ( [ 'wp_post_types', 'wp_taxonomies', 'wp_actions', 'wp_current_filter' ] as $name ) {
			$this->globals[ $name ] = $GLOBALS[ $name ];
		}
		$this->globals['wp_filter'] = array_map(
			static function ( $hook ) {
				return clone $hook;
			},
			$wp_filter
		);
		$this->forget_everything();
		wp_set_current_user( 0 );
		$_POST    = [];
		$_REQUEST = [];

		$this->api = new Fake_Api();
		$this->api->install();
		$this->plugin = $this->plugin_with( '' );
	}

	protected function tearDown(): void {
		global $wpdb;

		$wpdb->query( 'ROLLBACK' );
		foreach ( $this->globals as $name => $value ) {
			$GLOBALS[ $name ] = $value;
		}
		unset( $GLOBALS['current_screen'], $GLOBALS['wp_rest_server'] );
		wp_cache_flush();
		parent::tearDown();
	}

	/**
	 * @param string $constant_key As if IGNY8_API_KEY were this.
	 */
	protected function plugin_with( string $constant_key ): Plugin {
		return new Plugin( new Config( Fake_Api::url(), $constant_key ) );
	}

	/**
	 * Connects as integration int_1 of site_1.
	 */
	protected function connect(): void {
		$this->api->is_up( home_url() );
		$outcome = $this->plugin->connector->connect( \Igny8\Bridge\Connection\Credentials::of_key( self::KEY ) );
		self::assertSame( 'connected', $outcome->kind() );
		$this->api->requests = [];
	}

	protected static function signing_secret( Plugin $plugin ): string {
		return $plugin->keys->signing_secrets()['current'];
	}

	/**
	 * @param array<int, array> $commands Of the batch.
	 * @param array             $changes  Of its other fields.
	 */
	protected static function batch( array $commands, array $changes = [] ): string {
		$batch = [
			'protocol'       => 1,
			'integration_id' => 'int_1',
			'time_ms'        => 20000,
			'max_bytes'      => 2000000,
			'commands'       => $commands,
		];
		return (string) wp_json_encode( array_merge( $batch, $changes ) );
	}

	protected static function command( string $name, string $id = 'cmd_1' ): array {
		return [
			'id'   => $id,
			'name' => $name,
			'args' => (object) [],
		];
	}

	protected static function signed_request( string $secret, string $body, ?int $time = null ): WP_REST_Request {
		$time    = $time ?? time();
		$request = new WP_REST_Request( 'POST', '/igny8/v1/commands' );
		$request->set_header( 'content-type', 'application/json' );
		$request->set_header( 'webhook-id', 'msg_1' );
		$request->set_header( 'webhook-timestamp', (string) $time );
		$request->set_header( 'webhook-signature', ( new Signer() )->sign( $secret, 'msg_1', $time, $body, Signer::COMMANDS ) );
		$request->set_body( $body );
		return $request;
	}

	/**
	 * Dispatches through WordPress' own REST server.
	 */
	protected static function dispatch( WP_REST_Request $request ): WP_REST_Response {
		return rest_ensure_response( rest_do_request( $request ) );
	}

	protected static function results( WP_REST_Response $response ): array {
		self::assertInstanceOf( \Igny8\Bridge\Rest\Signed_Response::class, $response );
		return json_decode( $response->body(), true )['results'];
	}

	/**
	 * The whole options table as one text.
	 */
	protected static function options_table(): string {
		global $wpdb;
		return (string) wp_json_encode( $wpdb->get_results( "SELECT option_name, option_value FROM {$wpdb->options}", ARRAY_N ), JSON_UNESCAPED_SLASHES );
	}

	protected static function log_codes( Plugin $plugin ): array {
		return array_column( $plugin->log->entries(), 'code' );
	}

	protected static function become_admin(): void {
		wp_set_current_user( 1 );
		self::assertTrue( current_user_can( 'manage_options' ) );
	}

	private function forget_everything(): void {
		( new \Igny8\Bridge\Support\Uninstaller() )->clean_site();
	}
}
