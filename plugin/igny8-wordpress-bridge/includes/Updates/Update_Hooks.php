<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Autoloader;
use Igny8\Bridge\Support\Failure;
use WP_Error;

/**
 * Answers WordPress' questions about updates of this plugin. When and whether something is installed is WordPress' and its
 * owner's business: nothing here asks for an automatic update.
 */
final class Update_Hooks {

	private Checker $checker;

	private Server $server;

	private Autoloader $autoloader;

	private string $basename;

	/**
	 * @param string $basename Path of the main file below the folder of plugins.
	 */
	public function __construct( Checker $checker, Server $server, Autoloader $autoloader, string $basename ) {
		$this->checker    = $checker;
		$this->server     = $server;
		$this->autoloader = $autoloader;
		$this->basename   = $basename;
	}

	/**
	 * @param string $host Of the header `Update URI`.
	 */
	public function hook( string $host ): void {
		add_filter( "update_plugins_{$host}", [ $this, 'offer' ], 10, 3 );
		add_filter( 'plugins_api', [ $this, 'describe' ], 10, 3 );
		add_filter( 'upgrader_pre_download', [ $this, 'download' ], 10, 4 );
		add_filter( 'upgrader_source_selection', [ $this, 'prepare' ], 10, 1 );
	}

	/**
	 * Also without an update it names the installed version, so that the list of plugins shows the switch for automatic updates.
	 *
	 * @param mixed $update Of other plugins.
	 * @param mixed $data   Headers of the plugin.
	 * @param mixed $file   Its main file.
	 * @return mixed
	 */
	public function offer( $update, $data, $file ) {
		if ( $file !== $this->basename ) {
			return $update;
		}
		$installed = is_array( $data ) && is_string( $data['Version'] ?? null ) ? $data['Version'] : IGNY8_BRIDGE_VERSION;
		$offers    = $this->checker->check( $installed );
		if ( null === $offers ) {
			return $update;
		}
		$release = $offers->update();
		return null === $release ? $this->stay( $installed ) : $this->describe_update( $release );
	}

	private function stay( string $installed ): array {
		return [
			'slug'    => dirname( $this->basename ),
			'version' => $installed,
			'url'     => '',
			'package' => '',
		];
	}

	public function describe_update( Release $release ): array {
		return [
			'slug'         => dirname( $this->basename ),
			'version'      => $release->version(),
			'url'          => '',
			'package'      => $this->checker->address_of( $release ),
			'requires'     => $release->requires(),
			'requires_php' => $release->requires_php(),
			'tested'       => $release->tested(),
		];
	}

	/**
	 * The window behind "View details".
	 *
	 * @param mixed $result Of other plugins.
	 * @param mixed $action What is asked.
	 * @param mixed $args   With the slug.
	 * @return mixed
	 */
	public function describe( $result, $action, $args ) {
		$slug   = is_object( $args ) ? ( $args->slug ?? '' ) : '';
		$offers = 'plugin_information' === $action && dirname( $this->basename ) === $slug ? $this->checker->known() : null;
		if ( null === $offers ) {
			return $result;
		}
		$release = $offers->update();
		$shown   = null === $release ? $this->stay( IGNY8_BRIDGE_VERSION ) : $this->describe_update( $release );
		return (object) array_merge(
			$shown,
			[
				'name'          => 'IGNY8 Bridge',
				'author'        => 'IGNY8',
				'homepage'      => 'https://igny8.com/wordpress',
				'download_link' => $shown['package'],
				'sections'      => [ 'changelog' => $this->changelog( $offers->releases() ) ],
			]
		);
	}

	/**
	 * @param Release[] $releases Newest first.
	 * @return string HTML.
	 */
	private function changelog( array $releases ): string {
		$html = '';
		foreach ( $releases as $release ) {
			$html .= '<h4>' . esc_html( $release->version() ) . '</h4><ul>';
			foreach ( $release->changelog() as $line ) {
				$html .= '<li>' . esc_html( $line ) . '</li>';
			}
			$html .= '</ul>';
		}
		return $html;
	}

	/**
	 * Downloads what WordPress is about to install over this plugin, and verifies it. Nothing else than what the manifest
	 * names is ever taken for an update of this plugin.
	 *
	 * @param mixed $reply    False, or what another plugin has downloaded.
	 * @param mixed $package  Address of the zip.
	 * @param mixed $upgrader Not used.
	 * @param mixed $extra    What is updated.
	 * @return mixed Path of the zip, or why there is none.
	 */
	public function download( $reply, $package, $upgrader = null, $extra = [] ) {
		unset( $upgrader );
		if ( ! is_array( $extra ) || ( $extra['plugin'] ?? '' ) !== $this->basename ) {
			return $reply;
		}
		try {
			$release = $this->checker->release_at( $package );
			if ( null === $release ) {
				Failure::raise( 'update_unknown', __( 'This zip is none of the plugin’s signed releases.', 'igny8-wordpress-bridge' ), __( 'Nothing was installed. Check for updates again.', 'igny8-wordpress-bridge' ) );
			}
			return $this->server->download( $release );
		} catch ( Failure $failure ) {
			$this->checker->failed( $failure );
			return new WP_Error( 'igny8_' . $failure->reason(), $failure->full_text() );
		}
	}

	/**
	 * WordPress is about to replace the plugin's files in the middle of this request. What runs of the plugin until its end
	 * is the version before, as a whole.
	 *
	 * @param mixed $source Folder with the unpacked files.
	 * @return mixed
	 */
	public function prepare( $source ) {
		if ( is_string( $source ) && basename( $source ) === dirname( $this->basename ) ) {
			$this->autoloader->load_all();
		}
		return $source;
	}
}
