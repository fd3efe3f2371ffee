<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * Lists the posts of a type page by page, in the order of modification.
 *
 * WordPress has no index for this order, so every page would scan all rows of the type. One scan therefore caches the
 * positions of many pages. The last of them is scanned again, because posts edited meanwhile have moved to the end.
 * Posts that are left alone have a position, and are not counted.
 */
final class Listing {

	private const POSITIONS_AT_ONCE = 5000;

	/** Fewer positions are scanned faster than cached. */
	private const WORTH_REMEMBERING = 1000;

	private const KEPT_S = 600;

	private Rows $rows;

	public function __construct( Rows $rows ) {
		$this->rows = $rows;
	}

	/**
	 * @param int[]|null $after Modified (Unix seconds) and id; null to start.
	 * @return array{positions: array<int, int[]>, has_more: bool, total: int}
	 */
	public function page( string $type, ?array $after, int $limit ): array {
		$remembered = null === $after ? null : $this->remembered( $type, $after, $limit );
		if ( null !== $remembered ) {
			return $remembered;
		}

		$positions = [];
		foreach ( $this->rows->by_modified( $type, $after, max( $limit, self::POSITIONS_AT_ONCE ) + 1 ) as $row ) {
			$positions[] = [ Gmt::to_unix( (string) $row->post_modified_gmt ), (int) $row->ID ];
		}
		$total = $this->rows->count( $type );
		if ( count( $positions ) > max( $limit, self::WORTH_REMEMBERING ) ) {
			$this->remember( $type, $positions, $total );
		}
		return [
			'positions' => array_slice( $positions, 0, $limit ),
			'has_more'  => count( $positions ) > $limit,
			'total'     => $total,
		];
	}

	/**
	 * @param array<int, int[]> $positions In order.
	 */
	private function remember( string $type, array $positions, int $total ): void {
		$steps = [];
		foreach ( $positions as $position ) {
			$steps[] = implode( ':', $position );
		}
		set_transient( $this->key( $type ), $total . '|' . implode( ',', $steps ), self::KEPT_S );
	}

	/**
	 * @return array{positions: array<int, int[]>, has_more: bool, total: int}|null Null if the cache doesn't reach that far.
	 */
	private function remembered( string $type, array $after, int $limit ): ?array {
		$stored = get_transient( $this->key( $type ) );
		if ( ! is_string( $stored ) || false === strpos( $stored, '|' ) ) {
			return null;
		}

		list( $total, $path ) = explode( '|', $stored, 2 );
		$steps                = explode( ',', $path );
		$here                 = array_search( implode( ':', $after ), $steps, true );
		if ( false === $here || count( $steps ) - $here - 1 <= $limit ) {
			return null;
		}
		$positions = [];
		foreach ( array_slice( $steps, $here + 1, $limit ) as $step ) {
			$positions[] = array_map( 'intval', explode( ':', $step ) );
		}
		return [
			'positions' => $positions,
			'has_more'  => true,
			'total'     => (int) $total,
		];
	}

	private function key( string $type ): string {
		return 'igny8_listing_' . md5( $type );
	}
}
