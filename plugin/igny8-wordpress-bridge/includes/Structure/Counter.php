<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

use Igny8\Bridge\Content\Types;

/**
 * Counts like "All" in wp-admin, with one query per type.
 */
final class Counter {

	public function posts( string $post_type ): int {
		if ( 'attachment' === $post_type ) {
			return $this->attachments();
		}

		$counts = (array) wp_count_posts( $post_type );
		return max( 0, (int) array_sum( array_diff_key( $counts, Types::unlisted_statuses() ) ) );
	}

	public function terms( string $taxonomy ): int {
		$count = wp_count_terms(
			[
				'taxonomy'   => $taxonomy,
				'hide_empty' => false,
			]
		);
		return is_numeric( $count ) ? max( 0, (int) $count ) : 0;
	}

	/**
	 * The media library has other statuses, and counts by MIME type.
	 */
	private function attachments(): int {
		$counts = (array) wp_count_attachments();
		unset( $counts['trash'] );
		return max( 0, (int) array_sum( $counts ) );
	}
}
