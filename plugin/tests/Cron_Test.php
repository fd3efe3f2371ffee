<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Overdue;
use Igny8\Bridge\Cron\Runner;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Plugin;

/**
 * P5 and P8: cron events, backoff, and unattended connecting.
 */
final class Cron_Test extends Site_Test_Case {

	public function test_the_daily_event_is_planned_again_if_it_gets_lost(): void {
		wp_clear_scheduled_hook( Schedule::DAILY );
		$schedule = Plugin::instance()->schedule;
		self::assertNotFalse( has_action( 'init', [ $schedule, 'ensure_daily' ] ) );
		$schedule->ensure_daily();
		$at = wp_next_scheduled( Schedule::DAILY );
		self::assertNotFalse( $at );
		$schedule->ensure_daily();
		self::assertSame( $at, wp_next_scheduled( Schedule::DAILY ) );
	}

	public function test_a_cron_run_is_recorded(): void {
		self::assertFalse( get_option( Runner::LAST_RUN_OPTION ) );
		do_action( 'wp_loaded' );
		self::assertFalse( get_option( Runner::LAST_RUN_OPTION ) );
		$this->in_cron( $this->runner( '' ) );
		self::assertEqualsWithDelta( time(), get_option( Runner::LAST_RUN_OPTION ), 2 );
	}

	public function test_with_a_key_in_wp_config_the_next_cron_run_connects(): void {
		$this->api->is_up( home_url() );
		$this->in_cron( $this->runner( self::KEY ) );
		$plugin = $this->plugin_with( self::KEY );
		self::assertSame( Status::READY, $plugin->status->state() );
		self::assertSame( self::KEY, $plugin->keys->api_key() );
		self::assertStringNotContainsString( substr( self::KEY, 6 ), self::options_table() );

		$this->api->requests = [];
		$this->in_cron( $this->runner( self::KEY ) );
		self::assertSame( [], $this->api->requests );
	}

	public function test_without_a_key_in_wp_config_cron_connects_nothing(): void {
		$this->api->is_up( home_url() );
		$this->in_cron( $this->runner( '' ) );
		self::assertSame( [], $this->api->requests );
	}

	public function test_unattended_a_site_that_cannot_be_called_yet_is_tried_again(): void {
		$this->api->is_up( home_url() )->on( 'POST', Fake_Api::INTEGRATION . 'test-connection/', Fake_Api::problem( 422, 'wordpress_unreachable' ) );
		$plugin = $this->plugin_with( self::KEY );
		self::assertSame( Outcome::WAITING, $plugin->unattended->run( $plugin->connector )->kind() );
		self::assertNotFalse( wp_next_scheduled( Schedule::CONNECT ) );

		$this->api->is_up( home_url() );
		$this->runner( self::KEY )->connect();
		self::assertSame( Status::READY, $plugin->status->state() );
	}

	public function test_unattended_a_refused_connection_is_tried_once_a_day(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 401, 'api_key_unknown' ) );
		$plugin = $this->plugin_with( self::KEY );
		self::assertSame( Outcome::FAILED, $plugin->unattended->run( $plugin->connector )->kind() );
		self::assertSame( 'api_key_unknown', $plugin->status->error()['code'] );
		self::assertNull( $plugin->unattended->run( $plugin->connector ) );

		$pause          = get_option( 'igny8_unattended_pause' );
		$pause['until'] = time() - 1;
		update_option( 'igny8_unattended_pause', $pause );
		self::assertNotNull( $plugin->unattended->run( $plugin->connector ) );
	}

	public function test_a_malformed_key_in_wp_config_is_shown_and_sends_no_request(): void {
		$plugin = $this->plugin_with( 'igny8_oops' );
		$plugin->unattended->run( $plugin->connector );
		self::assertSame( 'api_key_malformed', $plugin->status->error()['code'] );
		self::assertSame( [], $this->api->requests );
	}

	public function test_after_disconnect_it_stays_disconnected_until_the_key_changes_or_the_plugin_is_activated(): void {
		$this->api->is_up( home_url() );
		$plugin = $this->plugin_with( self::KEY );
		$plugin->unattended->run( $plugin->connector );
		$plugin->disconnector->disconnect();
		self::assertFalse( $plugin->unattended->is_due() );
		self::assertTrue( $this->plugin_with( self::OTHER_KEY )->unattended->is_due() );
		$plugin->unattended->resume();
		self::assertTrue( $plugin->unattended->is_due() );
	}

	public function test_a_try_whose_process_died_is_repeated(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable' ) );
		$this->plugin->connector->connect( Credentials::of_key( self::KEY ) );
		// The state after a process died during a try: its event is used up.
		wp_clear_scheduled_hook( Schedule::CONNECT );
		$at = 0;
		$this->api->answers_everything_with(
			static function () use ( &$at ): array {
				$at = (int) wp_next_scheduled( Schedule::CONNECT );
				throw new \Error( 'Out of memory' );
			}
		);
		try {
			$this->plugin->connector->retry( false );
			self::fail( 'It lived.' );
		} catch ( \Error $error ) {
			self::assertSame( 'Out of memory', $error->getMessage() );
		}
		self::assertGreaterThan( time(), $at );

		$attempt               = get_option( 'igny8_attempt' );
		$attempt['started_at'] = time() - 1000;
		update_option( 'igny8_attempt', $attempt );
		$this->api->is_up( home_url() );
		self::assertSame( Outcome::CONNECTED, $this->plugin->connector->retry( false )->kind() );
	}

	public function test_if_cron_is_broken_an_admin_request_runs_overdue_events(): void {
		$this->connect();
		$this->plugin->schedule->push_at( time() - 600 );
		$overdue = new Overdue( $this->plugin->schedule );
		$overdue->check();
		self::assertSame( 100, has_action( 'shutdown', [ $overdue, 'run' ] ) );
		$overdue->run();
		self::assertSame( [ 'POST ' . Fake_Api::INTEGRATION . 'int_1/update-structure/' ], $this->api->calls() );
		self::assertFalse( wp_next_scheduled( Schedule::PUSH ) );
	}

	public function test_events_that_just_became_due_are_left_to_cron(): void {
		$this->plugin->schedule->push_at( time() - 10 );
		$overdue = new Overdue( $this->plugin->schedule );
		$overdue->check();
		self::assertFalse( has_action( 'shutdown', [ $overdue, 'run' ] ) );
	}

	private function runner( string $constant_key ): Runner {
		$plugin = $this->plugin_with( $constant_key );
		return new Runner( $plugin->schedule, $plugin->connector, $plugin->unattended, $plugin->structure_sync, $plugin->connection, $plugin->settings, $plugin->config );
	}

	private function in_cron( Runner $runner ): void {
		add_filter( 'wp_doing_cron', '__return_true' );
		$runner->record_cron_run();
		remove_filter( 'wp_doing_cron', '__return_true' );
	}
}
