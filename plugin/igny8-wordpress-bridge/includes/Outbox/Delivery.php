<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

use Igny8\Bridge\Content\Tables;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Support\Response_Finisher;
use Igny8\Bridge\Support\Time_Limit;

/**
 * Decides when the outbox is sent: at the end of the request that changed something if no client waits for it,
 * otherwise by cron.
 */
final class Delivery {

	private const AT_SHUTDOWN_MS = 3000;

	private const BY_CRON_MS = 20000;

	/** Part of PHP's time limit to leave for the rest of the cron run. */
	private const SPARE_S = 10;

	private Recorder $recorder;

	private Sender $sender;

	private Schedule $schedule;

	private Permission $permission;

	private Outbox $outbox;

	private State $state;

	private Tables $tables;

	public function __construct( Recorder $recorder, Sender $sender, Schedule $schedule, Permission $permission, Outbox $outbox, State $state, Tables $tables ) {
		$this->recorder   = $recorder;
		$this->sender     = $sender;
		$this->schedule   = $schedule;
		$this->permission = $permission;
		$this->outbox     = $outbox;
		$this->state      = $state;
		$this->tables     = $tables;
	}

	public function hook(): void {
		add_action( 'shutdown', [ $this, 'at_shutdown' ], 50 );
		add_action( Schedule::OUTBOX, [ $this, 'by_cron' ] );
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

		$is_delivered = $this->finish_response();
		if ( $is_delivered ) {
			$this->sender->send( self::AT_SHUTDOWN_MS );
			do_action( 'igny8_outbox_sent' );
		}
		$next = $this->plan_next();
		if ( ! $is_delivered && null !== $next && $next <= time() && $this->can_wake_cron() ) {
			// Otherwise the message would wait for the next visitor.
			spawn_cron();
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

	/**
	 * @return int|null Unix seconds of the next message; null if there is none.
	 */
	private function plan_next(): ?int {
		$next = $this->tables->exist() ? $this->sender->next_at() : null;
		if ( null !== $next ) {
			$this->schedule->outbox_by( max( $next, time() ) );
		}
		return $next;
	}

	/**
	 * Shorter outside of cron: if the site's cron does not run, events run at the end of a request in wp-admin.
	 */
	private function cron_ms(): int {
		return Time_Limit::cap_ms( wp_doing_cron() ? self::BY_CRON_MS : self::AT_SHUTDOWN_MS, self::SPARE_S );
	}

	/**
	 * Not if the host runs cron, nor if waking cron would redirect the visitor (ALTERNATE_WP_CRON).
	 */
	private function can_wake_cron(): bool {
		foreach ( [ 'DISABLE_WP_CRON', 'ALTERNATE_WP_CRON' ] as $constant ) {
			if ( defined( $constant ) && constant( $constant ) ) {
				return false;
			}
		}
		return true;
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
