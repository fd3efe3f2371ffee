<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;

/**
 * Posts that somebody here has IGNY8 leave alone: it may neither read nor write them, whatever it asks.
 *
 * The mark is post meta, so it goes with the post: a backup brings it back, and a copy of the post is left alone as well.
 * It is read from the table, because a filter or a stale object cache must not open what was closed.
 */
final class Left_Alone {

	/** `user:time`: who decided, and when (Unix seconds). */
	public const MARK = '_igny8_left_alone';

	/** Of more posts, all marks are read. */
	private const FEW = 500;

	public function has( int $post_id ): bool {
		return [] !== $this->among( [ $post_id ] );
	}

	/**
	 * @param int[] $ids Post ids.
	 * @return array<int, true> Those of them that are left alone, as keys.
	 */
	public function among( array $ids ): array {
		global $wpdb;

		if ( [] === $ids ) {
			return [];
		}
		$list  = implode( ',', array_map( 'intval', count( $ids ) > self::FEW ? [] : $ids ) );
		$found = '' === $list
			? $wpdb->get_col( $wpdb->prepare( "SELECT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s", self::MARK ) )
			: $wpdb->get_col( $wpdb->prepare( "SELECT post_id FROM {$wpdb->postmeta} WHERE post_id IN ($list) AND meta_key = %s", self::MARK ) );
		return array_intersect_key( array_fill_keys( array_map( 'intval', $found ), true ), array_flip( $ids ) );
	}

	/**
	 * @throws Command_Failure `post_left_alone`.
	 */
	public function check( int $post_id ): void {
		if ( $this->has( $post_id ) ) {
			Command_Failure::raise( 'post_left_alone', __( 'In WordPress, somebody chose that IGNY8 leaves this post alone.', 'igny8-wordpress-bridge' ) );
		}
	}

	/**
	 * @return bool Whether it was not left alone before.
	 */
	public function mark( int $post_id, int $user_id ): bool {
		if ( $this->has( $post_id ) ) {
			return false;
		}
		update_post_meta( $post_id, self::MARK, $user_id . ':' . time() );
		return $this->has( $post_id );
	}

	/**
	 * @return bool Whether it was left alone before.
	 */
	public function unmark( int $post_id ): bool {
		return $this->has( $post_id ) && delete_post_meta( $post_id, self::MARK );
	}

	/**
	 * Who decided, and when.
	 *
	 * @return array{user_id: int, at: int}|null Null for a post that is not left alone.
	 */
	public function decision( int $post_id ): ?array {
		$stored = ( new Post_Meta() )->of( [ $post_id ], [ self::MARK ] )[ $post_id ][ self::MARK ][0] ?? null;
		if ( null === $stored ) {
			return null;
		}
		list( $user_id, $at ) = array_map( 'intval', explode( ':', $stored, 2 ) + [ '0', '0' ] );
		return [
			'user_id' => $user_id,
			'at'      => $at,
		];
	}
}
