<?php

declare(strict_types=1);

namespace Igny8\Bridge\Editor;

defined( 'ABSPATH' ) || exit;

/**
 * Keeps a text as a revision of its post, also where revisions are switched off or full.
 */
final class Kept_Text {

	/**
	 * Does nothing if a revision has this text.
	 *
	 * @param array<string, mixed> $fields   title, body and excerpt.
	 * @param bool                 $is_going Whether the post itself is about to lose this text.
	 */
	public static function keep( int $post_id, array $fields, bool $is_going ): void {
		$post  = get_post( $post_id, ARRAY_A );
		$texts = [
			'post_title'   => (string) $fields['title'],
			'post_content' => (string) $fields['body'],
			'post_excerpt' => (string) $fields['excerpt'],
		];
		if ( is_array( $post ) && ! self::is_stored( $post_id, array_values( $texts ), $is_going ) ) {
			// WordPress has no public function for this. It is as old as revisions, and plugins rely on it.
			_wp_put_post_revision( $texts + $post );
		}
	}

	/**
	 * The next autosave replaces an autosave, so those don't count.
	 *
	 * @param string[] $texts Title, body, excerpt.
	 */
	private static function is_stored( int $post_id, array $texts, bool $is_going ): bool {
		global $wpdb;

		$id = $is_going ? 0 : $post_id;
		// The database may compare without regard to case.
		$rows = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT post_title, post_content, post_excerpt FROM {$wpdb->posts} WHERE ( ID = %d OR ( post_parent = %d AND post_type = 'revision' AND post_name NOT LIKE %s ) ) AND post_content = %s",
				$id, $post_id, '%-autosave-v1', $texts[1]
			), ARRAY_N
		);
		return in_array( $texts, $rows, true );
	}
}
