<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the featured images of many posts.
 */
final class Images {

	/**
	 * Reads the tables, not WordPress' cache, to get what is stored.
	 *
	 * @param array<int, int> $thumbnails Post id => attachment id.
	 * @return array<int, array{id: int, alt: string}> Post id => image, if it still exists.
	 */
	public function of( array $thumbnails ): array {
		$thumbnails = array_filter( $thumbnails );
		$there      = $this->existing( array_values( array_unique( $thumbnails ) ) );
		$alts       = ( new Post_Meta() )->of( array_keys( $there ), [ Meta_Keys::ALT ] );
		$images     = [];
		foreach ( $thumbnails as $post_id => $id ) {
			if ( isset( $there[ $id ] ) ) {
				$images[ $post_id ] = [
					'id'  => $id,
					'alt' => $alts[ $id ][ Meta_Keys::ALT ][0] ?? '',
				];
			}
		}
		return $images;
	}

	/**
	 * Loads at once what WordPress needs for the URLs of images.
	 *
	 * @param int[] $ids Ids of attachments.
	 */
	public function prime_urls( array $ids ): void {
		if ( [] !== $ids ) {
			_prime_post_caches( array_values( array_unique( $ids ) ), false, true );
		}
	}

	/**
	 * @param int[] $ids Ids of attachments, which may be deleted.
	 * @return array<int, true> By id.
	 */
	private function existing( array $ids ): array {
		global $wpdb;

		if ( [] === $ids ) {
			return [];
		}
		$list  = implode( ',', array_map( 'intval', $ids ) );
		$found = $wpdb->get_col( $wpdb->prepare( "SELECT ID FROM {$wpdb->posts} WHERE ID IN ($list) AND post_type = %s", Types::ATTACHMENT ) );
		return array_fill_keys( array_map( 'intval', $found ), true );
	}
}
