<?php

declare(strict_types=1);

namespace Igny8\Bridge\Cron;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Lock;
use Igny8\Bridge\Support\Response_Finisher;

/**
 * Runs this plugin's overdue events at the end of an admin request, if the site's cron does not run them.
 */
final class Overdue {

	private const GRACE_S = 120;

	private const LOCK_TTL_S = 150;

	private Schedule $schedule;

	public function __construct( Schedule $schedule ) {
		$this->schedule = $schedule;
	}

	public function hook(): void {
		add_action( 'admin_init', [ $this, 'check' ] );
	}

	public function check(): void {
		if ( ! wp_doing_ajax() && [] !== $this->events() ) {
			add_action( 'shutdown', [ $this, 'run' ], 100 );
		}
	}

	public function run(): void {
		Response_Finisher::finish();

		$lock = new Lock( 'overdue', self::LOCK_TTL_S );
		if ( ! $lock->acquire() ) {
			return;
		}

		try {
			foreach ( $this->events() as $event ) {
				wp_clear_scheduled_hook( $event );
				$this->schedule->ensure_daily();
				do_action( $event );
			}
		} finally {
			$lock->release();
		}
	}

	/**
	 * @return string[]
	 */
	private function events(): array {
		$overdue = [];
		// Polling takes longer and has its own triggers.
		foreach ( array_diff( Schedule::ALL, [ Schedule::POLLING ] ) as $event ) {
			$at = $this->schedule->next( $event );
			if ( 0 !== $at && $at < time() - self::GRACE_S ) {
				$overdue[] = $event;
			}
		}
		return $overdue;
	}
}
