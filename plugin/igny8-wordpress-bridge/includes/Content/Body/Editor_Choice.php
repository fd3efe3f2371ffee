<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Body;

defined( 'ABSPATH' ) || exit;

use WP_Post;

/**
 * Which editor the site would open a post in.
 */
final class Editor_Choice {

	/**
	 * Asks as wp-admin does, so that the Classic Editor and the filters of others are heard.
	 *
	 * @param int $id Of the post; 0 for a new one.
	 */
	public function is_block_editor( string $type, int $id ): bool {
		$post = $id > 0 ? get_post( $id ) : null;
		if ( null === $post ) {
			$post = new WP_Post(
				(object) [
					'ID'          => 0,
					'post_type'   => $type,
					'post_status' => 'auto-draft',
					'filter'      => 'raw',
				]
			);
		}
		return use_block_editor_for_post( $post );
	}
}
