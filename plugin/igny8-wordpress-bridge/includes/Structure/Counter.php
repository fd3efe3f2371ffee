<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;

/**
 * Counts like "All" in wp-admin, with one query per type, past the filters and caches of other plugins: the total and
 * the items that IGNY8 has must be the same set.
 */
final class Counter {

	private Rows $rows;

	public function __construct( Rows $rows ) {
		$this->rows = $rows;
	}

	public function posts( string $post_type ): int {
		$listed = 0;
		foreach ( $this->rows->by_status( $post_type ) as $status => $count ) {
			$status  = (string) $status;
			$listed += Types::UNSAVED !== $status && Types::is_listed( $post_type, $status ) ? $count : 0;
		}
		return $listed;
	}

	public function terms( string $taxonomy ): int {
		global $wpdb;

		$value = $wpdb->get_var(
			$wpdb->prepare(
				"SELECT COUNT( * ) FROM {$wpdb->terms} t INNER JOIN {$wpdb->term_taxonomy} tt ON tt.term_id = t.term_id WHERE tt.taxonomy = %s",
				$taxonomy
			)
		);
		return (int) $value;
	}
}
