<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Post_Meta;

/**
 * A post that somebody has open in WordPress' editor is left alone: their next save would overwrite what is written
 * here, and neither side would notice.
 */
final class Open_Editor {

	/** WordPress' own: `time:user`, renewed by the editor while the tab is open. */
	private const LOCK = '_edit_lock';

	/** Seconds after which WordPress takes a lock for abandoned. */
	private const WINDOW_S = 150;

	/**
	 * @throws Command_Failure `post_locked` while the lock is fresh.
	 */
	public function check( int $post_id ): void {
		// From the table: another server's object cache may be behind.
		$lock = ( new Post_Meta() )->of( [ $post_id ], [ self::LOCK ] )[ $post_id ][ self::LOCK ][0] ?? '';
		$part = explode( ':', $lock );
		/** This filter is documented in wp-admin/includes/ajax-actions.php */
		$window_s = (int) apply_filters( 'wp_check_post_lock_window', self::WINDOW_S );
		if ( (int) $part[0] <= time() - $window_s ) {
			return;
		}
		$user = get_userdata( (int) ( $part[1] ?? 0 ) );
		throw new Command_Failure(
			'post_locked',
			/* translators: %s: name of a person. */
			sprintf( __( '%s has this post open in WordPress’ editor.', 'igny8-wordpress-bridge' ), false === $user ? __( 'Somebody', 'igny8-wordpress-bridge' ) : $user->display_name ),
			true
		);
	}
}
