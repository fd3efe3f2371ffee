<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Admin\Doctor_Panel;
use Igny8\Bridge\Admin\Doctor_Reports;
use Igny8\Bridge\Cron\Runner;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Doctor\Api_Check;
use Igny8\Bridge\Doctor\Clock_Reader;
use Igny8\Bridge\Doctor\Finding;
use Igny8\Bridge\Doctor\Loopback_Check;
use Igny8\Bridge\Doctor\Php_Check;
use Igny8\Bridge\Doctor\Report;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Loopback\State;
use Igny8\Bridge\Support\Config;
use RuntimeException;
use WP_CLI;
use WP_Error;

/**
 * The doctor: local checks, and the report of IGNY8.
 */
final class Doctor_Test extends Site_Test_Case {

	private const DOCTOR = Fake_Api::INTEGRATION . 'int_1/doctor/';

	protected function setUp(): void {
		global $wpdb;

		parent::setUp();
		// Created before the transaction, because MariaDB ends a transaction when a table is created.
		$wpdb->query( 'ROLLBACK' );
		$this->plugin->outbox->tables->ensure();
		$wpdb->query( 'START TRANSACTION' );
		WP_CLI::$said = [];
		WP_CLI::$rows = [];
		$this->api_answers( 0 );
	}

	public function test_a_healthy_site_passes_every_check(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		update_option( Runner::LAST_RUN_OPTION, time() );
		$report = $this->examine();
		self::assertSame( Report::HEALTHY, $report['verdict'] );
		$codes = [ 'api_reached', 'clock_right', 'address_right', 'ready', 'keys_readable', 'tables_there', 'changes_sent', 'sent_by_loopback', 'cron_runs', 'schedule_kept', 'php_of_command_line', 'rest_open', 'page_cache_none' ];
		self::assertSame( [], array_diff( $codes, array_column( $report['here'], 'code' ) ) );
		self::assertSame( [ 'answered' ], array_column( $report['outside']['findings'], 'code' ) );
		self::assertTrue( $report['outside']['asked'] );
		self::assertSame( 'Bearer ' . self::KEY, end( $this->api->requests )['authorization'] );
	}

	/**
	 * @dataProvider networks
	 */
	public function test_a_network_failure_is_reported_with_its_original_message( string $said, string $code, string $layer ): void {
		$this->api->on( 'GET', '/healthz', new WP_Error( 'http_request_failed', $said ) );
		$resolve = static function ( string $host ): array {
			return [ "address of $host" ];
		};
		$finding = ( new Api_Check( new Config( Fake_Api::url() ), new Clock_Reader(), $resolve ) )->run()[0]->to_array();
		self::assertSame( [ 'error', $code, $layer ], [ $finding['severity'], $finding['code'], $finding['layer'] ] );
		self::assertSame( $said, $finding['evidence'][0] );
		self::assertStringContainsString( '→ address of ', $finding['evidence'][1] );
		self::assertNotEmpty( $finding['fix'] );
	}

	public function networks(): array {
		return [
			'DNS by cURL'       => [ 'cURL error 6: Could not resolve host: api.igny8.com', 'api_dns_failed', 'dns' ],
			'DNS by streams'    => [ 'php_network_getaddresses: getaddrinfo failed: Name or service not known', 'api_dns_failed', 'dns' ],
			'an old CA bundle'  => [ 'cURL error 60: SSL certificate problem: unable to get local issuer certificate', 'api_tls_failed', 'tls' ],
			'an old OpenSSL'    => [ 'cURL error 35: error:1407742E:SSL routines:tlsv1 alert protocol version', 'api_tls_failed', 'tls' ],
			'a closed port'     => [ 'cURL error 7: Failed to connect to api.igny8.com port 443: Connection refused', 'api_connection_refused', 'network' ],
			'a silent firewall' => [ 'cURL error 28: Connection timed out after 10001 milliseconds', 'api_timeout', 'network' ],
			'something else'    => [ 'cURL error 56: Recv failure', 'api_unreachable', 'network' ],
		];
	}

	public function test_outgoing_requests_blocked_by_wp_config_are_reported(): void {
		$this->connect();
		self::assertTrue( WP_HTTP_BLOCK_EXTERNAL );
		$this->api->on( 'GET', '/healthz', new WP_Error( 'http_request_not_executed', 'User has blocked requests through HTTP.' ) );
		$finding = $this->examine()['here'][0];
		self::assertSame( [ 'http_blocked', 'wordpress' ], [ $finding['code'], $finding['layer'] ] );
		self::assertStringContainsString( 'WP_HTTP_BLOCK_EXTERNAL', $finding['detail'] );
		self::assertStringContainsString( wp_parse_url( Fake_Api::url(), PHP_URL_HOST ), $finding['fix'] );
	}

	public function test_outgoing_requests_blocked_by_a_plugin_are_reported(): void {
		$this->connect();
		$this->api->on( 'GET', '/healthz', new WP_Error( 'security_plugin', 'Outgoing requests are blocked.' ) );
		$finding = $this->examine()['here'][0];
		self::assertSame( [ 'http_blocked', 'security_plugin' ], [ $finding['code'], $finding['layer'] ] );
	}

	public function test_if_the_api_is_unreachable_the_report_says_why_igny8_did_not_check(): void {
		$this->connect();
		$this->api->on( 'GET', '/healthz', new WP_Error( 'security_plugin', 'Outgoing requests are blocked.' ) );
		$report = $this->examine();
		self::assertSame( Report::BROKEN, $report['verdict'] );
		self::assertFalse( $report['outside']['asked'] );
		self::assertStringContainsString( 'cannot reach IGNY8', $report['outside']['reason'] );
		self::assertSame( [ 'GET /healthz' ], $this->api->calls() );
	}

	public function test_a_page_in_place_of_the_api_is_an_error(): void {
		$this->connect();
		$this->api->on( 'GET', '/healthz', Fake_Api::html( 200 ) );
		$report = $this->examine();
		self::assertSame( 'stranger_answered', $report['here'][0]['code'] );
		self::assertFalse( $report['outside']['asked'] );
	}

	/**
	 * @dataProvider clocks
	 */
	public function test_the_clock_is_compared_with_the_apis( int $skew_s, string $severity, string $code ): void {
		$this->connect();
		$this->api_answers( -$skew_s );
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		$finding = $this->finding( $this->examine(), $code );
		self::assertSame( $severity, $finding['severity'] );
		self::assertSame( 'clock', $finding['layer'] );
	}

	public function clocks(): array {
		return [
			'right'       => [ 20, 'ok', 'clock_right' ],
			'half an hour ahead' => [ 1800, 'error', 'clock_off' ],
			'half an hour behind' => [ -1800, 'error', 'clock_off' ],
			'half right'  => [ 200, 'warning', 'clock_off' ],
		];
	}

	public function test_igny8_is_asked_in_spite_of_a_wrong_clock(): void {
		$this->connect();
		$this->api_answers( -1800 );
		$this->outside_view( [ self::told( 'error', 'clock', 'clock_skew' ) ] );
		self::assertTrue( $this->examine()['outside']['asked'] );
	}

	public function test_changed_salts_are_reported(): void {
		$this->connect();
		add_filter(
			'salt',
			static function (): string {
				return 'another';
			}
		);
		$report  = $this->examine();
		$finding = $this->finding( $report, 'key_unreadable' );
		self::assertSame( [ $finding ], self::faults( $report ) );
		self::assertStringNotContainsString( AUTH_KEY, (string) wp_json_encode( $finding ) );
	}

	/**
	 * @group environment
	 */
	public function test_missing_tables_are_reported(): void {
		global $wpdb;
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		$prefix       = $wpdb->prefix;
		$wpdb->prefix = 'gone_';
		try {
			$finding = $this->finding( $this->examine(), 'tables_missing' );
		} finally {
			$wpdb->prefix = $prefix;
		}
		self::assertSame( [ 'gone_igny8_outbox', 'gone_igny8_commands', 'gone_igny8_writes', 'gone_igny8_stale_saves' ], $finding['evidence'] );
	}

	public function test_a_stale_cron_is_reported_with_its_last_run(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		update_option( Runner::LAST_RUN_OPTION, time() - 2 * DAY_IN_SECONDS );
		wp_clear_scheduled_hook( Schedule::DAILY );
		wp_schedule_event( time() - 5 * HOUR_IN_SECONDS, 'daily', Schedule::DAILY );
		$report  = $this->examine();
		$finding = $this->finding( $report, 'cron_stale' );
		self::assertSame( 'warning', $finding['severity'] );
		self::assertContains( 'Last run: 2 days', $finding['evidence'] );
		self::assertSame( Report::DEGRADED, $report['verdict'] );
	}

	public function test_where_php_ends_a_page_early_the_site_need_not_call_itself(): void {
		$finding = ( new Loopback_Check( $this->plugin->loopback, true, 'fpm-fcgi' ) )->run()[0]->to_array();
		self::assertSame( [ 'ok', 'sent_after_the_page', 'outbox' ], [ $finding['severity'], $finding['code'], $finding['layer'] ] );
		self::assertSame( [], $this->api->loopbacks );
	}

	public function test_a_site_that_calls_itself_is_healthy_whatever_was_known_before(): void {
		update_option( State::OPTION, [ 'failures' => 3, 'retry_at' => time() + 999 ] );
		$finding = ( new Loopback_Check( $this->plugin->loopback, false, 'apache2handler' ) )->run()[0]->to_array();
		self::assertSame( [ 'ok', 'sent_by_loopback' ], [ $finding['severity'], $finding['code'] ] );
		self::assertSame( [ 'PHP: apache2handler', 'POST ' . Loopback::url() . ' → HTTP 204' ], array_slice( $finding['evidence'], 0, 2 ) );
		self::assertSame( 0, ( new State() )->retry_at() );
	}

	/**
	 * @dataProvider loopbacks
	 */
	public function test_a_site_that_can_not_call_itself_is_told_why_and_what_to_do( callable $answer, string $seen, string $fix ): void {
		$this->api->loopback = $answer;
		$finding             = ( new Loopback_Check( $this->plugin->loopback, false, 'apache2handler' ) )->run()[0]->to_array();
		self::assertSame( [ 'info', 'loopback_failed', 'outbox' ], [ $finding['severity'], $finding['code'], $finding['layer'] ] );
		self::assertStringContainsString( 'two seconds', $finding['detail'] );
		self::assertStringContainsString( $seen, $finding['evidence'][1] );
		self::assertStringContainsString( $fix, $finding['fix'] );
		self::assertGreaterThan( time(), ( new State() )->retry_at() );
	}

	public function loopbacks(): array {
		$slow = static function ( array $args ): WP_Error {
			Fake_Api::arrive( $args );
			return new WP_Error( 'http_request_failed', 'cURL error 28: timed out' );
		};
		return [
			'a password'     => [ static fn() => Fake_Api::html( 401 ), 'HTTP 401', 'no password' ],
			'another server' => [ static fn() => Fake_Api::html( 200 ), 'HTTP 200', 'let the server call' ],
			'a redirect'     => [ static fn() => Fake_Api::json( 301, [], [ 'location' => 'https://other.example/' ] ), 'HTTP 301 → https://other.example/', 'let the server call' ],
			'no way there'   => [ static fn() => new WP_Error( 'http_request_failed', 'cURL error 7: refused' ), 'cURL error 7: refused', 'let the server call' ],
			'too slow'       => [ $slow, 'timed out', 'PHP-FPM' ],
		];
	}

	public function test_a_site_that_forbids_requests_to_itself_is_told_the_filter(): void {
		if ( ! defined( 'WP_HTTP_BLOCK_EXTERNAL' ) ) {
			define( 'WP_HTTP_BLOCK_EXTERNAL', true );
		}
		add_filter( 'block_local_requests', '__return_true' );
		remove_filter( 'pre_http_request', [ $this->api, 'answer' ], PHP_INT_MAX );
		$finding = ( new Loopback_Check( $this->plugin->loopback, false ) )->run()[0]->to_array();
		self::assertStringContainsString( 'block_local_requests', $finding['fix'] );
		self::assertContains( 'WP_HTTP_BLOCK_EXTERNAL: true', $finding['evidence'] );
	}

	/**
	 * @dataProvider limits
	 */
	public function test_limits_of_php_are_those_of_a_web_request( string $memory, string $time, string $code ): void {
		$settings = [
			'memory_limit'       => $memory,
			'max_execution_time' => $time,
		];
		$check    = new Php_Check(
			'fpm-fcgi',
			static function ( string $name ) use ( $settings ): string {
				return $settings[ $name ];
			}
		);
		self::assertSame( $code, $check->run()[0]->code() );
	}

	public function limits(): array {
		return [
			'enough'      => [ '256M', '30', 'php_sufficient' ],
			'no limits'   => [ '-1', '0', 'php_sufficient' ],
			'little time' => [ '128M', '5', 'time_limit_low' ],
			// WordPress raises it to 40 MB.
			'little memory' => [ '8M', '30', 'memory_low' ],
		];
	}

	public function test_a_copy_does_not_ask_igny8(): void {
		$this->connect();
		add_filter( 'option_home', static fn(): string => 'https://copy.example', 999 );
		$report = $this->examine();
		self::assertSame( [ 'clone_detected' ], array_column( self::faults( $report ), 'code' ) );
		self::assertFalse( $report['outside']['asked'] );
		self::assertSame( [ 'GET /healthz' ], $this->api->calls() );
	}

	/**
	 * @group environment
	 */
	public function test_a_closed_rest_api_is_fine_while_the_plugins_route_is_open(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		add_filter( 'rest_authentication_errors', [ self::class, 'close' ] );
		$finding = $this->finding( $this->examine(), 'rest_open' );
		self::assertContains( '/wp/v2/types: rest_login_required: Closed.', $finding['evidence'] );
	}

	/**
	 * @group environment
	 */
	public function test_a_plugin_that_closes_the_plugins_route_is_an_error(): void {
		self::become_admin();
		$this->connect();
		$this->outside_view( [ self::told( 'error', 'security_plugin', 'rest_blocked' ) ] );
		add_filter(
			'rest_pre_dispatch',
			static function () {
				return is_user_logged_in() ? null : new WP_Error( 'rest_forbidden', 'Closed <b>here</b>.', [ 'status' => 403 ] );
			}
		);
		$finding = $this->finding( $this->examine(), 'rest_blocked' );
		self::assertSame( 'error', $finding['severity'] );
		self::assertContains( '/igny8/v1/commands: rest_forbidden: Closed here.', $finding['evidence'] );
		self::assertSame( 1, get_current_user_id() );
	}

	/**
	 * @group environment
	 */
	public function test_a_plugin_that_ends_the_request_is_survived(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		add_filter(
			'rest_pre_dispatch',
			static function (): void {
				echo 'Go away';
				wp_die( 'Go away' );
			}
		);
		$finding = $this->finding( $this->examine(), 'rest_blocked' );
		self::assertContains( '/igny8/v1/commands: ended: Go away', $finding['evidence'] );
	}

	public function test_without_a_connection_the_local_checks_still_run(): void {
		$report = $this->examine();
		self::assertSame( 'info', $this->finding( $report, 'not_connected' )['severity'] );
		self::assertSame( Report::HEALTHY, $report['verdict'] );
		self::assertStringContainsString( 'not connected', $report['outside']['reason'] );
	}

	public function test_a_refusal_of_the_api_is_a_finding_with_its_reference(): void {
		$this->connect();
		$this->api->on( 'POST', self::DOCTOR, Fake_Api::problem( 401, 'api_key_revoked' ) );
		$report = $this->examine();
		self::assertSame( Report::BROKEN, $report['verdict'] );
		self::assertSame( [ 'api_key_revoked' ], array_column( $report['outside']['findings'], 'code' ) );
		self::assertSame( 'req_1', $report['outside']['request_id'] );
	}

	public function test_the_report_of_the_api_is_validated(): void {
		$this->connect();
		$this->api->on( 'POST', self::DOCTOR, Fake_Api::json( 200, [ 'findings' => [ 'x', [ 'severity' => 'fatal' ], [ 'severity' => 'info', 'layer' => [], 'title' => '<b>T</b>', 'evidence' => 'line' ] ] ] ) );
		$findings = $this->examine()['outside']['findings'];
		self::assertCount( 1, $findings );
		self::assertSame( [ '', 'T', [ 'line' ] ], [ $findings[0]['layer'], $findings[0]['title'], $findings[0]['evidence'] ] );
		$this->api->on( 'POST', self::DOCTOR, Fake_Api::json( 200, [ 'ok' => true ] ) );
		self::assertSame( 'unexpected_answer', $this->examine()['outside']['findings'][0]['code'] );
	}

	public function test_the_page_shows_it_escaped_with_layer_evidence_and_fix(): void {
		self::become_admin();
		$this->connect();
		$bad = '"><script>alert(1)</script>';
		$this->outside_view( [ self::told( 'error', 'firewall', 'blocked_by_firewall' ), self::told( 'info', 'php', 'x' ) ] );
		$report                                       = $this->plugin->doctor->examine()->to_array();
		$report['outside']['findings'][0]['evidence'] = [ $bad ];
		$report['outside']['findings'][0]['title']    = $bad;
		set_transient( Doctor_Reports::TRANSIENT . '1', $report );
		ob_start();
		( new Doctor_Panel( new Doctor_Reports() ) )->render();
		$page = (string) ob_get_clean();
		self::assertStringNotContainsString( '<script', $page );
		self::assertStringContainsString( 'data-igny8-verdict="broken"', $page );
		self::assertStringContainsString( 'data-igny8-layer="firewall"', $page );
		self::assertStringContainsString( '<strong>Problem</strong> — Firewall: ', $page );
		self::assertStringContainsString( 'Fix of blocked_by_firewall.', $page );
		self::assertStringContainsString( esc_html( $bad ), $page );
	}

	public function test_no_secret_is_in_a_report(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		$text = (string) wp_json_encode( $this->examine() );
		foreach ( [ self::KEY, self::signing_secret( $this->plugin ), AUTH_KEY, AUTH_SALT ] as $secret ) {
			self::assertStringNotContainsString( $secret, $text );
		}
	}

	public function test_the_command_exits_with_1_on_a_problem_and_0_otherwise(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'ok', 'connection', 'answered' ) ] );
		self::assertSame( '', $this->run_command( [] ) );
		self::assertContains( 'api_reached', array_column( WP_CLI::$rows, 'code' ) );
		self::assertSame( [], WP_CLI::$said );

		$this->outside_view( [ self::told( 'error', 'firewall', 'blocked_by_firewall' ) ] );
		self::assertSame( 'exit 1', $this->run_command( [] ) );
		self::assertSame( [ 'Warning: Firewall: Title of blocked_by_firewall. Detail of blocked_by_firewall. Fix of blocked_by_firewall.', '  seen: blocked_by_firewall' ], WP_CLI::$said );
	}

	public function test_the_command_gives_json(): void {
		$this->connect();
		$this->outside_view( [ self::told( 'warning', 'cron', 'cron_stale' ) ] );
		self::assertSame( 'exit 1', $this->run_command( [ 'format' => 'json' ] ) );
		$json = json_decode( WP_CLI::$said[0], true );
		self::assertSame( 'degraded', $json['verdict'] );
		self::assertSame( [ 'layer', 'code', 'severity', 'title', 'detail', 'evidence', 'fix' ], array_keys( $json['here'][0] ) );
		self::assertSame( 1, preg_match( '/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/', $json['at'] ) );
	}

	/**
	 * @param mixed $result Of other filters.
	 * @return mixed
	 */
	public static function close( $result ) {
		return is_user_logged_in() ? $result : new WP_Error( 'rest_login_required', 'Closed.', [ 'status' => 401 ] );
	}

	private function examine(): array {
		return $this->plugin->doctor->examine()->to_array();
	}

	/**
	 * Local findings that are errors or warnings.
	 */
	private static function faults( array $report ): array {
		return array_values(
			array_filter(
				$report['here'],
				static function ( array $finding ): bool {
					return Finding::ERROR === $finding['severity'];
				}
			)
		);
	}

	private function finding( array $report, string $code ): array {
		foreach ( array_merge( $report['here'], $report['outside']['findings'] ) as $finding ) {
			if ( $finding['code'] === $code ) {
				return $finding;
			}
		}
		throw new RuntimeException( "No finding $code in " . wp_json_encode( $report ) );
	}

	/**
	 * @param int $offset_s Of the API's clock from this one's.
	 */
	private function api_answers( int $offset_s ): void {
		$this->api->on( 'GET', '/healthz', Fake_Api::json( 200, [ 'status' => 'ok' ], [ 'date' => gmdate( 'D, d M Y H:i:s', time() + $offset_s ) . ' GMT' ] ) );
	}

	private function outside_view( array $findings ): void {
		$report = [
			'verdict'  => 'x',
			'at'       => '2026-11-22T00:00:00.000Z',
			'findings' => $findings,
			'steps'    => [],
			'raw'      => null,
		];
		$this->api->on( 'POST', self::DOCTOR, Fake_Api::json( 200, $report ) );
	}

	private static function told( string $severity, string $layer, string $code ): array {
		return [
			'layer'    => $layer,
			'code'     => $code,
			'severity' => $severity,
			'title'    => "Title of $code",
			'detail'   => "Detail of $code.",
			'evidence' => [ "seen: $code" ],
			'fix'      => Finding::OK === $severity ? null : "Fix of $code.",
		];
	}

	private function run_command( array $options ): string {
		WP_CLI::$said = [];
		try {
			$this->plugin->cli()->doctor( [], $options );
		} catch ( RuntimeException $exit ) {
			return $exit->getMessage();
		}
		return '';
	}
}
