<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests\Outbox;

use Igny8\Bridge\Admin\Actions;
use Igny8\Bridge\Admin\Clone_Notice;
use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Plugin;
use Igny8\Bridge\Security\Signature_Error;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Tests\Fake_Api;
use Igny8\Bridge\Tests\Redirected;
use RuntimeException;
use WP_CLI;

require_once __DIR__ . '/Outbox_Test_Case.php';

/**
 * T33: a copy of the site under another URL writes nothing and sends nothing until its owner has chosen.
 */
final class Clone_Test extends Outbox_Test_Case {

	private const COPY = 'https://staging.example.net/shop';

	private const CONNECT = Fake_Api::INTEGRATION . 'test-connection/';

	private const MOVE = Fake_Api::INTEGRATION . 'int_1/move/';

	protected function setUp(): void {
		parent::setUp();
		WP_CLI::$said = [];
	}

	public function test_the_original_is_not_affected(): void {
		self::assertFalse( $this->plugin->connection->is_clone() );
		self::assertSame( [ home_url(), false ], [ $this->install()['connected_url'], $this->install()['is_clone'] ] );
		self::assertTrue( $this->command_result( 'structure', [] )['ok'] );
		self::assertSame( Status::READY, $this->plugin->status->state() );
	}

	/**
	 * @dataProvider ways_to_another_address
	 */
	public function test_t33_a_copy_under_another_url_is_detected( string $hook ): void {
		$id = $this->install()['id'];
		add_filter( $hook, static fn(): string => self::COPY, 999 );
		self::assertSame( Status::CLONE_DETECTED, $this->plugin->status->state() );
		self::assertTrue( $this->install()['is_clone'] );
		self::assertSame( $id, $this->install()['id'] );
		self::assertNotSame( '', $id );
	}

	public function ways_to_another_address(): array {
		return [ 'a constant or a filter' => [ 'option_home' ], 'a filter before the database' => [ 'pre_option_home' ] ];
	}

	/**
	 * @dataProvider addresses
	 */
	public function test_t33_a_variant_of_the_same_address_is_not_a_clone( string $connected, string $now, bool $is_clone ): void {
		$this->plugin->connection->clear();
		$this->live_at( $connected );
		$this->connect();
		$this->live_at( $now );
		self::assertSame( $is_clone, $this->plugin->connection->is_clone() );
	}

	public function addresses(): array {
		return [
			'https'                  => [ 'http://example.org', 'https://example.org', false ],
			'www'                    => [ 'https://example.org', 'https://www.example.org', false ],
			'slash'                  => [ 'https://example.org', 'https://example.org/', false ],
			'case'                   => [ 'https://example.org', 'https://Example.ORG', false ],
			'default port'           => [ 'https://example.org', 'https://example.org:443', false ],
			'IDN'                    => [ 'https://bücher.example', 'https://xn--bcher-kva.example', false ],
			'IDN in capitals'        => [ 'https://xn--bcher-kva.example', 'https://www.BÜCHER.example', false ],
			'no host, on a terminal' => [ 'https://example.org', 'http://', false ],
			'another host'           => [ 'https://example.org', 'https://example.net', true ],
			'a subdomain'            => [ 'https://example.org', 'https://staging.example.org', true ],
			'a folder'               => [ 'https://example.org', 'https://example.org/staging', true ],
			'another port'           => [ 'https://example.org', 'https://example.org:8443', true ],
		];
	}

	public function test_a_search_and_replace_in_the_database_does_not_hide_the_copy(): void {
		$kept = (string) wp_json_encode( get_option( Connection::OPTION ), JSON_UNESCAPED_SLASHES );
		self::assertStringNotContainsString( (string) wp_parse_url( home_url(), PHP_URL_HOST ), $kept );
	}

	public function test_t33_an_address_from_the_filter_is_not_a_clone(): void {
		$this->live_at( self::COPY );
		add_filter( 'igny8_known_urls', static fn( array $urls ): array => array_merge( $urls, [ 'http://www.staging.example.net/shop/' ] ) );
		self::assertFalse( $this->plugin->connection->is_clone() );
		self::assertTrue( $this->command_result( 'structure', [] )['ok'] );
	}

	public function test_a_connection_of_an_older_version_gets_the_current_address(): void {
		$old = get_option( Connection::OPTION );
		unset( $old['home'], $old['install_id'], $old['aliases'] );
		update_option( Connection::OPTION, $old );
		self::assertFalse( $this->plugin->connection->is_clone() );
		$this->plugin->connection->backfill_home();
		self::assertSame( home_url(), $this->install()['connected_url'] );
		$this->live_at( self::COPY );
		$this->plugin->connection->backfill_home();
		self::assertTrue( $this->plugin->connection->is_clone() );
	}

	public function test_t33_every_command_but_status_and_echo_is_refused_and_changes_nothing(): void {
		$id = $this->make_known_post( [ 'post_title' => 'As it was' ] );
		$this->live_at( self::COPY );
		foreach ( array_diff( $this->plugin->executor->names(), [ 'status', 'echo' ] ) as $name ) {
			$result = $this->command_result( $name, [] );
			self::assertSame( [ false, 'clone_detected', false ], [ $result['ok'], $result['code'], $result['retryable'] ], $name );
		}
		self::assertTrue( $this->command_result( 'echo', [] )['ok'] );
		self::assertTrue( $this->install()['is_clone'] );
		self::assertSame( 'As it was', get_post( $id )->post_title );
	}

	public function test_t33_nothing_is_sent_from_a_copy(): void {
		$id = $this->make_known_post();
		$this->live_at( self::COPY );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'Edited in the copy' ] );
		$this->plugin->polling_state->set_transport( 'polling' );
		$this->send();
		$this->plugin->outbox->delivery->by_cron();
		self::assertFalse( $this->plugin->polling->poller->run( 'cron', 5000 ) );
		foreach ( Schedule::ALL as $event ) {
			do_action( $event );
		}
		self::assertSame( 'clone_detected', $this->failure_of( fn() => $this->plugin->structure_sync->push() ) );
		self::assertSame( 'clone_detected', $this->failure_of( fn() => $this->plugin->sync_now->run() ) );
		$outcome = $this->plugin->connector->connect( Credentials::of_key( self::KEY ) );
		self::assertSame( 'clone_detected', $outcome->failure()->reason() );

		self::assertSame( [], $this->api->calls() );
		self::assertSame( [ "status $id" ], self::rows() );
		self::assertSame( 0, ( new Schedule() )->next( Schedule::OUTBOX ) );
	}

	public function test_disconnecting_a_copy_leaves_the_integration_of_the_original(): void {
		$this->live_at( self::COPY );
		self::assertNull( $this->plugin->disconnector->disconnect() );
		self::assertSame( [], $this->api->calls() );
		self::assertFalse( $this->plugin->connection->exists() );
	}

	public function test_t33_moved_reports_the_current_address_with_key_and_signature(): void {
		$this->api_follows();
		$this->live_at( self::COPY );
		$before = self::signing_secret( $this->plugin );
		$this->choose( 'moved' );

		$request = $this->requests_to( self::MOVE )[0];
		$sent    = $request['body'];
		self::assertSame( self::COPY, $sent['site_url'] );
		self::assertSame( 'Bearer ' . self::KEY, $request['authorization'] );
		self::assertArrayNotHasKey( 'api_key', $sent );
		self::assertSame( $sent['signing_secret'], self::signing_secret( $this->plugin ) );
		self::assertNotSame( $before, $sent['signing_secret'] );
		// Signed with the current secret, and with the new one in case IGNY8 has already stored it.
		foreach ( [ $before, $sent['signing_secret'] ] as $secret ) {
			self::assertTrue( $this->is_signed_by( $request, $secret ) );
		}
		self::assertFalse( $this->is_signed_by( $request, 'whsec_' . base64_encode( str_repeat( 'x', 32 ) ) ) );
		self::assertSame( [ self::COPY, false ], [ $this->install()['connected_url'], $this->install()['is_clone'] ] );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertTrue( $this->command_result( 'structure', [] )['ok'] );
		self::assertSame( [ 'digest 0' ], self::rows() );
		self::assertNotContains( 'POST ' . self::CONNECT, $this->api->calls() );
	}

	public function test_moved_to_an_address_that_cannot_be_called_switches_to_polling(): void {
		$refusal            = Fake_Api::problem( 422, 'connection_lost' );
		$problem            = json_decode( $refusal['body'], true );
		$problem['polling'] = [ 'challenge' => 'cmd_1_abc' ];
		$refusal['body']    = (string) wp_json_encode( $problem );
		$this->api->on(
			'POST',
			self::MOVE,
			static function ( array $body ) use ( $refusal ): array {
				return isset( $body['polling'] ) ? Fake_Api::json( 200, Fake_Api::connected( 'int_1' ) ) : $refusal;
			}
		);
		$this->live_at( self::COPY );
		$this->choose( 'moved' );
		$result = $this->requests_to( self::MOVE )[1]['body']['polling']['result'];
		self::assertSame( [ 'cmd_1_abc', true, self::COPY ], [ $result['id'], $result['ok'], $result['data']['home_url'] ] );
		self::assertTrue( $this->plugin->polling_state->is_polling() );
		self::assertFalse( $this->plugin->connection->is_clone() );
	}

	public function test_moved_whose_answer_was_lost_is_repeated_with_the_same_new_secret(): void {
		$this->api->on( 'POST', self::MOVE, new \WP_Error( 'http_request_failed', 'cut' ) );
		$this->live_at( self::COPY );
		self::assertSame( 'exit 1', $this->choose( 'moved' ) );
		self::assertTrue( $this->plugin->connection->is_clone() );
		// The owner may try again only next week.
		self::assertGreaterThan( time() + WEEK_IN_SECONDS, get_option( 'igny8_secrets' )['pending_until'] );
		$this->api_follows();
		$this->choose( 'moved' );
		$secrets = array_column( array_column( $this->requests_to( self::MOVE ), 'body' ), 'signing_secret' );
		self::assertSame( $secrets[0], $secrets[1] );
		self::assertFalse( $this->plugin->connection->is_clone() );
	}

	public function test_moved_without_a_readable_key_fails_without_a_request(): void {
		$this->live_at( self::COPY );
		add_filter( 'salt', static fn(): string => 'another' );
		self::assertSame( 'exit 1', $this->choose( 'moved' ) );
		self::assertStringContainsString( 'salts', WP_CLI::$said[0] );
		self::assertSame( [], $this->requests_to( self::MOVE ) );
	}

	public function test_moved_that_the_api_refuses_changes_nothing_and_shows_the_reason(): void {
		$this->live_at( self::COPY );
		$this->api->on( 'POST', self::MOVE, Fake_Api::problem( 422, 'plugin_not_found' ) );
		$before = [ get_option( Connection::OPTION ), $this->plugin->keys->signing_secrets(), $this->plugin->keys->api_key() ];
		self::assertSame( 'exit 1', $this->choose( 'moved' ) );
		self::assertSame( [ 'Error: Detail of plugin_not_found. Fix of plugin_not_found. (reference: req_1)' ], WP_CLI::$said );
		self::assertSame( $before, [ get_option( Connection::OPTION ), $this->plugin->keys->signing_secrets(), $this->plugin->keys->api_key() ] );
		self::assertTrue( $this->plugin->connection->is_clone() );
	}

	public function test_a_copy_deletes_all_but_its_settings_without_a_request(): void {
		global $wpdb;
		$this->plugin->settings->save_switches( true, false );
		$this->api->requests = [];
		$secret              = self::signing_secret( $this->plugin );
		$this->live_at( self::COPY );
		$this->choose( 'copy' );

		self::assertSame( [], $this->api->calls() );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
		self::assertSame( [ '', [] ], [ $this->plugin->keys->api_key(), $this->plugin->keys->signing_secrets() ] );
		self::assertStringNotContainsString( $secret, self::options_table() );
		self::assertSame( [], $wpdb->get_col( "SHOW TABLES LIKE '{$wpdb->prefix}igny8%'" ) );
		foreach ( Schedule::ALL as $event ) {
			self::assertSame( 0, ( new Schedule() )->next( $event ), $event );
		}
		self::assertFalse( $this->plugin->settings->is_two_way_enabled() );
	}

	public function test_a_copy_does_not_connect_automatically_with_the_key_in_the_copied_wp_config(): void {
		$plugin = new Plugin( new Config( Fake_Api::url(), self::KEY ) );
		$this->live_at( self::COPY );
		$plugin->clone_choices->choose( 'copy' );
		self::assertFalse( $plugin->unattended->is_due() );
	}

	public function test_alias_works_under_both_addresses_and_sends_changes_made_meanwhile(): void {
		$id = $this->make_known_post();
		$this->live_at( self::COPY );
		wp_update_post( [ 'ID' => $id, 'post_title' => 'Edited under the other address' ] );
		$this->choose( 'alias' );
		self::assertFalse( $this->plugin->connection->is_clone() );
		self::assertSame( home_url(), self::COPY );

		$this->api_accepts();
		$this->send();
		self::assertContains( 'POST ' . self::STATUS, $this->api->calls() );
		self::assertSame( [], self::rows() );
		$this->live_at( 'https://third.example.net' );
		self::assertTrue( $this->plugin->connection->is_clone() );
	}

	public function test_an_original_has_nothing_to_choose(): void {
		foreach ( [ 'moved', 'copy', 'alias' ] as $choice ) {
			self::assertSame( 'exit 1', $this->choose( $choice ), $choice );
		}
		self::assertTrue( $this->plugin->connection->exists() );
		self::assertSame( [], $this->api->calls() );
		$this->live_at( self::COPY );
		self::assertSame( 'exit 1', $this->choose( 'whatever' ) );
		self::assertTrue( $this->plugin->connection->is_clone() );
	}

	public function test_the_notice_is_shown_only_to_administrators(): void {
		self::become_admin();
		self::assertSame( '', $this->notice() );
		$this->live_at( self::COPY );
		$notice = $this->notice();
		foreach ( [ Actions::CLONE_MOVED, Actions::CLONE_COPY, Actions::CLONE_ALIAS ] as $action ) {
			self::assertStringContainsString( 'value="' . $action . '"', $notice );
			self::assertStringContainsString( wp_create_nonce( $action ), $notice );
		}
		self::assertStringContainsString( self::COPY, $notice );
		wp_set_current_user( (int) wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor' ] ) );
		self::assertSame( '', $this->notice() );
	}

	public function test_a_button_of_the_notice_works_and_the_settings_page_shows_the_result(): void {
		self::become_admin();
		$this->live_at( self::COPY );
		add_filter( 'option_siteurl', static fn(): string => self::COPY, 999 );
		self::assertStringContainsString( 'data-igny8-state="clone_detected"', $this->page() );
		$this->press( Actions::CLONE_ALIAS );
		$page = $this->page();
		self::assertStringContainsString( 'notice-success', $page );
		self::assertStringContainsString( 'data-igny8-state="ready"', $page );
	}

	private function api_follows(): void {
		$this->api->on( 'POST', self::MOVE, Fake_Api::json( 200, Fake_Api::connected( 'int_1' ) ) );
	}

	private function requests_to( string $path ): array {
		return array_values(
			array_filter(
				$this->api->requests,
				static function ( array $request ) use ( $path ): bool {
					return $request['path'] === $path;
				}
			)
		);
	}

	private function is_signed_by( array $request, string $secret ): bool {
		$headers = $request['args']['headers'];
		$message = new Signed_Message( $headers['webhook-id'], $headers['webhook-timestamp'], $headers['webhook-signature'], $request['args']['body'] );
		try {
			( new Signer() )->verify( [ 'one' => $secret ], $message, time() );
			return true;
		} catch ( Signature_Error $error ) {
			return false;
		}
	}

	private function live_at( string $url ): void {
		remove_all_filters( 'option_home', 999 );
		add_filter( 'option_home', static fn(): string => $url, 999 );
	}

	private function install(): array {
		return $this->command_result( 'status', [] )['data']['install'];
	}

	/**
	 * @return string 'exit 1' where it failed.
	 */
	private function choose( string $choice ): string {
		try {
			$this->plugin->cli()->answer_clone( [ $choice ] );
		} catch ( RuntimeException $exit ) {
			return $exit->getMessage();
		}
		return '';
	}

	private function failure_of( callable $task ): string {
		try {
			$task();
		} catch ( Failure $failure ) {
			return $failure->reason();
		}
		return '';
	}

	private function notice(): string {
		ob_start();
		( new Clone_Notice( $this->plugin->connection ) )->render();
		return (string) ob_get_clean();
	}

	private function page(): string {
		ob_start();
		$this->plugin->settings_page()->render();
		return (string) ob_get_clean();
	}

	private function press( string $action ): void {
		remove_all_actions( "admin_post_$action" );
		$this->plugin->actions()->hook();
		add_filter(
			'wp_redirect',
			static function ( $location ): void {
				throw new Redirected( (string) $location );
			}
		);
		$_POST    = [ 'action' => $action, '_wpnonce' => wp_create_nonce( $action ) ];
		$_REQUEST = $_POST;
		try {
			do_action( "admin_post_$action" );
		} catch ( Redirected $redirected ) {
			self::assertSame( Settings_Page::url(), $redirected->getMessage() );
		}
	}
}
