<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Attempt;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Security\Key_Store;

/**
 * Shows the state of the connection, the last error and times.
 */
final class Status_Panel {

	private Status $status;

	private Connection $connection;

	private Attempt $attempt;

	private Key_Store $keys;

	private Schedule $schedule;

	private State_Texts $texts;

	private Sync_Facts $sync;

	private Transport_Facts $transport;

	private Sync_Progress $progress;

	public function __construct( Status $status, Connection $connection, Attempt $attempt, Key_Store $keys, Schedule $schedule, State_Texts $texts, Sync_Facts $sync, Transport_Facts $transport, Sync_Progress $progress ) {
		$this->status     = $status;
		$this->connection = $connection;
		$this->attempt    = $attempt;
		$this->keys       = $keys;
		$this->schedule   = $schedule;
		$this->texts      = $texts;
		$this->sync       = $sync;
		$this->transport  = $transport;
		$this->progress   = $progress;
	}

	public function render(): void {
		$state = $this->status->state();
		echo '<div class="card igny8-card"><h2 class="title">' . esc_html__( 'Connection status', 'igny8-wordpress-bridge' ) . '</h2>';
		printf(
			'<p class="igny8-status" role="status" data-igny8-state="%1$s"><span class="igny8-dot igny8-dot-%2$s" aria-hidden="true"></span><strong>%3$s</strong></p>',
			esc_attr( $state ),
			esc_attr( $this->texts->tone( $state ) ),
			esc_html( $this->texts->label( $state ) )
		);
		printf( '<p>%s</p>', esc_html( $this->texts->explanation( $state ) ) );
		$this->render_error();
		$this->progress->render();
		$this->render_facts( $state );
		$this->render_buttons( $state );
		echo '</div>';
	}

	private function render_error(): void {
		$error = $this->status->error();
		if ( null === $error ) {
			return;
		}

		$title = $this->attempt->is_waiting() || ! $this->connection->exists()
			? Outcome::failure_title( $error['code'] )
			: __( 'Last failure', 'igny8-wordpress-bridge' );
		printf( '<div class="igny8-error"><p><strong>%1$s</strong> (%2$s)</p>', esc_html( $title ), esc_html( self::when( $error['at'] ) ) );
		printf( '<p>%s</p>', esc_html( $error['detail'] ) );
		// The plugin repeats a retryable request by itself, so the API's advice to its caller is not for the site
		// owner.
		if ( ! $error['retryable'] && '' !== $error['fix'] ) {
			printf( '<p>%s</p>', esc_html( $error['fix'] ) );
		}
		if ( '' !== (string) ( $error['request_id'] ?? '' ) ) {
			/* translators: %s: id that IGNY8 gave the request. */
			printf( '<p>%s</p>', esc_html( sprintf( __( 'Reference: %s', 'igny8-wordpress-bridge' ), $error['request_id'] ) ) );
		}
		echo '</div>';
	}

	private function render_facts( string $state ): void {
		$facts = [];
		if ( $this->attempt->is_waiting() ) {
			$facts[ __( 'Next try', 'igny8-wordpress-bridge' ) ] = self::when( $this->attempt->next_at() );
		}
		if ( $this->connection->exists() ) {
			$facts += $this->connection_facts( ! in_array( $state, [ Status::DISABLED, Status::KEY_UNREADABLE, Status::CLONE_DETECTED ], true ) );
		}

		if ( [] !== $facts ) {
			echo '<dl class="igny8-facts">';
			foreach ( $facts as $name => $value ) {
				printf( '<div><dt>%1$s</dt><dd>%2$s</dd></div>', esc_html( (string) $name ), esc_html( $value ) );
			}
			echo '</dl>';
		}
	}

	/**
	 * @return array<string, string>
	 */
	private function connection_facts( bool $is_sync_planned ): array {
		$facts = [ __( 'Site at IGNY8', 'igny8-wordpress-bridge' ) => $this->connection->site_name() ];
		$key   = $this->keys->api_key();
		if ( '' !== $key ) {
			$facts[ __( 'API key', 'igny8-wordpress-bridge' ) ] = Api_Key::mask( $key );
		}

		if ( $this->connection->is_clone() ) {
			$facts[ __( 'Connected as', 'igny8-wordpress-bridge' ) ] = $this->connection->connected_url();
		}
		$facts += $this->sync->all();
		$facts[ __( 'Content types last sent', 'igny8-wordpress-bridge' ) ] = self::when( $this->connection->last_structure_sync_at() );
		if ( $is_sync_planned ) {
			$retry = $this->schedule->next( Schedule::PUSH );
			$next  = 0 === $retry ? $this->schedule->next( Schedule::DAILY ) : $retry;

			$facts[ __( 'Content types sent next', 'igny8-wordpress-bridge' ) ] = self::when( $next );
		}
		return $facts + $this->transport->all();
	}

	private function render_buttons( string $state ): void {
		$is_connected = $this->connection->exists();
		$is_waiting   = in_array( $state, [ Status::WAITING, Status::AWAITING_CONFIRMATION ], true );
		if ( ! $is_connected && ! $is_waiting ) {
			return;
		}

		echo '<div class="igny8-buttons">';
		if ( $is_waiting ) {
			Form::action_button( Actions::RETRY, __( 'Try now', 'igny8-wordpress-bridge' ), 'button-primary' );
		} else {
			Form::action_button( Actions::SYNC, __( 'Sync now', 'igny8-wordpress-bridge' ), 'button-primary', $this->status->is_usable() );
		}
		$text = $is_connected ? __( 'Disconnect', 'igny8-wordpress-bridge' ) : __( 'Stop trying', 'igny8-wordpress-bridge' );
		Form::action_button( Actions::DISCONNECT, $text );
		echo '</div>';
	}

	/**
	 * @param int $time Unix seconds; 0 for never.
	 */
	public static function when( int $time ): string {
		if ( 0 === $time ) {
			return __( 'never', 'igny8-wordpress-bridge' );
		}

		$format   = get_option( 'date_format' ) . ' ' . get_option( 'time_format' );
		$distance = human_time_diff( $time );
		return sprintf(
			$time > time()
				/* translators: 1: date and time, 2: time span, for example "5 minutes". */
				? __( '%1$s, in %2$s', 'igny8-wordpress-bridge' )
				/* translators: 1: date and time, 2: time span, for example "5 minutes". */
				: __( '%1$s, %2$s ago', 'igny8-wordpress-bridge' ),
			(string) wp_date( $format, $time ),
			$distance
		);
	}
}
