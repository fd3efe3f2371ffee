<?php
/**
 * Functions for other plugins, themes and hosts.
 *
 * @package Igny8\Bridge
 */

declare(strict_types=1);

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Plugin;
use Igny8\Bridge\Support\Failure;

if ( ! function_exists( 'igny8_get_site_structure' ) ) {
	/**
	 * Every public post type and taxonomy of this site.
	 *
	 * @return array `post_types` (slug => label, count as wp-admin lists it under "All", enabled), `taxonomies` (slug =>
	 *               label, count of terms, enabled, post_types), `plugin_connection_enabled` and `two_way_sync_enabled`
	 *               (whether Sync Operations and Two-Way Sync are switched on), `authors` (id and name of users who may write
	 *               posts).
	 */
	function igny8_get_site_structure(): array {
		return Plugin::instance()->gatherer->gather();
	}
}

if ( ! function_exists( 'igny8_sync_site_structure_to_backend' ) ) {
	/**
	 * Sends the structure to IGNY8 now. A failure is logged, and the plugin tries again.
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
