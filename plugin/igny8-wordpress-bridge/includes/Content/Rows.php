<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Reads the posts table directly, past caches and filters.
 */
final class Rows {

	/**
	 * Posts of a type after a position, in the order of (modified, id).
	 *
	 * @param int[]|null $after Modified (Unix seconds) and id.
	 * @return object[] With ID and post_modified_gmt.
	 */
	public function by_modified( string $type, ?array $after, int $limit ): array {
		global $wpdb;

		$early = [];
		if ( null === $after || 0 === $after[0] ) {
			// On the wire every time up to 1970 is 0: these come first, in the order of their ids.
			$early = $wpdb->get_results(
				$wpdb->prepare(
					"SELECT ID, post_modified_gmt FROM {$wpdb->posts} WHERE post_type = %s AND post_status <> %s AND post_modified_gmt <= %s AND ID > %d ORDER BY ID LIMIT %d",
					$type,
					Types::UNSAVED,
					Gmt::EPOCH,
					$after[1] ?? 0,
					$limit
				)
			);
			$after = null;
		}
		if ( count( $early ) >= $limit ) {
			return $early;
		}
		$time = null === $after ? Gmt::EPOCH : Gmt::from_unix( $after[0] );
		$late = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT ID, post_modified_gmt FROM {$wpdb->posts} WHERE post_type = %s AND post_status <> %s AND ( post_modified_gmt > %s OR ( post_modified_gmt = %s AND ID > %d ) ) ORDER BY post_modified_gmt, ID LIMIT %d",
				$type,
				Types::UNSAVED,
				$time,
				$time,
				$after[1] ?? PHP_INT_MAX,
				$limit - count( $early )
			)
		);
		return array_merge( $early, $late );
	}

	/**
	 * @return object[] With ID, post_modified_gmt, and left_alone: null unless the post is left alone.
	 */
	public function by_id( string $type, int $after, int $limit ): array {
		global $wpdb;

		return $wpdb->get_results(
			$wpdb->prepare(
				"SELECT ID, post_modified_gmt, alone.post_id AS left_alone FROM {$wpdb->posts} LEFT JOIN (SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s) alone ON alone.post_id = ID WHERE post_type = %s AND post_status <> %s AND ID > %d ORDER BY ID LIMIT %d",
				Left_Alone::MARK, $type, Types::UNSAVED, $after, $limit
			)
		);
	}

	/**
	 * Ids of a type in order. WordPress' index of types covers the query.
	 *
	 * @return int[]
	 */
	public function ids( string $type, int $after, int $limit ): array {
		global $wpdb;

		$ids = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT ID FROM {$wpdb->posts} WHERE post_type = %s AND post_status <> %s AND ID > %d ORDER BY ID LIMIT %d",
				$type, Types::UNSAVED, $after, $limit
			)
		);
		return array_map( 'intval', $ids );
	}

	/**
	 * @param int[]      $ids   Ids of posts of the type.
	 * @param int[]|null $until Modified (Unix seconds) and id; later posts are left out.
	 * @return array<int, int> Id => bytes of its texts.
	 */
	public function sizes( string $type, array $ids, ?array $until ): array {
		global $wpdb;

		$where = esc_sql( Id_Set::near( 'ID', $ids ) ) . $wpdb->prepare( ' AND post_type = %s AND post_status <> %s', $type, Types::UNSAVED );
		if ( null !== $until ) {
			$time   = Gmt::from_unix( $until[0] );
			$where .= 0 === $until[0]
				? $wpdb->prepare( ' AND post_modified_gmt <= %s AND ID <= %d', Gmt::EPOCH, $until[1] )
				: $wpdb->prepare( ' AND ( post_modified_gmt < %s OR ( post_modified_gmt = %s AND ID <= %d ) )', $time, $time, $until[1] );
		}
		$sizes = [];
		foreach ( $wpdb->get_results( "SELECT ID, LENGTH(post_title) + LENGTH(post_content) + LENGTH(post_excerpt) AS bytes FROM {$wpdb->posts} WHERE $where" ) as $row ) {
			$sizes[ (int) $row->ID ] = (int) $row->bytes;
		}
		return array_intersect_key( $sizes, array_flip( $ids ) );
	}

	/**
	 * @param int[] $ids Ids of posts whose size was checked.
	 * @return array<int, object> Id => the columns that an etag covers.
	 */
	public function texts( array $ids ): array {
		global $wpdb;

		$is_gapless = max( $ids ) - min( $ids ) === count( $ids ) - 1;
		$where      = esc_sql( $is_gapless ? Id_Set::near( 'ID', $ids ) : 'ID IN (' . implode( ',', array_map( 'intval', $ids ) ) . ')' );
		return $this->by_key( $wpdb->get_results( "SELECT ID, post_type, post_title, post_content, post_excerpt, post_name, post_status, post_date, post_date_gmt, post_parent, post_author, post_password FROM {$wpdb->posts} WHERE $where" ) );
	}

	/**
	 * @param int[] $ids Post ids.
	 * @return array<int, object> Id => ID, post_type, post_status, post_modified_gmt, bytes, and left_alone: null unless the post is left alone.
	 */
	public function heads( array $ids ): array {
		global $wpdb;

		$list = implode( ',', array_map( 'intval', $ids ) );
		return [] === $ids ? [] : $this->by_key( $wpdb->get_results( $wpdb->prepare( "SELECT ID, post_type, post_status, post_modified_gmt, LENGTH(post_title) + LENGTH(post_content) + LENGTH(post_excerpt) AS bytes, alone.post_id AS left_alone FROM {$wpdb->posts} LEFT JOIN (SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s) alone ON alone.post_id = ID WHERE ID IN ($list)", Left_Alone::MARK ) ) );
	}

	/**
	 * @param int[] $ids Post ids.
	 * @return array<int, object> Id => the whole row.
	 */
	public function whole( array $ids ): array {
		global $wpdb;

		$list = implode( ',', array_map( 'intval', $ids ) );
		return [] === $ids ? [] : $this->by_key( $wpdb->get_results( "SELECT * FROM {$wpdb->posts} WHERE ID IN ($list)" ) );
	}

	/**
	 * Posts of the type that lists have: the trash included, without those that are left alone.
	 */
	public function count( string $type ): int {
		global $wpdb;

		$value = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT COUNT( * ) FROM {$wpdb->posts} LEFT JOIN (SELECT DISTINCT post_id FROM {$wpdb->postmeta} WHERE meta_key = %s) alone ON alone.post_id = ID WHERE post_type = %s AND post_status <> %s AND alone.post_id IS NULL",
				Left_Alone::MARK, $type, Types::UNSAVED
			)
		);
		return (int) $value;
	}

	/**
	 * The same query as that of wp_count_posts(), which other plugins filter (by language, for example) and object caches
	 * keep too long: what is counted has to be what is listed.
	 *
	 * @return array<string, int> Status => number of posts.
	 */
	public function by_status( string $type ): array {
		global $wpdb;

		$counts = [];
		$rows   = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT post_status, COUNT( * ) AS n FROM {$wpdb->posts} WHERE post_type = %s GROUP BY post_status",
				$type
			)
		);
		foreach ( $rows as $row ) {
			$counts[ (string) $row->post_status ] = (int) $row->n;
		}
		return $counts;
	}

	/**
	 * @param object[] $rows With ID.
	 * @return array<int, object>
	 */
	private function by_key( array $rows ): array {
		$keyed = [];
		foreach ( $rows as $row ) {
			$keyed[ (int) $row->ID ] = $row;
		}
		return $keyed;
	}
}
