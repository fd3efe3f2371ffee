<?php
/**
 * Functions for other plugins, themes and hosts.
 *
 * @package Igny8\Bridge
 */

declare(strict_types=1);

use Igny8\Bridge\Plugin;
use Igny8\Bridge\Support\Failure;

if ( ! function_exists( 'igny8_get_site_structure' ) ) {
	/**
	 * Every public post type and taxonomy of this site.
	 *
	 * @return array {
	 *     @type array $post_types                Slug => label, count (what wp-admin lists under "All"), enabled.
	 *     @type array $taxonomies                Slug => label, count (terms), enabled, post_types.
	 *     @type bool  $plugin_connection_enabled Whether Sync Operations are switched on.
	 *     @type bool  $two_way_sync_enabled      Whether Two-Way Sync is switched on.
	 * }
	 */
	function igny8_get_site_structure(): array {
		return Plugin::instance()->gatherer->gather();
	}
}

if ( ! function_exists( 'igny8_sync_site_structure_to_backend' ) ) {
	/**
	 * Sends the structure to IGNY8 now. A failure is logged, and tried again by itself.
	 *
	 * @return true|WP_Error True once IGNY8 has stored it; the error's data holds `fix` and `request_id`.
	 */
	function igny8_sync_site_structure_to_backend() {
		try {
			Plugin::instance()->structure_sync->push();
		} catch ( Failure $failure ) {
			return $failure->to_wp_error();
		}
		return true;
	}
}
