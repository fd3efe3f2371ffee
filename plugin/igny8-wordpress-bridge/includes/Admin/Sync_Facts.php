<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Remote_State;

/**
 * Describes the last sync and the one under way, as the app does.
 */
final class Sync_Facts {

	private Remote_State $remote;

	public function __construct( Remote_State $remote ) {
		$this->remote = $remote;
	}

	/**
	 * @return array<string, string> Name => text.
	 */
	public function all(): array {
		$this->remote->refresh();
		$facts   = [ __( 'Last sync', 'igny8-wordpress-bridge' ) => $this->last_sync() ];
		$result  = $this->result();
		$current = $this->remote->current_run();
		if ( '' !== $result ) {
			$facts[ __( 'Result', 'igny8-wordpress-bridge' ) ] = $result;
		}
		if ( null !== $current ) {
			$facts[ __( 'Sync under way', 'igny8-wordpress-bridge' ) ] = self::describe( $current );
		}
		return $facts;
	}

	/**
	 * What a run does now, or what it waits for, since when, and when it goes on.
	 *
	 * @param array $run As the API describes it.
	 */
	public static function describe( array $run ): string {
		if ( is_array( $run['waiting'] ?? null ) ) {
			return self::describe_waiting( $run['waiting'] );
		}
		return 'running' === ( $run['status'] ?? '' )
			/* translators: %s: date and time. */
			? sprintf( __( 'running since %s', 'igny8-wordpress-bridge' ), self::when( $run['started_at'] ?? null ) )
			: __( 'about to start', 'igny8-wordpress-bridge' );
	}

	/**
	 * @param array $waiting As the API describes it.
	 */
	private static function describe_waiting( array $waiting ): string {
		$texts = [
			/* translators: %s: date and time. */
			'poll'       => __( 'waiting since %s for this site to poll IGNY8, because IGNY8 can’t call it', 'igny8-wordpress-bridge' ),
			/* translators: %s: date and time. */
			'retry'      => __( 'waiting since %s to try again after a failure', 'igny8-wordpress-bridge' ),
			/* translators: %s: date and time. */
			'rate_limit' => __( 'waiting since %s, because this site asked IGNY8 to call later', 'igny8-wordpress-bridge' ),
			/* translators: %s: date and time. */
			'turn'       => __( 'waiting since %s for another sync of this site', 'igny8-wordpress-bridge' ),
		];
		$for   = (string) ( $waiting['for'] ?? '' );
		$words = sprintf( $texts[ $for ] ?? $texts['retry'], self::when( $waiting['since'] ?? null ) );
		if ( in_array( $for, [ 'retry', 'rate_limit' ], true ) ) {
			$words .= ' (' . rtrim( (string) ( $waiting['detail'] ?? '' ), '.' ) . ')';
		}
		if ( 0 === Remote_State::to_unix( $waiting['next_at'] ?? null ) ) {
			return $words;
		}
		/* translators: %s: date and time. */
		return $words . '; ' . sprintf( __( 'goes on: %s', 'igny8-wordpress-bridge' ), self::when( $waiting['next_at'] ) );
	}

	/**
	 * @param mixed $time RFC 3339.
	 */
	private static function when( $time ): string {
		return Status_Panel::when( Remote_State::to_unix( $time ) );
	}

	private function last_sync(): string {
		if ( 0 === $this->remote->known_at() ) {
			return __( 'not known: IGNY8 could not be asked', 'igny8-wordpress-bridge' );
		}
		$words  = Status_Panel::when( $this->remote->last_sync_at() );
		$status = $this->remote->last_run()['status'] ?? 'succeeded';
		if ( 'failed' === $status ) {
			/* translators: %s: date and time. */
			$words = sprintf( __( 'failed, %s', 'igny8-wordpress-bridge' ), $words );
		} elseif ( 'cancelled' === $status ) {
			/* translators: %s: date and time. */
			$words = sprintf( __( 'cancelled, %s', 'igny8-wordpress-bridge' ), $words );
		}
		return $this->remote->is_current()
			? $words
			/* translators: 1: when the last sync was, 2: when IGNY8 said so. */
			: sprintf( __( '%1$s (as of %2$s)', 'igny8-wordpress-bridge' ), $words, Status_Panel::when( $this->remote->known_at() ) );
	}

	private function result(): string {
		$last = $this->remote->last_run();
		if ( null === $last ) {
			return '';
		}
		$error = $last['error'] ?? null;
		return is_array( $error ) && 'succeeded' !== ( $last['status'] ?? '' )
			? trim( ( $error['detail'] ?? '' ) . ' ' . ( $error['fix'] ?? '' ) )
			: self::describe_counts( (array) ( $last['counts'] ?? [] ) );
	}

	/**
	 * @param array $counts Of a run.
	 */
	public static function describe_counts( array $counts ): string {
		$names = [
			'created'   => __( 'created', 'igny8-wordpress-bridge' ),
			'updated'   => __( 'updated', 'igny8-wordpress-bridge' ),
			'deleted'   => __( 'deleted', 'igny8-wordpress-bridge' ),
			'failed'    => __( 'failed', 'igny8-wordpress-bridge' ),
			'conflicts' => __( 'conflicts', 'igny8-wordpress-bridge' ),
		];
		$words = [];
		foreach ( $names as $name => $label ) {
			if ( (int) ( $counts[ $name ] ?? 0 ) > 0 ) {
				$words[] = number_format_i18n( (int) $counts[ $name ] ) . ' ' . $label;
			}
		}
		return [] === $words ? __( 'nothing had changed', 'igny8-wordpress-bridge' ) : implode( ', ', $words );
	}
}
