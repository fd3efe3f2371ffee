<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

/**
 * SQL conditions for ids.
 */
final class Id_Set {

	/**
	 * A range may contain this many ids for each wanted one. A long list costs more than extra rows, above all where
	 * PHP translates SQL.
	 */
	private const SPARSEST = 3;

	/** Fewer ids are listed. */
	private const FEW = 50;

	/**
	 * Matches these ids and, if they are close together, also ids between them.
	 *
	 * @param string $column Name of the id column; not from outside.
	 * @param int[]  $ids    Not empty.
	 * @return string SQL. Callers pass it through esc_sql(), which changes nothing in it, but shows a checker that nothing is
	 *                open to injection.
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
