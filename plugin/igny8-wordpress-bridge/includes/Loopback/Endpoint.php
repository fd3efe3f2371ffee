<?php

declare(strict_types=1);

namespace Igny8\Bridge\Loopback;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Response_Finisher;

/**
 * Receives this site's requests to itself. The answer is empty. Without a valid token nothing happens; with one, the
 * answer is sent before anything is done, and then the action `igny8_loopback_received` does the work.
 *
 * A token can't make the site work more than it must: it is valid once and for seconds, and sending and polling each
 * run once at a time, by locks.
 */
final class Endpoint {

	/** Of the query. */
	public const PARAMETER = 'igny8_loopback';

	/** Of the body. */
	public const TOKEN = 'igny8_token';

	private Tokens $tokens;

	public function __construct( Tokens $tokens ) {
		$this->tokens = $tokens;
	}

	/**
	 * Runs while plugins load.
	 */
	public function hook(): void {
		if ( ! isset( $_GET[ self::PARAMETER ] ) ) {
			return;
		}

		if ( ! defined( 'DONOTCACHEPAGE' ) ) {
			define( 'DONOTCACHEPAGE', true );
		}
		$token = $_POST[ self::TOKEN ] ?? null;
		if ( is_string( $token ) && $this->tokens->redeem( $token ) ) {
			// Nobody is signed in, whatever came with the request.
			$_COOKIE = [];
			add_filter( 'determine_current_user', '__return_zero', PHP_INT_MAX );
			ignore_user_abort( true );
			Response_Finisher::finish_empty( 204 );
			add_action( 'wp_loaded', [ $this, 'work' ], 100 );
		} else {
			// Not before all plugins are loaded: their hooks run at shutdown.
			add_action( 'plugins_loaded', [ $this, 'refuse' ], PHP_INT_MIN );
		}
	}

	/**
	 * Ends the request.
	 */
	public function work(): void {
		do_action( 'igny8_loopback_received' );
		exit;
	}

	/**
	 * Ends the request.
	 */
	public function refuse(): void {
		Response_Finisher::finish_empty( 403 );
		exit;
	}
}
