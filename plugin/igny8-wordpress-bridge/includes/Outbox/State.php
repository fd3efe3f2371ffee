<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Stored_Option;

/**
 * State of sending: failures in a row, the last error, and how long sending pauses.
 */
final class State {

	private Stored_Option $option;

	public function __construct() {
		$this->option = new Stored_Option( 'igny8_outbox' );
	}

	public function failures(): int {
		return (int) ( $this->option->all()['failures'] ?? 0 );
	}

	/**
	 * Unix seconds; 0 if sending does not pause.
	 */
	public function paused_until(): int {
		return (int) ( $this->option->all()['paused_until'] ?? 0 );
	}

	/**
	 * @return array{code: string, detail: string, at: int}|null Null once everything was sent.
	 */
	public function last_error(): ?array {
		return Failure::summary( $this->option->all()['error'] ?? null );
	}

	/**
	 * @param int $until Unix seconds.
	 */
	public function pause( Failure $failure, int $until ): void {
		$this->option->replace(
			[
				'failures'     => $this->failures() + 1,
				'paused_until' => $until,
				'error'        => $failure->to_array(),
			]
		);
	}

	/**
	 * IGNY8 refused one message. Sending goes on with the next.
	 */
	public function record_error( Failure $failure ): void {
		$this->option->replace( [ 'error' => $failure->to_array() ] );
	}

	public function clear(): void {
		if ( [] !== $this->option->all() ) {
			$this->option->clear();
		}
	}
}
