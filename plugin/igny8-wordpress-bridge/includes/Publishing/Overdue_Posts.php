<?php

declare(strict_types=1);

namespace Igny8\Bridge\Publishing;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Left_Alone;

/**
 * Finds scheduled posts whose time has passed without WordPress publishing them.
 */
final class Overdue_Posts {

	/** On a quiet site, WordPress' cron is often some minutes late. */
	public const GRACE_S = 5 * MINUTE_IN_SECONDS;

	private const MOST = 20;

	/**
	 * The longest overdue first.
	 *
	 * @return array<int, array{id: int, due_at: int, gmt: string}> `gmt` is post_date_gmt as stored.
	 */
	public function find(): array {
		global $wpdb;

		$types = get_post_types( [ 'public' => true ] );
		if ( [] === $types ) {
			return [];
		}
		$places = implode( ',', array_fill( 0, count( $types ), '%s' ) );
		// The index of types has the local date. It may be up to a day off the other, if the time zone was changed.
		$until = gmdate( 'Y-m-d H:i:s', time() + DAY_IN_SECONDS );
		$rows  = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT ID, post_status, post_date, post_date_gmt FROM {$wpdb->posts} WHERE post_type IN ($places) AND post_status = 'future' AND post_date <= %s ORDER BY post_date, ID LIMIT 200",
				array_merge( array_values( $types ), [ $until ] )
			)
		);
		$alone = ( new Left_Alone() )->among( array_map( 'intval', array_column( $rows, 'ID' ) ) );
		$due   = [];
		foreach ( $rows as $row ) {
			$due_at = Gmt::to_unix( Gmt::of_post( $row ) );
			if ( $due_at <= time() - self::GRACE_S && ! isset( $alone[ (int) $row->ID ] ) ) {
				$due[] = [
					'id'     => (int) $row->ID,
					'due_at' => $due_at,
					'gmt'    => (string) $row->post_date_gmt,
				];
			}
		}
		return array_slice( $due, 0, self::MOST );
	}
}
