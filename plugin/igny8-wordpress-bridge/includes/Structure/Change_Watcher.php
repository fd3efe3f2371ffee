<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Support\Settings;

/**
 * Detects changes of post types, taxonomies, plugins and the time zone, and plans one push of the structure a few seconds later.
 */
final class Change_Watcher {

	public const OPTION = 'igny8_structure_fingerprint';

	private Connection $connection;

	private Settings $settings;

	private Schedule $schedule;

	private string $basename;

	/**
	 * @param string $basename Basename of this plugin; its own activation is not a change.
	 */
	public function __construct( Connection $connection, Settings $settings, Schedule $schedule, string $basename ) {
		$this->connection = $connection;
		$this->settings   = $settings;
		$this->schedule   = $schedule;
		$this->basename   = $basename;
	}

	public function hook(): void {
		add_action( 'wp_loaded', [ $this, 'compare' ], 100 );
		add_action( 'activated_plugin', [ $this, 'plugin_changed' ] );
		add_action( 'deactivated_plugin', [ $this, 'plugin_changed' ] );
		add_action( 'switch_theme', [ $this, 'changed' ] );
		add_action( 'upgrader_process_complete', [ $this, 'changed' ] );
		add_action( 'igny8_acting_user_changed', [ $this, 'acting_user_changed' ] );
	}

	/**
	 * Compares only requests in wp-admin. Some plugins register types only there, so other requests would differ
	 * every time.
	 */
	public function compare(): void {
		if ( ! is_admin() || wp_doing_ajax() || ! $this->connection->exists() ) {
			return;
		}

		$now  = $this->fingerprint();
		$then = get_option( self::OPTION );
		if ( $now === $then ) {
			return;
		}

		update_option( self::OPTION, $now, true );
		if ( is_string( $then ) ) {
			$this->changed();
		}
	}

	/**
	 * @param mixed $plugin Path of its main file, relative to the plugins folder.
	 */
	public function plugin_changed( $plugin ): void {
		if ( $plugin !== $this->basename ) {
			$this->changed();
		}
	}

	public function changed(): void {
		if ( $this->connection->exists() && $this->settings->is_sync_enabled() ) {
			$this->schedule->push_soon();
		}
	}

	/**
	 * Reported even if sync is switched off: who may write concerns the account's security.
	 */
	public function acting_user_changed(): void {
		if ( $this->connection->exists() ) {
			$this->schedule->push_soon();
		}
	}

	/**
	 * Without labels, which depend on the user's language.
	 */
	private function fingerprint(): string {
		$post_types = array_values( get_post_types( [ 'public' => true ] ) );
		sort( $post_types );

		$taxonomies = [];
		foreach ( get_taxonomies( [ 'public' => true ], 'objects' ) as $slug => $taxonomy ) {
			$objects = array_map( 'strval', (array) $taxonomy->object_type );
			sort( $objects );
			$taxonomies[ $slug ] = $objects;
		}
		ksort( $taxonomies );

		$plugins = array_values( (array) get_option( 'active_plugins', [] ) );
		sort( $plugins );
		return md5( (string) wp_json_encode( [ $post_types, $taxonomies, $plugins, get_stylesheet(), wp_timezone_string() ] ) );
	}
}
