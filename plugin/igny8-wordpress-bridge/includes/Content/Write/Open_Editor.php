<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Post_Meta;

/**
 * A post that somebody has open in WordPress' editor is left alone: their next save would overwrite what is written
 * here. If the editor was opened earlier and its lock has run out, see Igny8\Bridge\Editor\Save_Watcher.
 */
final class Open_Editor {

	/** WordPress' own: `time:user`, renewed by the editor while the tab is open. */
	public const LOCK = '_edit_lock';

	/** As the lock: `time:user`, of the moment at which the post was opened. */
	public const SINCE = '_igny8_editing_since';

	/** `time:user`: until when the text that this person has open may be replaced, because they chose IGNY8's. */
	public const HANDOVER = '_igny8_handover';

	private const WINDOW_S = 150;

	/** A site that polls gets the write with its next poll. */
	private const HANDOVER_S = 5 * MINUTE_IN_SECONDS;

	/**
	 * @throws Command_Failure `post_locked` while the lock is fresh; with the time since when the post has been open.
	 */
	public function check( int $post_id ): void {
		// From the table: another server's object cache may be behind.
		$meta                    = ( new Post_Meta() )->of( [ $post_id ], [ self::LOCK, self::SINCE, self::HANDOVER ] )[ $post_id ] ?? [];
		list( $time, $user )     = self::parts( $meta[ self::LOCK ][0] ?? '' );
		list( $until, $chooser ) = self::parts( $meta[ self::HANDOVER ][0] ?? '' );
		if ( $time <= time() - self::window_s() || ( $chooser === $user && $until >= time() ) ) {
			return;
		}
		list( $since, $opened_by ) = self::parts( $meta[ self::SINCE ][0] ?? '' );
		$person                    = get_userdata( $user );
		Command_Failure::raise(
			'post_locked',
			/* translators: %s: name of a person. */
			sprintf( __( '%s has this post open in WordPress’ editor.', 'igny8-wordpress-bridge' ), false === $person ? __( 'Somebody', 'igny8-wordpress-bridge' ) : $person->display_name ),
			true,
			[ 'since' => $opened_by === $user && $since > 0 && $since <= time() ? $since : $time ]
		);
	}

	/**
	 * Lets IGNY8 write the post although this person has it open: they chose its version, and their editor reloads.
	 */
	public function hand_over( int $post_id, int $user_id ): void {
		update_post_meta( $post_id, self::HANDOVER, ( time() + self::HANDOVER_S ) . ':' . $user_id );
	}

	/**
	 * Seconds after which WordPress takes a lock for abandoned.
	 */
	public static function window_s(): int {
		/** This filter is documented in wp-admin/includes/ajax-actions.php */
		return (int) apply_filters( 'wp_check_post_lock_window', self::WINDOW_S );
	}

	/**
	 * @param string $lock `time:user`.
	 * @return int[] Unix seconds and user id.
	 */
	public static function parts( string $lock ): array {
		return array_map( 'intval', explode( ':', $lock, 2 ) + [ '0', '0' ] );
	}
}
