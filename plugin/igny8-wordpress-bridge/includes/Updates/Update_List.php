<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

/**
 * WordPress' own list of updates, by which its updater installs.
 */
final class Update_List {

	private string $basename;

	/**
	 * @param string $basename Path of the main file below the folder of plugins.
	 */
	public function __construct( string $basename ) {
		$this->basename = $basename;
	}

	/**
	 * Has WordPress ask for updates of all plugins, as it does twice a day. It asks this plugin only if wordpress.org has
	 * answered; so the offer is put into the list where that is blocked.
	 *
	 * @param array|null $offer As Update_Hooks::describe_update() makes it.
	 */
	public function refresh( ?array $offer ): void {
		wp_clean_plugins_cache();
		wp_update_plugins();
		if ( null !== $offer && ! isset( $this->read()->response[ $this->basename ] ) ) {
			$this->put( $offer );
		}
	}

	/**
	 * @param array $offer As Update_Hooks::describe_update() makes it.
	 */
	public function put( array $offer ): void {
		$updates = $this->read();

		$updates->response[ $this->basename ] = (object) ( $offer + [
			'new_version' => $offer['version'],
			'plugin'      => $this->basename,
		] );
		set_site_transient( 'update_plugins', $updates );
	}

	private function read(): object {
		$updates = get_site_transient( 'update_plugins' );
		$updates = is_object( $updates ) ? $updates : (object) [ 'last_checked' => time() ];

		$updates->response = (array) ( $updates->response ?? [] );
		return $updates;
	}
}
