<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Support\Response_Finisher;
use Igny8\Bridge\Support\Time_Limit;

/**
 * Decides when the outbox is sent: at the end of the request that changed something.
 *
 * 1. If no client waits for that request any more, it sends.
 * 2. Otherwise the site calls itself, and the request that arrives there sends (Loopback).
 * 3. If the site can't call itself, the client waits while the messages are sent, two seconds at most. After a failure
 *    sending pauses, so an outage of IGNY8 slows one request and not every one.
 *
 * A cron event is planned besides, for what none of these sends.
 */
final class Delivery {

	private const AT_SHUTDOWN_MS = 3000;

	private const BACKGROUND_MS = 20000;

	/** A client waits: no message is started after the first second, and none takes longer than the second one. */
	private const FOREGROUND_MS = 1000;

	/** When cron sends what this request could not. */
	private const SAFETY_S = 60;

	/** Part of PHP's time limit to leave for the rest of the cron run. */
	private const SPARE_S = 10;

	private Recorder $recorder;

	private Sender $sender;

	private Schedule $schedule;

	private Permission $permission;

	private Outbox $outbox;

	private State $state;

	private Tables $tables;

	private Loopback $loopback;

	public function __construct( Recorder $recorder, Sender $sender, Schedule $schedule, Permission $permission, Outbox $outbox, State $state, Tables $tables, Loopback $loopback ) {
		$this->recorder   = $recorder;
		$this->sender     = $sender;
		$this->schedule   = $schedule;
		$this->permission = $permission;
		$this->outbox     = $outbox;
		$this->state      = $state;
		$this->tables     = $tables;
		$this->loopback   = $loopback;
	}

	public function hook(): void {
		add_action( 'shutdown', [ $this, 'at_shutdown' ], 50 );
		add_action( Schedule::OUTBOX, [ $this, 'by_cron' ] );
		add_action( 'igny8_loopback_received', [ $this, 'by_loopback' ] );
		add_action( 'igny8_commands_executed', [ $this, 'flush_recorded' ] );
		add_action( 'add_option_igny8_settings', [ $this, 'settings_added' ] );
		add_action( 'update_option_igny8_settings', [ $this, 'settings_changed' ] );
		add_action( 'delete_option_igny8_connection', [ $this, 'clear_outbox' ] );
	}

	public function at_shutdown(): void {
		if ( ! $this->recorder->has_recorded() ) {
			return;
		}

		$others = array_diff( $this->recorder->recorded_sites(), [ get_current_blog_id() ] );
		$this->recorder->flush();
		foreach ( $others as $site ) {
			switch_to_blog( $site );
			$this->schedule->outbox_by( time() );
			restore_current_blog();
		}

		if ( $this->finish_response() ) {
			$this->send_in_background( self::AT_SHUTDOWN_MS );
		} elseif ( $this->tables->exist() ) {
			$this->send_while_client_waits();
		}
	}

	/**
	 * Commands can run after `shutdown`; this saves what they changed besides their own post.
	 */
	public function flush_recorded(): void {
		if ( $this->recorder->has_recorded() ) {
			$this->recorder->flush();
			$this->plan_next();
		}
	}

	/**
	 * Runs in the request of this site to itself. No client waits for it.
	 */
	public function by_loopback(): void {
		if ( ! $this->recorder->can_record() ) {
			return;
		}
		$this->send_in_background( Time_Limit::cap_ms( self::BACKGROUND_MS, self::SPARE_S ) );
	}

	public function by_cron(): void {
		if ( ! $this->tables->exist() ) {
			return;
		}
		if ( ! $this->permission->is_given() ) {
			$this->clear_outbox();
			return;
		}

		$this->recorder->flush();
		$this->sender->send( $this->cron_ms() );
		$this->plan_next();
	}

	public function settings_added(): void {
		$this->settings_changed( [] );
	}

	/**
	 * Changes made while two-way sync was off were not recorded, so a comparison of everything is requested.
	 *
	 * @param mixed $before Settings before.
	 */
	public function settings_changed( $before ): void {
		$was_given = is_array( $before ) && ( $before['sync_enabled'] ?? true ) && ( $before['two_way_enabled'] ?? true );
		if ( ! $this->permission->is_given() ) {
			$this->clear_outbox();
		} elseif ( ! $was_given ) {
			$this->catch_up();
		}
	}

	/**
	 * Requests a comparison of everything, after a time in which nothing was recorded.
	 */
	public function catch_up(): void {
		if ( $this->recorder->can_record() ) {
			$this->recorder->record_digest();
			$this->schedule->outbox_by( time() );
		}
	}

	public function clear_outbox(): void {
		if ( $this->tables->exist() ) {
			$this->outbox->clear();
		}
		$this->state->clear();
	}

	private function send_in_background( int $most_ms ): void {
		$this->sender->send( $most_ms );
		do_action( 'igny8_outbox_sent' );
		if ( $this->tables->exist() && $this->sender->is_due() ) {
			// The poll that followed changed further posts.
			$this->sender->send( self::AT_SHUTDOWN_MS );
		}
		$this->plan_next();
	}

	/**
	 * Plans the cron event before anything is tried, because PHP may end the request meanwhile. Nothing cancels the
	 * event: WordPress keeps all events in one option, and another process may be writing it.
	 */
	private function send_while_client_waits(): void {
		if ( ! $this->sender->is_due() ) {
			$this->plan_next();
			return;
		}
		$this->schedule->outbox_by( time() + self::SAFETY_S );
		if ( ! $this->sender->is_sending() && ! $this->loopback->request() ) {
			$this->sender->send( self::FOREGROUND_MS, self::FOREGROUND_MS );
			do_action( 'igny8_outbox_sent_in_foreground' );
			$this->plan_next();
		}
	}

	private function plan_next(): void {
		$next = $this->tables->exist() ? $this->sender->next_at() : null;
		if ( null !== $next ) {
			$this->schedule->outbox_by( max( $next, time() ) );
		}
	}

	/**
	 * Shorter outside of cron: if the site's cron does not run, events run at the end of a request in wp-admin.
	 */
	private function cron_ms(): int {
		return Time_Limit::cap_ms( wp_doing_cron() ? self::BACKGROUND_MS : self::AT_SHUTDOWN_MS, self::SPARE_S );
	}

	/**
	 * @return bool Whether no client waits for this request any more.
	 */
	private function finish_response(): bool {
		if ( wp_doing_cron() || ( defined( 'WP_CLI' ) && constant( 'WP_CLI' ) ) ) {
			return true;
		}
		return Response_Finisher::finish();
	}
}
