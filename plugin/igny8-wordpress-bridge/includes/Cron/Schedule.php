<?php

declare(strict_types=1);

namespace Igny8\Bridge\Cron;

defined( 'ABSPATH' ) || exit;

/**
 * Plans this plugin's cron events: one daily, the others when needed.
 */
final class Schedule {

	/** Daily. */
	public const DAILY = 'igny8_sync_site_structure';

	/** Once: after a change, or after a push that failed. */
	public const PUSH = 'igny8_push_structure';

	/** Once: the next try to connect. */
	public const CONNECT = 'igny8_connect';

	/** Once: sends the outbox. */
	public const OUTBOX = 'igny8_send_outbox';

	/** Once: the next poll. */
	public const POLLING = 'igny8_call_for_commands';

	public const ALL = [ self::DAILY, self::PUSH, self::CONNECT, self::OUTBOX, self::POLLING ];

	/** Long enough for everything that a plugin's activation triggers. */
	private const SOON_S = 5;

	public function ensure_daily(): void {
		if ( false === wp_next_scheduled( self::DAILY ) ) {
			// Random, so that sites that were set up together don't all send in the same minute.
			wp_schedule_event( time() + random_int( HOUR_IN_SECONDS, DAY_IN_SECONDS ), 'daily', self::DAILY );
		}
	}

	/**
	 * @return int Unix seconds; 0 if not planned.
	 */
	public function next( string $event ): int {
		return (int) wp_next_scheduled( $event );
	}

	/**
	 * Leaves a planned push alone: it includes the change too, and respects the pause that the API asked for.
	 */
	public function push_soon(): void {
		if ( 0 === $this->next( self::PUSH ) ) {
			$this->push_at( time() + self::SOON_S );
		}
	}

	/**
	 * @param int $at Unix seconds.
	 */
	public function push_at( int $at ): void {
		$this->plan( self::PUSH, $at );
	}

	/**
	 * @param int $at Unix seconds.
	 */
	public function connect_at( int $at ): void {
		$this->plan( self::CONNECT, $at );
	}

	/**
	 * @param int $at Unix seconds; an earlier planned event stays.
	 */
	public function outbox_by( int $at ): void {
		$planned = $this->next( self::OUTBOX );
		if ( 0 === $planned || $planned > $at ) {
			$this->plan( self::OUTBOX, $at );
		}
	}

	/**
	 * @param int $at Unix seconds.
	 */
	public function poll_at( int $at ): void {
		$this->plan( self::POLLING, $at );
	}

	public function cancel_push(): void {
		wp_clear_scheduled_hook( self::PUSH );
	}

	public function cancel_connect(): void {
		wp_clear_scheduled_hook( self::CONNECT );
	}

	public function cancel_retries(): void {
		$this->cancel_push();
		$this->cancel_connect();
	}

	public function cancel_all(): void {
		foreach ( self::ALL as $event ) {
			wp_unschedule_hook( $event );
		}
	}

	private function plan( string $event, int $at ): void {
		// WordPress ignores an event within ten minutes of another with the same name.
		wp_clear_scheduled_hook( $event );
		wp_schedule_single_event( $at, $event );
	}
}
