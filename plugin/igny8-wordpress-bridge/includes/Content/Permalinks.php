<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use WP_Post;

/**
 * Loads in a few queries what WordPress would otherwise load post by post for permalinks and author names.
 */
final class Permalinks {

	private const FILTERS = [ 'post_link', 'post_type_link', 'page_link', 'attachment_link' ];

	private const DEEPEST = 20;

	/**
	 * @param WP_Post[] $posts As stored.
	 */
	public function prime( array $posts ): void {
		update_post_cache( $posts );
		cache_users( array_values( array_unique( array_map( 'intval', array_column( $posts, 'post_author' ) ) ) ) );

		$ids      = array_map( 'intval', array_column( $posts, 'ID' ) );
		$filtered = $this->is_filtered();
		if ( $filtered || false !== strpos( (string) get_option( 'permalink_structure' ), '%category%' ) ) {
			update_object_term_cache( $ids, array_values( array_unique( array_column( $posts, 'post_type' ) ) ) );
		}
		if ( $filtered ) {
			update_meta_cache( 'post', $ids );
		}
		$this->prime_ancestors( array_column( $posts, 'post_parent' ) );
	}

	/**
	 * @param array $parents Ids; the permalink of a page contains the slugs of its ancestors.
	 */
	private function prime_ancestors( array $parents ): void {
		for ( $depth = 0; $depth < self::DEEPEST; $depth++ ) {
			$parents = array_values( array_unique( array_filter( array_map( 'intval', $parents ) ) ) );
			if ( [] === $parents ) {
				return;
			}
			_prime_post_caches( $parents, false, false );
			$parents = array_map( 'wp_get_post_parent_id', $parents );
		}
	}

	private function is_filtered(): bool {
		foreach ( self::FILTERS as $filter ) {
			if ( has_filter( $filter ) ) {
				return true;
			}
		}
		return false;
	}
}
