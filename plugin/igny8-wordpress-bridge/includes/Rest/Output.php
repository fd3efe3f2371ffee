<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

/**
 * Sees to it that the client gets the signed bytes and nothing else: no notice, no byte order mark, no rewritten page.
 */
final class Output {

	/** Handlers of PHP itself that have announced an encoding in the headers: they may be emptied, not removed. */
	private const KEEP = '/zlib|gzhandler|iconv|mb_output/i';

	/**
	 * Called while plugins load. What the ones before this one printed is out of reach unless PHP buffers by itself.
	 *
	 * @param string $uri As requested.
	 */
	public function buffer_early( string $uri ): void {
		if ( false !== strpos( rawurldecode( $uri ), Commands_Route::NAMESPACE . Commands_Route::PATH ) ) {
			ob_start();
		}
	}

	public function send( string $body ): void {
		$this->discard();
		// WordPress flushes every buffer at shutdown, this one's too: what is printed from here on must go nowhere.
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
