<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Cron\Runner;
use Igny8\Bridge\Cron\Schedule;

/**
 * Checks whether scheduled tasks run.
 */
final class Cron_Check implements Check {

	/** On a site with few visitors, shorter delays are normal. */
	private const LATE_S = 3 * HOUR_IN_SECONDS;

	private Schedule $schedule;

	public function __construct( Schedule $schedule ) {
		$this->schedule = $schedule;
	}

	public function run(): array {
		$disabled = defined( 'DISABLE_WP_CRON' ) && (bool) constant( 'DISABLE_WP_CRON' );
		$last_run = (int) get_option( Runner::LAST_RUN_OPTION, 0 );
		$late_s   = $this->late_s();
		$evidence = [
			'DISABLE_WP_CRON: ' . ( $disabled ? 'true' : 'false' ),
			'ALTERNATE_WP_CRON: ' . ( defined( 'ALTERNATE_WP_CRON' ) && constant( 'ALTERNATE_WP_CRON' ) ? 'true' : 'false' ),
			/* translators: %s: time span, for example "5 minutes", or "never". */
			sprintf( __( 'Last run: %s', 'igny8-wordpress-bridge' ), 0 === $last_run ? __( 'never', 'igny8-wordpress-bridge' ) : human_time_diff( $last_run ) ),
		];
		foreach ( Schedule::ALL as $event ) {
			$at = $this->schedule->next( $event );
			if ( 0 !== $at ) {
				$evidence[] = $event . ': ' . gmdate( 'Y-m-d H:i:s', $at ) . ' UTC';
			}
		}

		if ( $late_s > self::LATE_S ) {
			return [
				new Finding(
					Finding::WARNING,
					'cron',
					'cron_stale',
					__( 'Scheduled tasks do not run', 'igny8-wordpress-bridge' ),
					/* translators: %s: time span, for example "5 hours". */
					sprintf( __( 'A task of this plugin is overdue by %s.', 'igny8-wordpress-bridge' ), human_time_diff( time() - $late_s ) ),
					__( 'Ask your host to call wp-cron.php every five minutes, or remove DISABLE_WP_CRON from wp-config.php.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}
		if ( $disabled && 0 === $last_run ) {
			return [
				new Finding(
					Finding::INFO,
					'cron',
					'cron_disabled',
					__( 'WP-Cron is switched off', 'igny8-wordpress-bridge' ),
					__( 'DISABLE_WP_CRON is set, and cron has not run yet.', 'igny8-wordpress-bridge' ),
					__( 'Make sure that your host calls wp-cron.php every five minutes.', 'igny8-wordpress-bridge' ),
					$evidence
				),
			];
		}
		return [ Finding::ok( 'cron', 'cron_runs', __( 'Scheduled tasks run', 'igny8-wordpress-bridge' ), __( 'No task of this plugin is overdue.', 'igny8-wordpress-bridge' ), $evidence ) ];
	}

	private function late_s(): int {
		$late = 0;
		foreach ( Schedule::ALL as $event ) {
			$at   = $this->schedule->next( $event );
			$late = 0 === $at ? $late : max( $late, time() - $at );
		}
		return $late;
	}
}
