<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Admin\Connect_Start;
use Igny8\Bridge\Admin\Settings_Page;
use Igny8\Bridge\Admin\Sync_Progress;
use Igny8\Bridge\Connect\Connect_Entry;
use Igny8\Bridge\Connect\First_Sync;
use Igny8\Bridge\Connect\Pending_Ask;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Security\Cipher;
use RuntimeException;
use WP_Error;

/**
 * Connecting by consent: the button, the way to IGNY8, and every way back.
 */
final class Consent_Test extends Site_Test_Case {

	private const EXCHANGE = '/api/v1/connect/exchange/';

	private const DESCRIBE = '/api/v1/connect/describe/';

	private const TOKEN = 'site_1.usr_1.acc_1.mfx0a1.9f86d081884c7d65';

	private const SYNC = Fake_Api::INTEGRATION . 'int_1/sync/';

	private const CODE = 'cccccccccccccccccccccccccccccccccccccccccc1';

	protected function setUp(): void {
		parent::setUp();
		add_filter(
			'wp_redirect',
			static function ( $location ) {
				throw new Redirected( (string) $location );
			}
		);
		add_filter(
			'wp_die_handler',
			static function () {
				return static function ( $message, $title, $args ): void {
					throw new RuntimeException( 'died ' . ( $args['response'] ?? 500 ) );
				};
			}
		);
		remove_all_actions( 'admin_post_' . Connect_Start::ACTION );
		remove_all_actions( 'load-settings_page_igny8' );
		remove_all_actions( 'igny8_structure_sent' );
		$this->plugin->connect->hook();
		$this->plugin->connect->hook_admin();
		$_GET = [];
	}

	protected function tearDown(): void {
		$_GET = [];
		parent::tearDown();
	}

	public function test_the_main_action_of_the_page_is_to_connect_and_the_key_is_folded_away(): void {
		self::become_admin();
		$page = $this->page();
		self::assertStringContainsString( 'data-igny8-action="igny8_connect_start"', $page );
		self::assertStringContainsString( 'Connect to IGNY8', $page );
		self::assertLessThan( strpos( $page, 'Connect with an API key instead' ), strpos( $page, 'igny8_connect_start' ) );
		self::assertMatchesRegularExpression( '/<details[^>]*><summary>Connect with an API key instead<\/summary>.*igny8_api_key/s', $page );
	}

	public function test_the_button_needs_an_administrator_and_its_nonce(): void {
		wp_set_current_user( wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor' ] ) );
		self::assertSame( 'died 403', $this->press( wp_create_nonce( Connect_Start::ACTION ) ) );
		self::become_admin();
		self::assertSame( 'died 403', $this->press( '' ) );
		self::assertSame( 'died 403', $this->press( wp_create_nonce( 'another' ) ) );
	}

	public function test_it_leads_to_the_server_with_what_is_asked_in_the_fragment_and_the_verifier_nowhere(): void {
		self::become_admin();
		$url = $this->press();
		self::assertStringStartsWith( Fake_Api::url() . '/connect#', $url );
		$asked = self::asked( $url );
		self::assertSame( home_url(), $asked['site_url'] );
		self::assertSame( Settings_Page::url(), $asked['return_url'] );
		self::assertMatchesRegularExpression( '/^[A-Za-z0-9_-]{43}$/', $asked['state'] );
		self::assertMatchesRegularExpression( '/^[A-Za-z0-9_-]{43}$/', $asked['challenge'] );
		self::assertArrayNotHasKey( 'current_site_id', $asked );
		self::assertContains( 'post', array_column( json_decode( $asked['types'], true ), 0 ) );

		$kept = (string) get_transient( Pending_Ask::TRANSIENT . get_current_user_id() );
		self::assertStringNotContainsString( $asked['state'], $kept );
		$verifier = explode( '.', (string) ( new Cipher() )->decrypt( $kept, 'connect_ask' ) )[1];
		self::assertSame( Pending_Ask::challenge( $verifier ), $asked['challenge'] );
		self::assertStringNotContainsString( $verifier, $url );
	}

	public function test_the_challenge_is_that_of_the_standard(): void {
		self::assertSame( 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', Pending_Ask::challenge( 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk' ) );
	}

	public function test_types_that_the_owner_denies_are_not_named(): void {
		self::become_admin();
		$this->plugin->settings->save_allowed( 'post_types', [ 'page' => false ] );
		$slugs = array_column( json_decode( self::asked( $this->press() )['types'], true ), 0 );
		self::assertContains( 'post', $slugs );
		self::assertNotContains( 'page', $slugs );
	}

	public function test_the_code_is_exchanged_from_server_to_server_and_the_first_sync_starts(): void {
		self::become_admin();
		$this->is_ready();
		$asked = self::asked( $this->press() );
		self::assertSame( Settings_Page::url(), $this->come_back( $asked['state'] ) );

		self::assertSame( [ 'POST ' . self::EXCHANGE, 'POST ' . Fake_Api::INTEGRATION . 'test-connection/', 'POST ' . Fake_Api::INTEGRATION . 'int_1/update-structure/', 'POST ' . self::SYNC ], array_slice( $this->api->calls(), 0, 4 ) );
		$sent = $this->api->last_body( 'POST', self::EXCHANGE );
		self::assertSame( self::CODE, $sent['code'] );
		self::assertSame( home_url(), $sent['site_url'] );
		self::assertSame( $asked['challenge'], Pending_Ask::challenge( $sent['verifier'] ) );
		self::assertSame( self::signing_secret( $this->plugin ), $sent['signing_secret'] );
		self::assertSame( '', $this->api->requests[0]['authorization'] );
		self::assertSame( [ 'direction' => 'from_external' ], $this->api->last_body( 'POST', self::SYNC ) );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertSame( self::KEY, $this->plugin->keys->api_key() );
		self::assertFalse( get_option( First_Sync::OPTION ) );
		self::assertStringNotContainsString( $sent['verifier'], self::options() );
	}

	public function test_the_first_sync_is_of_the_connection_that_was_agreed_to_and_of_no_later_one(): void {
		self::become_admin();
		$this->is_ready();
		$this->api->on( 'POST', Fake_Api::INTEGRATION . 'test-connection/', Fake_Api::problem( 403, 'access_denied' ) );
		$this->come_back( self::asked( $this->press() )['state'] );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
		self::assertFalse( get_option( First_Sync::OPTION ) );

		update_option( First_Sync::OPTION, (string) ( time() - DAY_IN_SECONDS - 5 ) );
		do_action( 'igny8_structure_sent' );
		self::assertFalse( get_option( First_Sync::OPTION ) );
		self::assertNotContains( 'POST ' . self::SYNC, $this->api->calls() );

		$this->connect();
		update_option( First_Sync::OPTION, (string) time() );
		$this->plugin->disconnector->disconnect();
		self::assertFalse( get_option( First_Sync::OPTION ) );
	}

	public function test_the_page_says_so_once_and_shows_how_far_the_sync_is(): void {
		self::become_admin();
		$this->is_ready();
		$this->come_back( self::asked( $this->press() )['state'] );
		$this->api->on( 'GET', Fake_Api::INTEGRATION . 'int_1/sync-status/', Fake_Api::json( 200, [ 'current_run' => self::run_of( 'running', 37, 123 ), 'last_run' => null, 'last_sync_at' => null ] ) );
		$this->api->on( 'GET', Fake_Api::INTEGRATION . 'int_1/content-types/', Fake_Api::json( 200, [ 'post_types' => [], 'taxonomies' => [] ] ) );
		$page = $this->page();
		self::assertStringContainsString( 'Nothing is changed on this site.', $page );
		self::assertStringContainsString( 'Syncing: 37 of 123 items', $page );
		self::assertMatchesRegularExpression( '/<progress max="123" value="37"/', $page );
		self::assertStringNotContainsString( 'Nothing is changed on this site.', $this->page() );
	}

	public function test_a_sync_that_has_just_ended_is_shown_as_finished_and_an_old_one_is_not(): void {
		self::become_admin();
		$this->connect();
		$this->api->on( 'GET', Fake_Api::INTEGRATION . 'int_1/content-types/', Fake_Api::json( 200, [ 'post_types' => [], 'taxonomies' => [] ] ) );
		foreach ( [ 30 => true, 3600 => false ] as $seconds => $is_shown ) {
			$run = [
				'status'      => 'succeeded',
				'finished_at' => gmdate( 'Y-m-d\TH:i:s\Z', time() - $seconds ),
				'counts'      => [ 'created' => 12, 'unchanged' => 3 ],
			];
			$this->api->on( 'GET', Fake_Api::INTEGRATION . 'int_1/sync-status/', Fake_Api::json( 200, [ 'current_run' => null, 'last_run' => $run, 'last_sync_at' => null ] ) );
			$this->plugin->remote_state->forget();
			self::assertSame( $is_shown, false !== strpos( $this->page(), 'Sync finished: 12 created.' ) );
		}
	}

	/**
	 * @dataProvider forged
	 */
	public function test_a_return_that_this_person_did_not_ask_for_is_refused_and_asks_the_api_nothing( callable $state ): void {
		self::become_admin();
		$this->is_ready();
		$asked = self::asked( $this->press() );
		self::assertSame( Settings_Page::url(), $this->come_back( $state( $asked['state'] ) ) );
		self::assertSame( [], $this->api->requests );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
		self::assertStringContainsString( 'nobody asked for here', $this->page() );
		// The real return still works.
		$this->come_back( $asked['state'] );
		self::assertSame( Status::READY, $this->plugin->status->state() );
	}

	public function forged(): array {
		return [
			'another state' => [ static fn(): string => str_repeat( 'x', 43 ) ],
			'one character' => [ static fn( string $state ): string => substr( $state, 0, -1 ) . ( 'A' === substr( $state, -1 ) ? 'B' : 'A' ) ],
			'a part'        => [ static fn( string $state ): string => substr( $state, 0, 20 ) ],
		];
	}

	public function test_another_administrator_can_not_finish_what_one_began(): void {
		self::become_admin();
		$this->is_ready();
		$asked = self::asked( $this->press() );
		wp_set_current_user( wp_insert_user( [ 'user_login' => 'second', 'user_pass' => 'x', 'role' => 'administrator' ] ) );
		$this->come_back( $asked['state'] );
		self::assertSame( [], $this->api->requests );
	}

	public function test_whoever_may_not_manage_options_finishes_nothing(): void {
		self::become_admin();
		$asked = self::asked( $this->press() );
		$_GET  = [ 'igny8_code' => self::CODE, 'igny8_state' => $asked['state'] ];
		wp_set_current_user( wp_insert_user( [ 'user_login' => 'ed', 'user_pass' => 'x', 'role' => 'editor' ] ) );
		do_action( 'load-settings_page_igny8' );
		self::assertSame( [], $this->api->requests );
	}

	public function test_a_return_works_once(): void {
		self::become_admin();
		$this->is_ready();
		$asked = self::asked( $this->press() );
		$this->come_back( $asked['state'] );
		$this->api->requests = [];
		$this->come_back( $asked['state'] );
		self::assertNotContains( 'POST ' . self::EXCHANGE, $this->api->calls() );
		self::assertSame( Status::READY, $this->plugin->status->state() );
	}

	public function test_a_no_connects_nothing_and_ends_the_ask(): void {
		self::become_admin();
		$asked = self::asked( $this->press() );
		$_GET  = [ 'igny8_error' => 'denied', 'igny8_state' => $asked['state'] ];
		self::assertSame( Settings_Page::url(), $this->load() );
		self::assertStringContainsString( 'Nothing was connected.', $this->page() );
		self::assertFalse( get_transient( Pending_Ask::TRANSIENT . get_current_user_id() ) );
	}

	/**
	 * @dataProvider refusals
	 * @param array|WP_Error $answer Of the exchange.
	 */
	public function test_each_refusal_is_told_with_the_way_on_and_changes_nothing( $answer, string $words ): void {
		self::become_admin();
		$this->is_ready()->on( 'POST', self::EXCHANGE, $answer );
		$this->come_back( self::asked( $this->press() )['state'] );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
		$page = $this->page();
		self::assertStringContainsString( 'notice-error', $page );
		self::assertStringContainsString( $words, $page );
		self::assertStringContainsString( 'igny8_connect_start', $page );
		self::assertNotContains( 'POST ' . Fake_Api::INTEGRATION . 'test-connection/', $this->api->calls() );
	}

	public function refusals(): array {
		return [
			'a used code'            => [ Fake_Api::problem( 410, 'connect_code_used' ), 'Fix of connect_code_used.' ],
			'an expired code'        => [ Fake_Api::problem( 410, 'connect_code_expired' ), 'Fix of connect_code_expired.' ],
			'the code of another'    => [ Fake_Api::problem( 409, 'connect_code_other_site' ), 'Fix of connect_code_other_site.' ],
			'a server that is away'  => [ new WP_Error( 'http_request_failed', 'Could not resolve host' ), 'could not be reached' ],
			'an answer without key'  => [ Fake_Api::json( 201, [ 'site_id' => 'site_1', 'site_name' => 'x', 'api_key' => 'igny8_short' ] ), 'notice-error' ],
			'an answer without site' => [ Fake_Api::json( 201, [] ), 'did not return a key' ],
		];
	}

	public function test_a_code_that_is_none_is_sent_nowhere(): void {
		self::become_admin();
		$this->come_back( self::asked( $this->press() )['state'], 'not a code' );
		self::assertSame( [], $this->api->requests );
		self::assertStringContainsString( 'is not valid', $this->page() );
	}

	public function test_a_connected_site_says_so_in_the_ask_and_is_not_given_to_another(): void {
		self::become_admin();
		$this->connect();
		$url = $this->press();
		self::assertSame( 'site_1', self::asked( $url )['current_site_id'] );
		$this->is_ready( 'site_2' );
		$this->come_back( self::asked( $url )['state'] );
		self::assertStringContainsString( 'Press Disconnect first', $this->page() );
		self::assertSame( 'site_1', $this->plugin->connection->site_id() );
		self::assertNotContains( 'POST ' . Fake_Api::INTEGRATION . 'test-connection/', $this->api->calls() );
	}

	public function test_a_site_that_can_not_be_called_connects_by_polling(): void {
		self::become_admin();
		$refusal = Fake_Api::problem( 422, 'wordpress_timeout' );
		$problem = json_decode( $refusal['body'], true );

		$refusal['body'] = wp_json_encode( $problem + [ 'polling' => [ 'challenge' => 'cmd_1' ] ] );
		$this->is_ready()->on(
			'POST',
			Fake_Api::INTEGRATION . 'test-connection/',
			static fn( array $body ): array => isset( $body['polling'] ) ? Fake_Api::json( 201, Fake_Api::connected( 'int_1' ) ) : $refusal
		);
		$this->come_back( self::asked( $this->press() )['state'] );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertContains( 'POST ' . self::SYNC, $this->api->calls() );
	}

	public function test_a_structure_that_could_not_be_sent_starts_the_sync_with_the_next_try(): void {
		self::become_admin();
		$this->is_ready()->on( 'POST', Fake_Api::INTEGRATION . 'int_1/update-structure/', Fake_Api::problem( 503, 'unavailable' ) );
		$this->come_back( self::asked( $this->press() )['state'] );
		self::assertNotContains( 'POST ' . self::SYNC, $this->api->calls() );
		$this->api->accepts_structure( 'int_1' );
		$this->plugin->structure_sync->push();
		self::assertContains( 'POST ' . self::SYNC, $this->api->calls() );
		$this->api->requests = [];
		$this->plugin->structure_sync->push();
		self::assertNotContains( 'POST ' . self::SYNC, $this->api->calls() );
	}

	public function test_no_other_way_of_connecting_starts_a_sync(): void {
		$this->connect();
		$this->plugin->structure_sync->push();
		self::assertNotContains( 'POST ' . self::SYNC, $this->api->calls() );
	}

	public function test_the_progress_is_for_administrators_with_a_nonce(): void {
		self::become_admin();
		$progress = $this->plugin->connect->progress;
		self::assertFalse( $progress->describe()['is_running'] );
		self::assertNotSame( false, has_action( 'wp_ajax_' . Sync_Progress::ACTION ) );
		self::assertFalse( has_action( 'wp_ajax_nopriv_' . Sync_Progress::ACTION ) );
	}

	public function test_a_request_from_the_app_leads_from_the_site_to_wp_admin_and_nowhere_else(): void {
		$_GET = [ 'igny8_connect' => self::TOKEN ];
		self::assertSame( Settings_Page::url() . '&igny8_token=' . self::TOKEN, $this->enter() );
		foreach ( [ 'https://evil.example/', '//evil.example', "a\nb", '', [ 'x' ] ] as $token ) {
			$_GET = [ 'igny8_connect' => $token ];
			self::assertSame( '', $this->enter() );
		}
	}

	public function test_the_approve_screen_names_who_asks_as_the_server_says_and_asks_nothing_else(): void {
		self::become_admin();
		$this->describes();
		$_GET = [ 'page' => 'igny8', 'igny8_token' => self::TOKEN ];
		$page = $this->page();
		self::assertStringContainsString( 'data-igny8-approve', $page );
		foreach ( [ 'Acme &amp; Sons', 'Ada (ada@example.com)', esc_html( home_url() ), 'Nothing is changed on this site.' ] as $words ) {
			self::assertStringContainsString( $words, $page );
		}
		self::assertStringNotContainsString( 'igny8_api_key', $page );
		self::assertSame( [ 'token' => self::TOKEN, 'site_url' => home_url() ], $this->api->last_body( 'POST', self::DESCRIBE ) );
		self::assertMatchesRegularExpression( '/name="igny8_token" value="' . preg_quote( self::TOKEN, '/' ) . '"/', $page );
		self::assertSame( Status::NOT_CONNECTED, $this->plugin->status->state() );
	}

	public function test_a_request_that_the_server_does_not_know_shows_why_and_the_usual_page(): void {
		self::become_admin();
		$this->api->on( 'POST', self::DESCRIBE, Fake_Api::problem( 410, 'connect_request_expired' ) );
		$_GET = [ 'page' => 'igny8', 'igny8_token' => self::TOKEN ];
		$page = $this->page();
		self::assertStringContainsString( 'Fix of connect_request_expired.', $page );
		self::assertStringNotContainsString( 'data-igny8-approve', $page );
		self::assertStringContainsString( 'igny8_connect_start', $page );
	}

	public function test_a_yes_brings_the_request_back_to_the_app_and_ends_there(): void {
		self::become_admin();
		$this->is_ready();
		$asked = self::asked( $this->press( null, self::TOKEN ) );
		self::assertSame( self::TOKEN, $asked['token'] );
		self::assertSame( Fake_Api::url() . '/sites/site_1/content-types', $this->come_back( $asked['state'] ) );
		self::assertSame( Status::READY, $this->plugin->status->state() );
	}

	public function test_a_yes_needs_its_nonce_too(): void {
		self::become_admin();
		self::assertSame( 'died 403', $this->press( '', self::TOKEN ) );
	}

	private function describes(): void {
		$asked = [
			'site_name'    => 'My site',
			'site_url'     => home_url(),
			'account_name' => 'Acme & Sons',
			'person_name'  => 'Ada',
			'person_email' => 'ada@example.com',
			'expires_at'   => '2026-11-21T10:00:00.000Z',
		];
		$this->api->on( 'POST', self::DESCRIBE, Fake_Api::json( 200, $asked ) );
	}

	private function enter(): string {
		try {
			( new Connect_Entry() )->lead_on();
		} catch ( Redirected $redirected ) {
			return $redirected->getMessage();
		}
		return '';
	}

	private function is_ready( string $site_id = 'site_1' ): Fake_Api {
		$grant = [
			'site_id'      => $site_id,
			'site_name'    => 'My site',
			'account_name' => 'Acme',
			'api_key'      => self::KEY,
		];
		return $this->api->is_up( home_url() )
			->on( 'POST', self::EXCHANGE, Fake_Api::json( 201, $grant ) )
			->on( 'POST', self::SYNC, Fake_Api::json( 202, self::run_of( 'queued', 0, 0 ) ) );
	}

	private static function run_of( string $status, int $done, int $total ): array {
		return [
			'id'       => 'run_1',
			'status'   => $status,
			'progress' => [
				'done'    => $done,
				'total'   => $total,
				'by_type' => [],
			],
			'waiting'  => null,
		];
	}

	private static function asked( string $url ): array {
		parse_str( explode( '#', $url )[1] ?? '', $asked );
		return $asked;
	}

	private static function options(): string {
		global $wpdb;
		return implode( "\n", $wpdb->get_col( "SELECT option_value FROM {$wpdb->options}" ) );
	}

	private function press( ?string $nonce = null, string $token = '' ): string {
		$_POST    = [
			'action'      => Connect_Start::ACTION,
			'_wpnonce'    => $nonce ?? wp_create_nonce( Connect_Start::ACTION ),
			'igny8_token' => $token,
		];
		$_REQUEST = $_POST;
		try {
			do_action( 'admin_post_' . Connect_Start::ACTION );
		} catch ( Redirected $redirected ) {
			return $redirected->getMessage();
		} catch ( RuntimeException $died ) {
			return $died->getMessage();
		}
		return '';
	}

	private function come_back( string $state, string $code = self::CODE ): string {
		$_GET = [
			'page'        => 'igny8',
			'igny8_code'  => $code,
			'igny8_state' => $state,
		];
		return $this->load();
	}

	private function load(): string {
		try {
			do_action( 'load-settings_page_igny8' );
		} catch ( Redirected $redirected ) {
			return $redirected->getMessage();
		}
		return '';
	}

	private function page(): string {
		ob_start();
		$this->plugin->settings_page()->render();
		return (string) ob_get_clean();
	}
}
