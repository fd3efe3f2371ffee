<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Gmt;

/**
 * Keeps WordPress from deciding by the date alone: it publishes what should be scheduled if the date has passed or is
 * missing, and schedules what should be published now if its clock is behind IGNY8's.
 */
final class Publishing_Rules {

	/** The clocks of both sides may be five minutes apart; WordPress adds a minute. */
	private const SKEW_S = 6 * MINUTE_IN_SECONDS;

	/**
	 * @param object|null $row Row of the posts table; null for a new post.
	 * @throws Command_Failure `schedule_passed`, `invalid_field`.
	 */
	public function settle( Change $change, ?object $row ): void {
		$status = $change->columns['post_status'] ?? '';
		$named  = $change->columns['post_date_gmt'] ?? null;
		$gmt    = (string) ( $named ?? ( null === $row ? Gmt::NONE : $row->post_date_gmt ) );
		if ( 'future' === $status ) {
			$this->check_scheduled( $gmt );
		} elseif ( 'publish' === $status && null !== $named && $this->is_by_skew( $gmt ) ) {
			$this->set_now( $change );
		} elseif ( '' !== $status && Gmt::NONE === $gmt && $this->is_undated( $row ) && ! $this->can_float( $status ) ) {
			// WordPress would derive the time of Greenwich from the local one, which is ambiguous when clocks go back.
			$this->set_now( $change );
		}
	}

	/**
	 * `future` never publishes, however late it arrives: whoever scheduled the post may have unscheduled it meanwhile.
	 */
	private function check_scheduled( string $gmt ): void {
		if ( Gmt::NONE === $gmt ) {
			Args::refuse( 'date', __( 'Scheduling needs a date to come.', 'igny8-wordpress-bridge' ) );
		}
		if ( Gmt::to_unix( $gmt ) <= time() ) {
			/* translators: %s: date and time. */
			Command_Failure::raise( 'schedule_passed', sprintf( __( 'The time to publish this post, %s UTC, has passed.', 'igny8-wordpress-bridge' ), $gmt ), true );
		}
	}

	private function is_by_skew( string $gmt ): bool {
		$ahead_s = Gmt::to_unix( $gmt ) - time();
		return $ahead_s > 0 && $ahead_s <= self::SKEW_S;
	}

	/**
	 * A row of an importer can have a local date alone.
	 */
	private function is_undated( ?object $row ): bool {
		return null === $row || Gmt::NONE === Gmt::of_post( $row );
	}

	private function can_float( string $status ): bool {
		return in_array( $status, get_post_stati( [ 'date_floating' => true ] ), true );
	}

	private function set_now( Change $change ): void {
		$gmt = gmdate( 'Y-m-d H:i:s' );

		$change->columns['post_date_gmt'] = $gmt;
		$change->columns['post_date']     = get_date_from_gmt( $gmt );
	}
}
