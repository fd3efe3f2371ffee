<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Utf8;

/**
 * Lists the terms of a taxonomy in the order of ids.
 */
final class Term_List {

	private const AT_ONCE = 5000;

	/** Bytes of numbers and field names. */
	private const ENVELOPE_BYTES = 120;

	/**
	 * The etag covers everything that can be edited, but not the number of posts, which changes with every post.
	 *
	 * @return array{total: int, etag: string}
	 */
	public function summary( string $taxonomy ): array {
		$hash  = hash_init( 'sha256' );
		$total = 0;
		$after = 0;
		do {
			$rows = $this->rows( $taxonomy, $after, self::AT_ONCE );
			foreach ( $rows as $row ) {
				// The length before each text makes the encoding unambiguous.
				foreach ( [ $row->term_id, $row->name, $row->slug, $row->parent, $row->description ] as $fact ) {
					hash_update( $hash, strlen( (string) $fact ) . ':' . $fact );
				}
				$after = (int) $row->term_id;
			}
			$total += count( $rows );
		} while ( count( $rows ) === self::AT_ONCE );
		return [
			'total' => $total,
			'etag'  => substr( hash_final( $hash ), 0, 32 ),
		];
	}

	/**
	 * @param int $after      Term id.
	 * @param int $most_bytes Bytes of JSON; at least one term is returned.
	 * @return array{terms: array[], next: int|null}
	 */
	public function page( string $taxonomy, int $after, int $limit, int $most_bytes ): array {
		$rows  = $this->rows( $taxonomy, $after, $limit + 1 );
		$terms = [];
		foreach ( array_slice( $rows, 0, $limit ) as $row ) {
			$term        = $this->term( $row );
			$most_bytes -= strlen( $term['name'] . $term['slug'] . $term['description'] ) + self::ENVELOPE_BYTES;
			if ( $most_bytes < 0 && [] !== $terms ) {
				break;
			}
			$terms[] = $term;
		}
		return [
			'terms' => $terms,
			'next'  => count( $rows ) > count( $terms ) ? $terms[ count( $terms ) - 1 ]['id'] : null,
		];
	}

	private function term( object $row ): array {
		return [
			'id'          => (int) $row->term_id,
			'name'        => Utf8::repair( Term_Names::plain( (string) $row->name ) ),
			'slug'        => Utf8::repair( (string) $row->slug ),
			'parent'      => (int) $row->parent,
			'count'       => max( 0, (int) $row->count ),
			'description' => Utf8::repair( (string) $row->description ),
		];
	}

	/**
	 * @return object[]
	 */
	private function rows( string $taxonomy, int $after, int $limit ): array {
		global $wpdb;

		return $wpdb->get_results(
			$wpdb->prepare(
				"SELECT t.term_id, t.name, t.slug, tt.parent, tt.count, tt.description FROM {$wpdb->terms} t
				INNER JOIN {$wpdb->term_taxonomy} tt ON tt.term_id = t.term_id
				WHERE tt.taxonomy = %s AND t.term_id > %d ORDER BY t.term_id LIMIT %d",
				$taxonomy,
				$after,
				$limit
			)
		);
	}
}
