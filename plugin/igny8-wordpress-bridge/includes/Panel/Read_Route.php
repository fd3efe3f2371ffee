<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

use WP_Error;
use WP_REST_Server;

/**
 * A route of the plugin's own REST space that a page of wp-admin reads, for whoever has a capability.
 */
final class Read_Route {

	public static function register( string $path, callable $answer, string $capability ): void {
		register_rest_route(
			Panel_Route::SPACE,
			$path,
			[
				'methods'             => WP_REST_Server::READABLE,
				'callback'            => $answer,
				'permission_callback' => static function () use ( $capability ) {
					return current_user_can( $capability )
						? true
						: new WP_Error( 'igny8_not_allowed', __( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), [ 'status' => rest_authorization_required_code() ] );
				},
			]
		);
	}
}
