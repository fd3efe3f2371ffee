<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Closure;
use ReflectionException;
use ReflectionFunction;
use ReflectionMethod;

/**
 * Finds the plugins and themes that use a hook.
 */
final class Hook_Owners {

	/**
	 * @param string[] $hooks Names.
	 * @return string[] Folders or files of plugins, must-use plugins and themes, without WordPress and this plugin.
	 */
	public static function of( array $hooks ): array {
		global $wp_filter;

		$owners = [];
		foreach ( $hooks as $hook ) {
			foreach ( isset( $wp_filter[ $hook ] ) ? $wp_filter[ $hook ]->callbacks : [] as $callbacks ) {
				foreach ( $callbacks as $callback ) {
					$owner = self::owner( self::file_of( $callback['function'] ) );
					if ( '' !== $owner ) {
						$owners[ $owner ] = true;
					}
				}
			}
		}
		return array_keys( $owners );
	}

	/**
	 * @param mixed $callback Of a hook.
	 * @return string Folder or file of the plugin or theme; '' for WordPress itself and for this plugin.
	 */
	public static function of_callback( $callback ): string {
		return self::owner( self::file_of( $callback ) );
	}

	/**
	 * @param mixed $callback Of a hook.
	 */
	private static function file_of( $callback ): string {
		try {
			if ( is_string( $callback ) && false !== strpos( $callback, '::' ) ) {
				$callback = explode( '::', $callback, 2 );
			}
			if ( is_array( $callback ) && 2 === count( $callback ) ) {
				return (string) ( new ReflectionMethod( $callback[0], (string) $callback[1] ) )->getFileName();
			}
			if ( is_object( $callback ) && ! $callback instanceof Closure ) {
				return (string) ( new ReflectionMethod( $callback, '__invoke' ) )->getFileName();
			}
			return is_string( $callback ) || $callback instanceof Closure ? (string) ( new ReflectionFunction( $callback ) )->getFileName() : '';
		} catch ( ReflectionException $error ) {
			return '';
		}
	}

	/**
	 * @return string Folder or file of the plugin or theme; '' for WordPress itself and for this plugin.
	 */
	public static function owner( string $file ): string {
		$file = wp_normalize_path( $file );
		if ( '' === $file || 0 === strpos( $file, wp_normalize_path( plugin_dir_path( IGNY8_BRIDGE_FILE ) ) ) ) {
			return '';
		}
		foreach ( [ WPMU_PLUGIN_DIR, WP_PLUGIN_DIR, get_theme_root() ] as $folder ) {
			$folder = trailingslashit( wp_normalize_path( (string) $folder ) );
			if ( 0 === strpos( $file, $folder ) ) {
				return explode( '/', substr( $file, strlen( $folder ) ), 2 )[0];
			}
		}
		return '';
	}
}
