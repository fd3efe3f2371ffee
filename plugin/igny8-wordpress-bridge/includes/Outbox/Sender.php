<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Name;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Left_Alone;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Support\Backoff;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Lock;
use Igny8\Bridge\Support\Log;

/**
 * Sends the outbox, one message at a time. A row is deleted only after IGNY8 accepted it.
 */
final class Sender {

	private const ROWS_AT_ONCE = 100;

	private const TIMEOUT_S = 10;

	/** The last message may take this long beyond the time that sending has. */
	private const GRACE_MS = 2000;

	private const LONGEST_PAUSE_S = 60 * 60;

	/** Statuses that concern one message only, so the next one is still sent. */
	private const ABOUT_ONE_MESSAGE = [ 400, 409, 413, 415, 422 ];

	private Outbox $outbox;

	private State $state;

	private Webhook_Request $webhook;

	private Permission $permission;

	private Rows $rows;

	private Log $log;

	public function __construct( Outbox $outbox, State $state, Webhook_Request $webhook, Permission $permission, Rows $rows, Log $log ) {
		$this->outbox     = $outbox;
		$this->state      = $state;
		$this->webhook    = $webhook;
		$this->permission = $permission;
		$this->rows       = $rows;
		$this->log        = $log;
	}

	/**
	 * One process at a time sends. A process that finds another one sending leaves its messages to it: that one looks
	 * again after it has released the lock.
	 *
	 * @param int $most_ms  Milliseconds after which no further message is started.
	 * @param int $grace_ms Milliseconds that the last message may take beyond that.
	 */
	public function send( int $most_ms, int $grace_ms = self::GRACE_MS ): void {
		$deadline = microtime( true ) + $most_ms / 1000;
		do {
			if ( ! $this->permission->is_given() || $this->permission->is_on_hold() || $this->state->paused_until() > time() ) {
				return;
			}
			$lock = self::lock( $most_ms );
			if ( ! $lock->acquire() ) {
				return;
			}
			try {
				$this->send_until( $deadline, $grace_ms / 1000 );
			} finally {
				$lock->release();
			}
		} while ( $this->is_due() && microtime( true ) < $deadline );
	}

	/**
	 * Whether another process is sending. It will send what has been recorded until now.
	 */
	public function is_sending(): bool {
		return self::lock( 0 )->is_held();
	}

	/**
	 * Whether a message could be sent now.
	 */
	public function is_due(): bool {
		$next = $this->next_at();
		return null !== $next && $next <= time();
	}

	/**
	 * When the next message is due; null if there is none, or sending is on hold.
	 */
	public function next_at(): ?int {
		if ( $this->permission->is_on_hold() ) {
			return null;
		}
		$next = $this->outbox->summary()['next_at'];
		return null === $next ? null : max( $next, $this->state->paused_until() );
	}

	private static function lock( int $most_ms ): Lock {
		return new Lock( 'outbox', 2 * ( intdiv( $most_ms, 1000 ) + self::TIMEOUT_S ) );
	}

	private function send_until( float $deadline, float $grace_s ): void {
		do {
			$rows  = $this->outbox->due( time(), self::ROWS_AT_ONCE );
			$posts = $this->rows->heads( array_map( 'intval', array_column( $rows, 'post_id' ) ) );
			foreach ( $rows as $row ) {
				if ( microtime( true ) >= $deadline || ! $this->send_row( $row, $posts[ (int) $row->post_id ] ?? null, $deadline + $grace_s ) ) {
					return;
				}
			}
		} while ( [] !== $rows );
		if ( null === $this->outbox->summary()['next_at'] ) {
			$this->state->clear();
		}
	}

	/**
	 * @param object|null $post Null if it was deleted.
	 * @param float       $end  Until when IGNY8 may answer.
	 * @return bool Whether to go on with the next message.
	 */
	private function send_row( object $row, ?object $post, float $end ): bool {
		$timeout_s = max( 0.5, min( (float) self::TIMEOUT_S, $end - microtime( true ) ) );
		try {
			$this->webhook->send( Outbox::METADATA === $row->kind ? 'metadata' : 'status', $row->message_id, $this->event( $row, $post ), $timeout_s );
		} catch ( Failure $failure ) {
			return $this->failed( $row, $failure );
		}
		$this->outbox->accepted( $row );
		if ( $this->state->failures() > 0 ) {
			$this->state->clear();
		}
		return true;
	}

	private function failed( object $row, Failure $failure ): bool {
		$is_about_one = in_array( $failure->status(), self::ABOUT_ONE_MESSAGE, true );
		$failures     = $is_about_one ? (int) $row->attempts : $this->state->failures();
		$delay        = ( new Backoff() )->delay_s( $failures + 1, $failure->retry_after_s() );
		$next_at      = time() + ( null === $failure->retry_after_s() ? min( self::LONGEST_PAUSE_S, $delay ) : $delay );
		if ( 0 === $failures ) {
			// Log only the first of a series: an outage of a day would fill the log.
			$this->log->failure( $failure, __( 'A change could not be sent to IGNY8 and will be sent again', 'igny8-wordpress-bridge' ) );
		}
		if ( $is_about_one ) {
			$this->outbox->defer( $row, $next_at );
			$this->state->record_error( $failure );
		} else {
			$this->state->pause( $failure, $next_at );
		}
		return $is_about_one;
	}

	private function event( object $row, ?object $post ): array {
		$since = gmdate( 'Y-m-d\TH:i:s\Z', (int) $row->created_at );
		if ( Outbox::DIGEST === $row->kind ) {
			return [
				'event' => 'site.digest',
				'since' => $since,
			];
		}

		if ( null !== $post && ( new Left_Alone() )->has( (int) $row->post_id ) ) {
			// Only that there is something to ask for.
			return [
				'event'        => 'post.' . Outbox::METADATA,
				'post_id'      => (int) $row->post_id,
				'post_type'    => $post->post_type,
				'status'       => null,
				'modified_gmt' => $since,
			];
		}
		$kind = null === $post ? Outbox::DELETED : $row->kind;
		// The post was deleted and then restored under its old id.
		$kind = null !== $post && Outbox::DELETED === $kind ? Outbox::STATUS : $kind;
		return $this->saved_by( (int) $row->user_id ) + [
			'event'        => 'post.' . $kind,
			'post_id'      => (int) $row->post_id,
			'post_type'    => null === $post ? $row->post_type : $post->post_type,
			'status'       => null === $post ? $row->status : Types::wire_status( $post->post_status ),
			'modified_gmt' => null === $post ? $since : ( Gmt::to_wire( (string) $post->post_modified_gmt ) ?? $since ),
		];
	}

	/**
	 * Who made the change, if a person did who is still there.
	 */
	private function saved_by( int $user_id ): array {
		$user = $user_id > 0 ? get_userdata( $user_id ) : false;
		return false === $user ? [] : [ 'saved_by' => User_Name::shown( $user ) ];
	}
}
