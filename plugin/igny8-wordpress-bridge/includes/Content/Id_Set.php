<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

/**
 * Ids as a condition of SQL.
 */
final class Id_Set {

	/** Rows read in vain for each one that is wanted, at most: a long list costs more, above all where PHP translates SQL. */
	private const SPARSEST = 3;

	/** Fewer are listed. */
	private const FEW = 50;

	/**
	 * Finds these ids, and where they lie close together some of those between them, too.
	 *
	 * @param string $column Of ids; not from outside.
	 * @param int[]  $ids    Not empty.
	 */
	public static function near( string $column, array $ids ): string {
		$first = (int) min( $ids );
		$last  = (int) max( $ids );
		if ( count( $ids ) > self::FEW && $last - $first < self::SPARSEST * count( $ids ) ) {
			return "$column BETWEEN $first AND $last";
		}
		return $column . ' IN (' . implode( ',', array_map( 'intval', $ids ) ) . ')';
	}
}
