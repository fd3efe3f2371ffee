<?php
/**
 * Loads a real WordPress with the plugin active.
 *
 * IGNY8_WP_ROOT=/path/to/wordpress phpunit -c plugin
 *
 * For a network of sites, set its host too: IGNY8_WP_HOST=example.test:8080.
 */

declare(strict_types=1);

$igny8_root = (string) getenv( 'IGNY8_WP_ROOT' );
if ( ! is_readable( $igny8_root . '/wp-load.php' ) ) {
	fwrite( STDERR, "Set IGNY8_WP_ROOT to the folder of an installed WordPress in which the plugin is active.\n" );
	exit( 1 );
}

$_SERVER['REQUEST_METHOD']  = 'GET';
$_SERVER['REQUEST_URI']     = '/';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REMOTE_ADDR']     = '127.0.0.1';
$_SERVER['HTTP_HOST']       = (string) getenv( 'IGNY8_WP_HOST' ) ?: '127.0.0.1';

require $igny8_root . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

if ( ! defined( 'IGNY8_BRIDGE_FILE' ) ) {
	fwrite( STDERR, "The plugin is not active in $igny8_root.\n" );
	exit( 1 );
}

// Replaces PHPUnit's handler, which would throw warnings inside code that isn't ours and was written for older PHP: a
// database driver, and the HTTP library of older WordPress.
set_error_handler(
	static function ( int $level, string $message, string $file, int $line ): bool {
		if ( 0 === ( error_reporting() & $level ) || 1 === preg_match( '~/sqlite-database-integration/|/wp-includes/sqlite/~', $file ) ) {
			return false;
		}
		if ( E_DEPRECATED === $level && 1 === preg_match( '~/wp-includes/(Requests/|class-requests\.php)~', $file ) ) {
			return false;
		}
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
);

require_once __DIR__ . '/support/Fake_Api.php';
require_once __DIR__ . '/support/Vectors.php';
require_once __DIR__ . '/support/Site_Test_Case.php';
require_once __DIR__ . '/support/Redirected.php';
require_once __DIR__ . '/support/Wp_Cli.php';
require_once __DIR__ . '/support/Test_Command.php';
