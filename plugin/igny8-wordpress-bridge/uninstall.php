<?php
/**
 * Runs when the plugin is deleted in wp-admin.
 *
 * @package Igny8\Bridge
 */

declare(strict_types=1);

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/Autoloader.php';
( new Igny8\Bridge\Autoloader( 'Igny8\Bridge', __DIR__ . '/includes' ) )->register();

( new Igny8\Bridge\Support\Uninstaller() )->run();
