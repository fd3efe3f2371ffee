<?php

declare(strict_types=1);

namespace Igny8\Bridge\Tests;

use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Support\Lifecycle;

/**
 * P7 and activation.
 *
 * @group environment
 */
final class Lifecycle_Test extends Site_Test_Case {

	public function test_activation_plans_the_daily_event(): void {
		wp_clear_scheduled_hook( Schedule::DAILY );
		$this->lifecycle( $this->plugin )->activate( false );
		self::assertSame( 'daily', wp_get_schedule( Schedule::DAILY ) );
	}

	public function test_once_activated_a_site_with_a_key_in_wp_config_is_connected(): void {
		$this->api->is_up( home_url() );
		$plugin = $this->plugin_with( self::KEY );
		$this->lifecycle( $plugin )->activated( 'other/other.php', false );
		self::assertSame( [], $this->api->requests );
		$this->lifecycle( $plugin )->activated( $this->basename(), false );
		self::assertTrue( $plugin->connection->exists() );
	}

	public function test_if_it_cannot_be_called_at_activation_the_very_next_cron_run_tries_again(): void {
		$this->api->is_up( home_url() )->on( 'POST', Fake_Api::INTEGRATION . 'test-connection/', Fake_Api::problem( 422, 'wordpress_unreachable' ) );
		$plugin = $this->plugin_with( self::KEY );
		$this->lifecycle( $plugin )->activated( $this->basename(), false );
		self::assertLessThanOrEqual( time(), wp_next_scheduled( Schedule::CONNECT ) );
	}

	public function test_deactivation_unschedules_every_event_and_keeps_the_connection(): void {
		$this->connect();
		$this->plugin->schedule->ensure_daily();
		$this->plugin->schedule->push_at( time() + 60 );
		$this->plugin->schedule->connect_at( time() + 60 );
		do_action( 'deactivate_' . $this->basename(), false );
		do_action( 'deactivated_plugin', $this->basename(), false );
		self::assertStringNotContainsString( 'igny8', (string) wp_json_encode( _get_cron_array() ) );
		self::assertTrue( $this->plugin->connection->exists() );
	}

	public function test_uninstalling_leaves_no_option_transient_table_or_event(): void {
		global $wpdb;

		$this->connect();
		$this->plugin->schedule->ensure_daily();
		$this->plugin->schedule->push_at( time() + 60 );
		$this->plugin->log->info( 'x', 'y' );
		$this->plugin->settings->save_switches( false, false );
		set_transient( 'igny8_notices_1', [ 'x' ], 60 );
		update_option( 'igny8_left_by_a_later_version', 'x' );
		update_option( 'igny8like', 'not ours' );
		$wpdb->query( "CREATE TABLE {$wpdb->prefix}igny8_outbox (id bigint(20) NOT NULL AUTO_INCREMENT, PRIMARY KEY (id))" );
		self::assertStringContainsString( '_transient_igny8_notices_1', self::options_table() );
		self::assertSame( [ "{$wpdb->prefix}igny8_outbox" ], $this->tables() );

		if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
			define( 'WP_UNINSTALL_PLUGIN', $this->basename() );
		}
		require dirname( IGNY8_BRIDGE_FILE ) . '/uninstall.php';

		self::assertSame( [], $this->tables() );
		wp_cache_flush();
		self::assertSame( 'not ours', get_option( 'igny8like' ) );
		delete_option( 'igny8like' );
		self::assertSame( 0, preg_match( '/igny8_(?!bridge)/', str_replace( 'igny8-wordpress-bridge', '', self::options_table() ) ) );
		self::assertFalse( get_option( 'igny8_log' ) );
	}

	private function tables(): array {
		global $wpdb;
		return $wpdb->get_col( "SHOW TABLES LIKE '%igny8%'" );
	}

	private function basename(): string {
		return plugin_basename( IGNY8_BRIDGE_FILE );
	}

	private function lifecycle( \Igny8\Bridge\Plugin $plugin ): Lifecycle {
		return new Lifecycle( $plugin->schedule, $plugin->unattended, $plugin->connector, $plugin->outbox, $this->basename() );
	}
}
