<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

/**
 * Notes since when somebody has a post open: WordPress' lock only says when it was last renewed.
 */
final class Lock_Watcher {

	public const LOCK = '_edit_lock';

	/** As the lock: `time:user`, of the first moment. */
	public const SINCE = '_igny8_editing_since';

	public function hook(): void {
		// Before the change, so that the lock before can be read.
		add_action( 'add_post_meta', [ $this, 'locking' ], 10, 3 );
		add_action( 'update_post_meta', [ $this, 'relocking' ], 10, 4 );
	}

	/**
	 * @param mixed $post_id Id.
	 * @param mixed $key     Meta key.
	 * @param mixed $value   Value.
	 */
	public function locking( $post_id, $key, $value ): void {
		if ( self::LOCK === $key ) {
			update_post_meta( (int) $post_id, self::SINCE, (string) $value );
		}
	}

	/**
	 * @param mixed $meta_id Id.
	 * @param mixed $post_id Id.
	 * @param mixed $key     Meta key.
	 * @param mixed $value   Value.
	 */
	public function relocking( $meta_id, $post_id, $key, $value ): void {
		if ( self::LOCK !== $key ) {
			return;
		}
		list( $time, $user )     = self::parts( (string) get_post_meta( (int) $post_id, self::LOCK, true ) );
		list( $now, $next_user ) = self::parts( (string) $value );
		// A tab that is closed sets its lock back; that is no beginning.
		if ( $user !== $next_user || $now > $time + self::window_s() ) {
			update_post_meta( (int) $post_id, self::SINCE, (string) $value );
		}
	}

	/**
	 * Seconds after which WordPress takes a lock for abandoned.
	 */
	public static function window_s(): int {
		/** This filter is documented in wp-admin/includes/ajax-actions.php */
		return (int) apply_filters( 'wp_check_post_lock_window', 150 );
	}

	/**
	 * @return int[] Unix seconds and user id.
	 */
	public static function parts( string $lock ): array {
		return array_map( 'intval', explode( ':', $lock, 2 ) + [ '0', '0' ] );
	}
}
