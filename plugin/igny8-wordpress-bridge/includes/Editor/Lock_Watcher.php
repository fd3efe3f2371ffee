<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Write\Open_Editor;

/**
 * Notes since when somebody has a post open: WordPress' lock only says when it was last renewed.
 */
final class Lock_Watcher {

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
		if ( Open_Editor::LOCK === $key ) {
			update_post_meta( (int) $post_id, Open_Editor::SINCE, (string) $value );
		}
	}

	/**
	 * @param mixed $meta_id Id.
	 * @param mixed $post_id Id.
	 * @param mixed $key     Meta key.
	 * @param mixed $value   Value.
	 */
	public function relocking( $meta_id, $post_id, $key, $value ): void {
		if ( Open_Editor::LOCK !== $key ) {
			return;
		}
		list( $time, $user )     = Open_Editor::parts( (string) get_post_meta( (int) $post_id, Open_Editor::LOCK, true ) );
		list( $now, $next_user ) = Open_Editor::parts( (string) $value );
		// A tab that is closed sets its lock back; that is no beginning.
		if ( $user !== $next_user || $now > $time + Open_Editor::window_s() ) {
			update_post_meta( (int) $post_id, Open_Editor::SINCE, (string) $value );
		}
	}
}
