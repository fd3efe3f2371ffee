<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Editor\Lock_Watcher;

/**
 * A post that somebody has open in WordPress' editor is left alone: their next save would overwrite what is written
 * here. If the editor was opened earlier and its lock has run out, see Igny8\Bridge\Editor\Save_Watcher.
 */
final class Open_Editor {

	/**
	 * @throws Command_Failure `post_locked` while the lock is fresh; with the time since when the post has been open.
	 */
	public function check( int $post_id ): void {
		// From the table: another server's object cache may be behind.
		$meta                = ( new Post_Meta() )->of( [ $post_id ], [ Lock_Watcher::LOCK, Lock_Watcher::SINCE ] )[ $post_id ] ?? [];
		list( $time, $user ) = Lock_Watcher::parts( $meta[ Lock_Watcher::LOCK ][0] ?? '' );
		if ( $time <= time() - Lock_Watcher::window_s() ) {
			return;
		}
		list( $since, $opened_by ) = Lock_Watcher::parts( $meta[ Lock_Watcher::SINCE ][0] ?? '' );
		$person                    = get_userdata( $user );
		throw new Command_Failure(
			'post_locked',
			/* translators: %s: name of a person. */
			sprintf( __( '%s has this post open in WordPress’ editor.', 'igny8-wordpress-bridge' ), false === $person ? __( 'Somebody', 'igny8-wordpress-bridge' ) : $person->display_name ),
			true,
			$opened_by === $user && $since > 0 && $since <= time() ? $since : $time
		);
	}
}
