<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

/**
 * Finds page caches in WordPress, which must not answer for the plugin.
 */
final class Cache_Check implements Check {

	/** Constant => name of the plugin that defines it. */
	private const KNOWN = [
		'WP_ROCKET_VERSION' => 'WP Rocket',
		'LSCWP_V'           => 'LiteSpeed Cache',
		'W3TC'              => 'W3 Total Cache',
		'WPCACHEHOME'       => 'WP Super Cache',
		'BREEZE_VERSION'    => 'Breeze',
		'SiteGround_Optimizer\VERSION' => 'Speed Optimizer',
	];

	public function run(): array {
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		$dropins  = get_dropins();
		$evidence = [ 'WP_CACHE: ' . ( defined( 'WP_CACHE' ) && WP_CACHE ? 'true' : 'false' ) ];
		foreach ( [ 'advanced-cache.php', 'object-cache.php' ] as $file ) {
			$evidence[] = $file . ': ' . ( isset( $dropins[ $file ] ) ? $this->name( $dropins[ $file ] ) : '-' );
		}
		$plugins = array_values( array_filter( self::KNOWN, 'defined', ARRAY_FILTER_USE_KEY ) );
		if ( [] !== $plugins ) {
			$evidence[] = implode( ', ', $plugins );
		}

		if ( [] !== $plugins || ( isset( $dropins['advanced-cache.php'] ) && defined( 'WP_CACHE' ) && WP_CACHE ) ) {
			return [
				new Finding(
					Finding::INFO,
					'page_cache',
					'page_cache_here',
					__( 'A page cache is active', 'igny8-wordpress-bridge' ),
					__( 'The plugin tells every cache not to store its answers.', 'igny8-wordpress-bridge' ),
					__( 'If IGNY8 receives outdated answers, exclude /wp-json/igny8/v1/ from the page cache.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}
		return [ Finding::ok( 'page_cache', 'page_cache_none', __( 'No page cache found in WordPress', 'igny8-wordpress-bridge' ), __( 'Neither drop-ins nor plugins cache pages.', 'igny8-wordpress-bridge' ), $evidence ) ];
	}

	private function name( array $dropin ): string {
		$name = sanitize_text_field( (string) ( $dropin['Name'] ?? '' ) );
		return '' === $name ? '+' : $name;
	}
}
