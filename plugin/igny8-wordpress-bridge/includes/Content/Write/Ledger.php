<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Tables;

/**
 * Remembers the results of commands for a week, so that a repeated command is not applied twice. Does not keep
 * documents, which would fill the disk.
 */
final class Ledger {

	private const KEPT_S = 7 * 24 * 60 * 60;

	/** Longer than PHP's time limit: a command that is still running then has died. */
	private const LONGEST_S = 300;

	private const RUNNING = 'running';

	/** The command under way in this request; '' for none. */
	private string $running = '';

	private bool $is_watching = false;

	/**
	 * @return array{post_id: int, created: bool, etag: string}|null Result of the earlier run; null if the caller must run the command.
	 * @throws Command_Failure `command_running`, `write_failed`.
	 */
	public function begin( string $command ): ?array {
		global $wpdb;

		$table = Tables::commands();
		$hash  = $this->hash( $command );
		$now   = time();
		$added = $wpdb->query(
			$wpdb->prepare(
				"INSERT IGNORE INTO $table (command, outcome, post_id, created, etag, started_at) VALUES (%s, %s, 0, 0, '', %d)",
				$hash, self::RUNNING, $now
			)
		);
		if ( false === $added ) {
			Command_Failure::raise( 'write_failed', __( 'The table of commands could not be written.', 'igny8-wordpress-bridge' ), true );
		}
		if ( 1 === $added ) {
			$this->watch( $command );
			return null;
		}

		$row = $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $table WHERE command = %s", $hash ) );
		if ( null !== $row && self::RUNNING !== $row->outcome ) {
			return [
				'post_id' => (int) $row->post_id,
				'created' => (bool) (int) $row->created,
				'etag'    => (string) $row->etag,
			];
		}
		$this->take_over( $hash, $now );
		$this->watch( $command );
		return null;
	}

	/**
	 * Runs at shutdown. If another plugin ended the request during a command, a repeat may run it at once.
	 */
	public function abandon_interrupted(): void {
		if ( '' !== $this->running ) {
			$this->abandon( $this->running );
		}
	}

	public function finish( string $command, Result $result ): void {
		global $wpdb;

		$this->running = '';
		$document      = $result->document();
		$wpdb->update(
			Tables::commands(),
			[
				'outcome' => $result->outcome(),
				'post_id' => null === $document ? 0 : $document->id(),
				'created' => $result->is_created() ? 1 : 0,
				'etag'    => null === $document ? '' : (string) $document->etag(),
			],
			[ 'command' => $this->hash( $command ) ]
		);
	}

	/**
	 * Forgets a command that changed nothing, so that a repeat runs it again.
	 */
	public function abandon( string $command ): void {
		global $wpdb;

		$this->running = '';
		$wpdb->delete( Tables::commands(), [ 'command' => $this->hash( $command ) ] );
	}

	public function clean(): void {
		global $wpdb;

		$table = Tables::commands();
		$wpdb->query( $wpdb->prepare( "DELETE FROM $table WHERE started_at < %d", time() - self::KEPT_S ) );
	}

	private function take_over( string $hash, int $now ): void {
		global $wpdb;

		$table   = Tables::commands();
		$changed = $wpdb->query(
			$wpdb->prepare(
				"UPDATE $table SET started_at = %d WHERE command = %s AND outcome = %s AND started_at < %d",
				$now, $hash, self::RUNNING, $now - self::LONGEST_S
			)
		);
		if ( 1 !== $changed ) {
			Command_Failure::raise( 'command_running', __( 'The same command is already running.', 'igny8-wordpress-bridge' ), true );
		}
	}

	private function watch( string $command ): void {
		$this->running = $command;
		if ( ! $this->is_watching ) {
			$this->is_watching = true;
			register_shutdown_function( [ $this, 'abandon_interrupted' ] );
		}
	}

	private function hash( string $command ): string {
		return hash( 'sha256', $command );
	}
}
