<?php
/**
 * Plugin Name:       IGNY8 WordPress Bridge
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

define( 'IGNY8_BRIDGE_VERSION', '0.2.0' );
define( 'IGNY8_BRIDGE_FILE', __FILE__ );

require_once __DIR__ . '/includes/Autoloader.php';
( new Autoloader( __NAMESPACE__, __DIR__ . '/includes' ) )->register();

require_once __DIR__ . '/includes/functions.php';

Plugin::instance()->hook();
