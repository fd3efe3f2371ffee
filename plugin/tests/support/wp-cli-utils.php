<?php
/**
 * Records the calls of WP-CLI functions that would print.
 */

declare(strict_types=1);

namespace WP_CLI\Utils;

/**
 * @param string   $format Of the list.
 * @param array[]  $items  Rows.
 * @param string[] $fields Columns.
 */
function format_items( string $format, array $items, array $fields ): void {
	\WP_CLI::$rows = array_map(
		static function ( array $item ) use ( $fields ): array {
			return array_intersect_key( $item, array_flip( $fields ) );
		},
		$items
	);
	unset( $format );
}
