<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

defined( 'ABSPATH' ) || exit;

/**
 * Sends exactly the signed bytes: without PHP notices, byte order marks or output of other plugins.
 */
final class Output {

	/** PHP's own output handlers, which have already sent an encoding header. They can be emptied, but not removed. */
	private const KEEP = '/zlib|gzhandler|iconv|mb_output/i';

	/**
	 * Runs while plugins load. Output of plugins loaded earlier can't be removed unless PHP buffers output.
	 *
	 * @param string $uri Request URI.
	 */
	public function buffer_early( string $uri ): void {
		if ( false !== strpos( rawurldecode( $uri ), Commands_Route::NAMESPACE . Commands_Route::PATH ) ) {
			ob_start();
		}
	}

	public function send( string $body ): void {
		$this->discard();
		// WordPress flushes every buffer at shutdown. Output after the body must be discarded.
		remove_action( 'shutdown', 'wp_ob_end_flush_all', 1 );
		echo $body; // phpcs:ignore -- JSON, whose bytes are signed.
		ob_start( [ $this, 'discard_output' ] );
	}

	public function discard_output(): string {
		return '';
	}

	private function discard(): void {
		while ( ob_get_level() > 0 ) {
			$name = (string) ( ob_get_status()['name'] ?? '' );
			if ( 1 === preg_match( self::KEEP, $name ) ) {
				ob_clean();
				return;
			}
			if ( ! ob_end_clean() ) {
				return;
			}
		}
	}
}
