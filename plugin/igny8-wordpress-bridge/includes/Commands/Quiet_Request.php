<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

/**
 * Hides the request that happens to carry the commands from other plugins' hooks.
 *
 * A poll rides on the request of a visitor or of somebody in wp-admin. A hook on `save_post` that reads its meta box from
 * `$_POST`, or a language from `$_GET`, would otherwise write what that person sends into the post of a command. With
 * the same, empty request for both transports, commands have the same effect however they arrive.
 */
final class Quiet_Request {

	/** Entries of $_SERVER that say what was asked, by whom, and from which page. */
	private const HIDDEN = [ 'REDIRECT_QUERY_STRING', 'HTTP_REFERER', 'HTTP_COOKIE', 'HTTP_AUTHORIZATION', 'REDIRECT_HTTP_AUTHORIZATION', 'PHP_AUTH_USER', 'PHP_AUTH_PW', 'PHP_AUTH_DIGEST', 'CONTENT_TYPE', 'CONTENT_LENGTH' ];

	/**
	 * @return mixed Result of $task.
	 */
	public static function run( callable $task ) {
		$kept = [ $_GET, $_POST, $_FILES, $_REQUEST, $_COOKIE, $_SERVER ]; // phpcs:ignore WordPress.Security.NonceVerification -- Kept unread, and restored below.
		// The post that the visitor looks at.
		$post = $GLOBALS['post'] ?? null;

		$_GET     = [];
		$_POST    = [];
		$_FILES   = [];
		$_REQUEST = [];
		$_COOKIE  = [];
		$_SERVER  = self::server( $_SERVER );

		$GLOBALS['post'] = null;
		try {
			return $task();
		} finally {
			list( $_GET, $_POST, $_FILES, $_REQUEST, $_COOKIE, $_SERVER ) = $kept;

			$GLOBALS['post'] = $post;
		}
	}

	/**
	 * As of a request of IGNY8, which posts its commands.
	 */
	private static function server( array $server ): array {
		$server = array_diff_key( $server, array_flip( self::HIDDEN ) );

		$server['REQUEST_METHOD'] = 'POST';
		$server['QUERY_STRING']   = '';
		$server['REQUEST_URI']    = explode( '?', (string) ( $server['REQUEST_URI'] ?? '/' ), 2 )[0];
		return $server;
	}
}
