<?php
/**
 * Router of PHP's built-in server: does for WordPress what a web server's rewrite rules do, and nothing more. Environment:
 * IGNY8_BASE (path of the WordPress folder, '' or '/blog'), IGNY8_REWRITE (1 where permalinks are pretty),
 * IGNY8_MULTISITE (1: the first folder may name a site), IGNY8_BASIC_AUTH (user:password in front of everything),
 * IGNY8_STRIP_AUTHORIZATION (1: as hosts that run PHP as CGI), IGNY8_REFUSE (file with a pattern of requests that a
 * firewall refuses).
 */

$base = (string) getenv( 'IGNY8_BASE' );
$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode( (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
$auth = (string) getenv( 'IGNY8_BASIC_AUTH' );

if ( '' !== $auth && ( $_SERVER['PHP_AUTH_USER'] ?? '' ) . ':' . ( $_SERVER['PHP_AUTH_PW'] ?? '' ) !== $auth ) {
	header( 'WWW-Authenticate: Basic realm="Staging"', true, 401 );
	echo '<!doctype html><title>401</title><p>Authorization required';
	return true;
}
$refuse = (string) getenv( 'IGNY8_REFUSE' );
if ( is_file( $refuse ) && preg_match( '~' . file_get_contents( $refuse ) . '~', rawurldecode( $_SERVER['REQUEST_URI'] ) ) ) {
	http_response_code( 403 );
	echo '<!doctype html><title>403</title><p>Forbidden by the firewall';
	return true;
}
if ( getenv( 'IGNY8_STRIP_AUTHORIZATION' ) ) {
	unset( $_SERVER['HTTP_AUTHORIZATION'], $_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW'] );
}
if ( preg_match( '#/\.|\.\.#', $path ) ) {
	http_response_code( 404 );
	return true;
}
if ( getenv( 'IGNY8_MULTISITE' ) ) {
	$inner = '#^' . preg_quote( $base, '#' ) . '/[A-Za-z0-9_-]+(/wp-(?:content|admin|includes)(?:/.*)?|/wp-[a-z-]+\.php)$#';
	$path  = preg_match( $inner, $path, $match ) && ! is_dir( $root . $path ) && ! is_file( $root . $path ) ? $base . $match[1] : $path;
}
if ( is_dir( $root . $path ) && '/' !== substr( $path, -1 ) ) {
	header( 'Location: ' . strtok( $_SERVER['REQUEST_URI'], '?' ) . '/', true, 301 );
	return true;
}
$file = is_dir( $root . $path ) ? $path . 'index.php' : $path;
if ( is_file( $root . $file ) && '.php' !== substr( $file, -4 ) ) {
	return false;
}
if ( ! is_file( $root . $file ) ) {
	if ( ! getenv( 'IGNY8_REWRITE' ) || 0 !== strpos( $path, $base . '/' ) ) {
		http_response_code( 404 );
		echo '<!doctype html><title>404</title><p>Not found on this server';
		return true;
	}
	$file = $base . '/index.php';
}
$_SERVER['SCRIPT_NAME']     = $file;
$_SERVER['PHP_SELF']        = $file;
$_SERVER['SCRIPT_FILENAME'] = $root . $file;
chdir( dirname( $root . $file ) );
require $root . $file;
return true;
