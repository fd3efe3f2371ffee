<?php

declare(strict_types=1);

namespace Igny8\Bridge\Lists;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Panel\Item_State;

/**
 * Marks posts that need somebody, as IGNY8 said last. As post meta, so that WordPress' lists have it without a query.
 */
final class Attention {

	/** `conflict` or `failed`. */
	public const MARK = '_igny8_attention';

	public const STATES = [ Item_State::CONFLICT, Item_State::FAILED ];

	/**
	 * @param string $state One of Item_State.
	 */
	public function note( int $post_id, string $state ): void {
		$mark = in_array( $state, self::STATES, true ) ? $state : '';
		if ( $mark === $this->of( $post_id ) ) {
			return;
		}
		if ( '' === $mark ) {
			delete_post_meta( $post_id, self::MARK );
		} else {
			update_post_meta( $post_id, self::MARK, $mark );
		}
	}

	/**
	 * @return int[] Ids of posts with a mark.
	 */
	public function marked( int $most ): array {
		global $wpdb;

		$ids = $wpdb->get_col( $wpdb->prepare( "SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s LIMIT %d", self::MARK, $most ) );
		return array_map( 'intval', $ids );
	}

	/**
	 * Number of posts that somebody may list, by state.
	 *
	 * @return array<string, int>
	 */
	public function counts(): array {
		global $wpdb;

		$counts = array_fill_keys( self::STATES, 0 );
		$rows   = $wpdb->get_results( $wpdb->prepare( "SELECT m.meta_value AS state, COUNT( DISTINCT p.ID ) AS n FROM {$wpdb->postmeta} m INNER JOIN {$wpdb->posts} p ON p.ID = m.post_id WHERE m.meta_key = %s AND p.post_status <> 'trash' GROUP BY m.meta_value", self::MARK ) );
		foreach ( $rows as $row ) {
			if ( isset( $counts[ $row->state ] ) ) {
				$counts[ $row->state ] = (int) $row->n;
			}
		}
		return $counts;
	}

	/**
	 * @return string One of STATES; '' for none.
	 */
	public function of( int $post_id ): string {
		$mark = get_post_meta( $post_id, self::MARK, true );
		return is_string( $mark ) && in_array( $mark, self::STATES, true ) ? $mark : '';
	}
}
