<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Support\Response_Finisher;
use Igny8\Bridge\Support\Time_Limit;

/**
 * Starts polls: from cron, from requests in wp-admin, after visitors' pages, and on demand.
 */
final class Triggers {

	public const BACKGROUND_MS = 20000;

	/** A user in wp-admin may have to wait for it. */
	private const FOREGROUND_MS = 8000;

	/** A visitor's request starts a poll only if it is overdue by this. */
	private const VISIT_GRACE_S = 120;

	/** Part of PHP's time limit to leave for the rest of the request. */
	private const SPARE_S = 8;

	private Poller $poller;

	private State $state;

	private Schedule $schedule;

	private Loopback $loopback;

	private string $trigger = '';

	public function __construct( Poller $poller, State $state, Schedule $schedule, Loopback $loopback ) {
		$this->poller   = $poller;
		$this->state    = $state;
		$this->schedule = $schedule;
		$this->loopback = $loopback;
	}

	public function hook(): void {
		add_action( 'init', [ $this, 'plan' ], 20 );
		add_action( Schedule::POLLING, [ $this, 'by_cron' ] );
		add_action( 'admin_init', [ $this, 'in_admin' ] );
		add_filter( 'heartbeat_received', [ $this, 'at_heartbeat' ] );
		add_action( 'template_redirect', [ $this, 'at_visit' ] );
		add_action( 'shutdown', [ $this, 'at_shutdown' ], 60 );
		add_action( 'igny8_outbox_sent', [ $this, 'after_outbox' ] );
		add_action( 'igny8_outbox_sent_in_foreground', [ $this, 'after_outbox_in_foreground' ] );
		add_action( 'igny8_loopback_requested', [ $this, 'leave_to_loopback' ] );
		add_action( 'igny8_loopback_received', [ $this, 'by_loopback' ], 20 );
		add_action( 'igny8_synced_now', [ $this, 'on_demand' ] );
		add_action( 'igny8_connected', [ $this, 'on_demand' ] );
		add_action( 'delete_option_igny8_connection', [ $this->state, 'clear' ] );
	}

	/**
	 * @param int $most_ms Milliseconds.
	 * @return int The budget within PHP's time limit.
	 */
	public static function budget_ms( int $most_ms ): int {
		return Time_Limit::cap_ms( $most_ms, self::SPARE_S );
	}

	/**
	 * Keeps one event planned while there is a connection.
	 */
	public function plan(): void {
		if ( 0 === $this->schedule->next( Schedule::POLLING ) && $this->poller->is_due() ) {
			$this->schedule->poll_at( time() );
		}
	}

	public function by_cron(): void {
		$this->poller->run( 'cron', self::budget_ms( wp_doing_cron() ? self::BACKGROUND_MS : self::FOREGROUND_MS ) );
	}

	public function in_admin(): void {
		if ( ! wp_doing_ajax() && $this->poller->is_due() ) {
			$this->trigger = 'admin';
		}
	}

	/**
	 * An open tab of wp-admin sends a heartbeat about every minute, and no user waits for its answer.
	 *
	 * @param mixed $answer Returned unchanged.
	 * @return mixed
	 */
	public function at_heartbeat( $answer ) {
		if ( $this->poller->is_due() ) {
			$this->trigger = 'heartbeat';
		}
		return $answer;
	}

	public function at_visit(): void {
		if ( $this->state->next_at() < time() - self::VISIT_GRACE_S && $this->poller->is_due() ) {
			$this->trigger = 'visit';
		}
	}

	/**
	 * Polls after the page was sent. If PHP can't end the response early, a request of the site to itself does the
	 * work.
	 */
	public function at_shutdown(): void {
		$trigger       = $this->trigger;
		$this->trigger = '';
		if ( '' === $trigger ) {
			return;
		}
		if ( Response_Finisher::is_possible() || 'heartbeat' === $trigger ) {
			Response_Finisher::finish();
			$this->poller->run( $trigger, self::budget_ms( 'heartbeat' === $trigger ? self::FOREGROUND_MS : self::BACKGROUND_MS ) );
		} else {
			$this->loopback->request();
		}
	}

	/**
	 * The request of this site to itself polls too.
	 */
	public function leave_to_loopback(): void {
		$this->trigger = '';
	}

	/**
	 * Runs in the request of this site to itself, after the outbox, which may have polled already.
	 */
	public function by_loopback(): void {
		if ( $this->poller->is_due() ) {
			$this->poller->run( 'loopback', self::budget_ms( self::BACKGROUND_MS ) );
		}
	}

	/**
	 * Runs after the response has ended and IGNY8 has received a change.
	 */
	public function after_outbox(): void {
		if ( $this->state->is_polling() ) {
			$this->poller->run( 'outbox', self::budget_ms( self::FOREGROUND_MS ) );
		}
	}

	/**
	 * A client waits, and a poll takes too long for that. The next heartbeat of wp-admin polls, a few seconds later.
	 */
	public function after_outbox_in_foreground(): void {
		if ( $this->state->is_polling() ) {
			$this->state->make_due();
		}
	}

	/**
	 * Runs after Connect and "Sync now", while the user waits for the result.
	 */
	public function on_demand(): void {
		if ( $this->state->is_polling() ) {
			$this->poller->run( 'demand', self::budget_ms( self::FOREGROUND_MS ) );
		}
	}
}
