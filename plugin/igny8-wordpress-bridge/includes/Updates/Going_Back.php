<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Plugin_Upgrader;
use WP_Ajax_Upgrader_Skin;
use WP_Error;

/**
 * Installs the release before the installed one, with WordPress' own updater: what it checks and restores for an update, it
 * does for this too.
 */
final class Going_Back {

	private Checker $checker;

	private Update_Hooks $hooks;

	private Update_List $updates;

	private State $state;

	private Log $log;

	private string $basename;

	/**
	 * @param string $basename Path of the main file below the folder of plugins.
	 */
	public function __construct( Checker $checker, Update_Hooks $hooks, Update_List $updates, State $state, Log $log, string $basename ) {
		$this->checker  = $checker;
		$this->hooks    = $hooks;
		$this->updates  = $updates;
		$this->state    = $state;
		$this->log      = $log;
		$this->basename = $basename;
	}

	/**
	 * The release that this site can go back to; null if there is none.
	 */
	public function target(): ?Release {
		$offers = $this->checker->known();
		return null === $offers ? null : $offers->before();
	}

	/**
	 * @return string The version that is now installed.
	 * @throws Failure `nothing_before`, or why WordPress could not install it; the plugin is as it was.
	 */
	public function run(): string {
		$release = $this->target();
		if ( null === $release ) {
			Failure::raise( 'nothing_before', __( 'There is no earlier version to go back to.', 'igny8-wordpress-bridge' ) );
		}
		$from = IGNY8_BRIDGE_VERSION;
		$held = $this->state->held();
		// Before: WordPress asks for updates again while it is at it.
		$this->state->hold( version_compare( $from, $held, '>' ) ? $from : $held );
		try {
			$this->install( $release );
		} catch ( Failure $failure ) {
			$this->state->hold( $held );
			throw $failure;
		}
		/* translators: 1: version before, 2: version now. */
		$this->log->info( 'went_back', sprintf( __( 'The plugin went back from version %1$s to %2$s.', 'igny8-wordpress-bridge' ), $from, $release->version() ) );
		return $release->version();
	}

	private function install( Release $release ): void {
		require_once ABSPATH . 'wp-admin/includes/file.php';
		require_once ABSPATH . 'wp-admin/includes/misc.php';
		require_once ABSPATH . 'wp-admin/includes/plugin.php';
		require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';

		$this->updates->put( $this->hooks->describe_update( $release ) );
		$skin    = new WP_Ajax_Upgrader_Skin();
		$buffers = ob_get_level();
		$results = ( new Plugin_Upgrader( $skin ) )->bulk_upgrade( [ $this->basename ] );
		while ( ob_get_level() > $buffers ) {
			// WordPress leaves one open after an error.
			ob_end_clean();
		}
		$result = is_array( $results ) ? ( $results[ $this->basename ] ?? null ) : null;
		$error  = $result instanceof WP_Error ? $result : $skin->get_errors();
		if ( ! is_array( $result ) || $error->has_errors() ) {
			$this->refuse( $error );
		}
	}

	private function refuse( WP_Error $error ): void {
		wp_clean_plugins_cache();
		$message = wp_strip_all_tags( implode( ' ', $error->get_error_messages() ) );
		$text    = '' === $message ? __( 'WordPress could not replace the files of the plugin.', 'igny8-wordpress-bridge' ) : $message;
		Failure::raise( 'not_installed', $text, __( 'The plugin is as it was. If WordPress may not write its plugins, upload the zip of the earlier version.', 'igny8-wordpress-bridge' ) );
	}
}
