<?php
/**
 * Plugin Name:       IGNY8 Bridge
 * Plugin URI:        https://igny8.com/wordpress
 * Description:       Connects this site to IGNY8 and keeps content types, counts and content in sync.
 * Version:           0.2.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            IGNY8
 * Author URI:        https://igny8.com
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       igny8-wordpress-bridge
 * Domain Path:       /languages
 *
 * This program is free software; you can redistribute it and/or modify it under the terms of the GNU General Public
 * License as published by the Free Software Foundation; either version 2 of the License, or (at your option) any later
 * version. It is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; see the License for details.
 *
 * @package Igny8\Bridge
 */

declare(strict_types=1);

namespace Igny8\Bridge;

defined( 'ABSPATH' ) || exit;

if ( defined( 'IGNY8_BRIDGE_VERSION' ) ) {
	// Installed twice, as a must-use copy beside the normal one: the copy that WordPress loads second steps back.
	add_action(
		'admin_notices',
		static function () {
			if ( current_user_can( 'manage_options' ) ) {
				printf(
					'<div class="notice notice-warning"><p>%s</p></div>',
					esc_html(
						sprintf(
							/* translators: 1: folder of the copy in use, 2: folder of the copy that is not used. */
							__( 'IGNY8 is installed twice. The copy in %1$s is in use; the one in %2$s does nothing and can be removed.', 'igny8-wordpress-bridge' ),
							str_replace( wp_normalize_path( WP_CONTENT_DIR ) . '/', '', wp_normalize_path( dirname( IGNY8_BRIDGE_FILE ) ) ),
							str_replace( wp_normalize_path( WP_CONTENT_DIR ) . '/', '', wp_normalize_path( __DIR__ ) )
						)
					)
				);
			}
		}
	);
	return;
}

define( 'IGNY8_BRIDGE_VERSION', '0.2.0' );
define( 'IGNY8_BRIDGE_FILE', __FILE__ );

require_once __DIR__ . '/includes/Autoloader.php';
( new Autoloader( __NAMESPACE__, __DIR__ . '/includes' ) )->register();

require_once __DIR__ . '/includes/functions.php';

Plugin::instance()->hook();
