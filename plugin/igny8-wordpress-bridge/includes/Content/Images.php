<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

/**
 * Featured images of many posts.
 */
final class Images {

	/**
	 * @param array<int, int> $thumbnails Post id => attachment id.
	 * @return array<int, array{id: int, url: string, alt: string}> Post id => image; only where it still exists.
	 */
	public function of( array $thumbnails ): array {
		$ids = array_values( array_unique( array_filter( $thumbnails ) ) );
		if ( [] !== $ids ) {
			_prime_post_caches( $ids, false, true );
		}

		$images = [];
		foreach ( array_filter( $thumbnails ) as $post_id => $id ) {
			if ( 'attachment' === get_post_type( $id ) ) {
				$images[ $post_id ] = [
					'id'  => $id,
					'url' => (string) wp_get_attachment_url( $id ),
					'alt' => (string) get_post_meta( $id, Meta_Keys::ALT, true ),
				];
			}
		}
		return $images;
	}
}
