<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Structure\Change_Watcher;
use Igny8\Bridge\Support\Failure;
use WP_Error;

/**
 * P4 and P5: the push of the structure, its retries and triggers.
 */
final class Structure_Sync_Test extends Site_Test_Case {

	private const PUSH = Fake_Api::INTEGRATION . 'int_1/update-structure/';

	private const TEST = Fake_Api::INTEGRATION . 'test-connection/';

	protected function setUp(): void {
		parent::setUp();
		$this->connect();
	}

	public function test_a_push_follows_the_protocol_and_stores_its_time(): void {
		update_option( 'igny8_connection', array_merge( get_option( 'igny8_connection' ), [ 'last_structure_sync_at' => 1 ] ) );
		self::assertTrue( igny8_sync_site_structure_to_backend() );
		$body = $this->api->last_body( 'POST', self::PUSH );
		self::assertSame( [ 'post_types', 'taxonomies', 'plugin_connection_enabled', 'two_way_sync_enabled', 'authors', 'timezone', 'acting_user' ], array_keys( $body ) );
		self::assertSame( [ 'label', 'count', 'enabled', 'denied', 'has_trash' ], array_keys( $body['post_types']['post'] ) );
		unset( $body['acting_user'] );
		self::assertSame( igny8_get_site_structure(), $body );
		self::assertEqualsWithDelta( time(), $this->plugin->connection->last_structure_sync_at(), 2 );
	}

	public function test_without_a_connection_nothing_is_sent(): void {
		$this->plugin->connection->clear();
		$error = igny8_sync_site_structure_to_backend();
		self::assertInstanceOf( WP_Error::class, $error );
		self::assertSame( 'igny8_not_connected', $error->get_error_code() );
		self::assertSame( [], $this->api->requests );
	}

	public function test_while_the_api_fails_the_push_is_logged_and_repeated_with_growing_pauses(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 500, 'internal_error' ) );
		foreach ( [ 60, 120, 240 ] as $expected ) {
			$this->push_in_vain();
			self::assertEqualsWithDelta( time() + $expected, wp_next_scheduled( Schedule::PUSH ), 0.1 * $expected + 1 );
		}
		self::assertContains( 'internal_error', self::log_codes( $this->plugin ) );
		self::assertSame( Status::DEGRADED, $this->plugin->status->state() );

		$this->api->accepts_structure( 'int_1' );
		do_action( Schedule::PUSH );
		self::assertSame( Status::READY, $this->plugin->status->state() );
		self::assertFalse( wp_next_scheduled( Schedule::PUSH ) );
		self::assertNull( $this->plugin->connection->last_error() );
	}

	public function test_retry_after_is_honoured_in_seconds_and_as_a_date(): void {
		foreach ( [ '900', gmdate( 'D, d M Y H:i:s', time() + 900 ) . ' GMT' ] as $value ) {
			$this->api->answers_everything_with( Fake_Api::problem( 429, 'too_many_requests', [ 'retry-after' => $value ] ) );
			$this->push_in_vain();
			self::assertEqualsWithDelta( time() + 900, wp_next_scheduled( Schedule::PUSH ), 1 );
		}
	}

	public function test_a_change_meanwhile_keeps_the_pause_the_api_asked_for(): void {
		$this->api->answers_everything_with( Fake_Api::problem( 503, 'unavailable', [ 'retry-after' => '900' ] ) );
		$this->push_in_vain();
		do_action( 'activated_plugin', 'other/other.php', false );
		self::assertEqualsWithDelta( time() + 900, wp_next_scheduled( Schedule::PUSH ), 1 );
	}

	public function test_a_refusal_waits_for_the_daily_run(): void {
		$this->api->on( 'POST', self::PUSH, Fake_Api::problem( 400, 'validation_error' ) );
		$this->push_in_vain();
		self::assertFalse( wp_next_scheduled( Schedule::PUSH ) );
		self::assertSame( 'daily', $this->daily_recurrence() );
	}

	public function test_a_revoked_key_is_shown_and_recovers_if_it_is_accepted_again(): void {
		$this->api->on( 'POST', self::PUSH, Fake_Api::problem( 401, 'api_key_revoked' ) );
		$this->push_in_vain();
		self::assertSame( Status::KEY_REVOKED, $this->plugin->status->state() );
		$this->api->accepts_structure( 'int_1' );
		do_action( Schedule::DAILY );
		self::assertSame( Status::READY, $this->plugin->status->state() );
	}

	public function test_a_deleted_integration_is_created_again(): void {
		$secret = self::signing_secret( $this->plugin );
		$this->api->on( 'POST', self::PUSH, Fake_Api::problem( 404, 'integration_not_found' ) )
			->on( 'POST', self::TEST, Fake_Api::json( 201, Fake_Api::connected( 'int_2' ) ) )
			->accepts_structure( 'int_2' );
		$this->plugin->structure_sync->push();

		self::assertSame( [ 'POST ' . self::PUSH, 'POST ' . self::TEST, 'POST ' . Fake_Api::INTEGRATION . 'int_2/update-structure/' ], $this->api->calls() );
		self::assertSame( 'int_2', $this->plugin->connection->integration_id() );
		self::assertSame( $secret, $this->plugin->keys->signing_secrets()['previous'] );
		self::assertSame( Status::READY, $this->plugin->status->state() );
	}

	public function test_if_it_cannot_be_created_again_the_old_secret_stays(): void {
		$secret = self::signing_secret( $this->plugin );
		$this->api->on( 'POST', self::PUSH, Fake_Api::problem( 404, 'integration_not_found' ) )
			->on( 'POST', self::TEST, Fake_Api::problem( 422, 'rest_blocked' ) );
		$this->push_in_vain();
		self::assertSame( $secret, self::signing_secret( $this->plugin ) );
		self::assertSame( 'rest_blocked', $this->plugin->connection->last_error()['code'] );
	}

	public function test_every_day_it_is_sent_and_if_sync_is_off_it_is_not(): void {
		self::assertSame( 'daily', $this->daily_recurrence() );
		do_action( Schedule::DAILY );
		self::assertCount( 1, $this->api->requests );
		$this->plugin->settings->save_switches( false, true );
		do_action( Schedule::DAILY );
		self::assertCount( 1, $this->api->requests );
	}

	/**
	 * @dataProvider changes
	 */
	public function test_it_is_sent_once_soon_after_a_change( string $hook, array $args ): void {
		foreach ( [ 'wp_version_check', 'wp_update_plugins', 'wp_update_themes' ] as $asks_wordpress_org ) {
			remove_action( 'upgrader_process_complete', $asks_wordpress_org );
		}
		remove_action( 'upgrader_process_complete', [ 'Language_Pack_Upgrader', 'async_upgrade' ], 20 );
		do_action( $hook, ...$args );
		do_action( $hook, ...$args );
		$crons = array_filter(
			_get_cron_array(),
			static function ( array $events ): bool {
				return isset( $events[ Schedule::PUSH ] );
			}
		);
		self::assertCount( 1, $crons );
		self::assertEqualsWithDelta( time() + 5, key( $crons ), 2 );
	}

	public function changes(): array {
		return [
			'a plugin is activated'   => [ 'activated_plugin', [ 'other/other.php', false ] ],
			'a plugin is deactivated' => [ 'deactivated_plugin', [ 'other/other.php', false ] ],
			'the theme changes'       => [ 'switch_theme', [ 'New', wp_get_theme(), wp_get_theme() ] ],
			'an update is done'       => [ 'upgrader_process_complete', [ new \stdClass(), [] ] ],
		];
	}

	public function test_this_plugin_s_own_deactivation_plans_nothing(): void {
		do_action( 'deactivated_plugin', plugin_basename( IGNY8_BRIDGE_FILE ), false );
		self::assertFalse( wp_next_scheduled( Schedule::PUSH ) );
	}

	public function test_a_new_type_in_wp_admin_is_a_change_once(): void {
		set_current_screen( 'dashboard' );
		$watcher = new Change_Watcher( $this->plugin->connection, $this->plugin->settings, $this->plugin->schedule, 'x' );
		$watcher->compare();
		self::assertFalse( wp_next_scheduled( Schedule::PUSH ), 'There was nothing to compare with.' );

		register_post_type( 'event', [ 'public' => true ] );
		$watcher->compare();
		self::assertNotFalse( wp_next_scheduled( Schedule::PUSH ) );

		$this->plugin->schedule->cancel_push();
		$watcher->compare();
		self::assertFalse( wp_next_scheduled( Schedule::PUSH ) );

		register_taxonomy( 'venue', 'event', [ 'public' => true ] );
		$watcher->compare();
		self::assertNotFalse( wp_next_scheduled( Schedule::PUSH ) );
	}

	public function test_requests_of_visitors_plan_no_push(): void {
		$watcher = new Change_Watcher( $this->plugin->connection, $this->plugin->settings, $this->plugin->schedule, 'x' );
		$watcher->compare();
		self::assertFalse( get_option( Change_Watcher::OPTION ) );
	}

	private function push_in_vain(): void {
		try {
			$this->plugin->structure_sync->push();
			self::fail( 'It went through.' );
		} catch ( Failure $failure ) {
			unset( $failure );
		}
	}

	private function daily_recurrence(): string {
		$this->plugin->schedule->ensure_daily();
		return (string) wp_get_schedule( Schedule::DAILY );
	}
}
