<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Lets WordPress find the translations that come with the plugin, where it has none of its own.
 */
final class Translations {

	private const DOMAIN = 'igny8-wordpress-bridge';

	private string $folder;

	/**
	 * @param string $folder With the plugin's translations.
	 */
	public function __construct( string $folder ) {
		$this->folder = $folder;
	}

	public function hook(): void {
		global $wp_textdomain_registry;

		// What load_plugin_textdomain() does; WordPress loads the file with the first text, and again for another language.
		$wp_textdomain_registry->set_custom_path( self::DOMAIN, $this->folder );
		add_filter( 'load_textdomain_mofile', [ $this, 'fall_back' ], 10, 2 );
	}

	/**
	 * The German texts address people formally and suit each kind of German.
	 *
	 * @param mixed $file   That WordPress would load.
	 * @param mixed $domain Of the texts.
	 * @return mixed
	 */
	public function fall_back( $file, $domain ) {
		if ( self::DOMAIN !== $domain || ! is_string( $file ) || is_readable( $file ) ) {
			return $file;
		}
		return 1 === preg_match( '/-de_\w+\.mo\z/', $file ) ? $this->folder . '/' . self::DOMAIN . '-de_DE.mo' : $file;
	}
}
