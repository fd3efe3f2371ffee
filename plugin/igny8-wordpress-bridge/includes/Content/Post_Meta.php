<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Reads meta of many posts at once, and only the requested keys, because page builders store megabytes in others.
 *
 * From the table and not from WordPress' cache, so that it is what is stored.
 */
final class Post_Meta {

	/**
	 * @param int[]    $ids  Post ids.
	 * @param string[] $keys Meta keys.
	 * @return array<int, array<string, string[]>> Post id => key => values as stored.
	 */
	public function of( array $ids, array $keys ): array {
		global $wpdb;

		if ( [] === $ids || [] === $keys ) {
			return [];
		}

		$is_near = esc_sql( Id_Set::near( 'post_id', $ids ) );
		$places  = implode( ',', array_fill( 0, count( $keys ), '%s' ) );
		$wanted  = array_flip( $keys );
		$found   = [];
		$rows    = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT post_id, meta_key, meta_value FROM {$wpdb->postmeta} WHERE $is_near AND meta_key IN ($places) ORDER BY meta_id",
				...$keys
			)
		);
		foreach ( $rows as $row ) {
			// MySQL treats keys that differ only in case as equal.
			if ( isset( $wanted[ $row->meta_key ] ) ) {
				$found[ (int) $row->post_id ][ $row->meta_key ][] = (string) $row->meta_value;
			}
		}
		return array_intersect_key( $found, array_flip( $ids ) );
	}

	/**
	 * Finds the first post with this value.
	 *
	 * @return int Post id; 0 for none.
	 */
	public function find( string $key, string $value ): int {
		global $wpdb;

		$value = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT m.post_id FROM {$wpdb->postmeta} m INNER JOIN {$wpdb->posts} p ON p.ID = m.post_id WHERE m.meta_key = %s AND m.meta_value = %s ORDER BY m.post_id LIMIT 1",
				$key, $value
			)
		);
		return (int) $value;
	}
}
