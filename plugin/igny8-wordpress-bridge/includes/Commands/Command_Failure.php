<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

use RuntimeException;

/**
 * Failure of a command, with its reason.
 */
final class Command_Failure extends RuntimeException {

	private string $reason;

	private bool $retryable;

	/**
	 * @param string $reason Code, lower_snake.
	 */
	public function __construct( string $reason, string $detail, bool $retryable = false ) {
		parent::__construct( $detail );
		$this->reason    = $reason;
		$this->retryable = $retryable;
	}

	public function reason(): string {
		return $this->reason;
	}

	public function is_retryable(): bool {
		return $this->retryable;
	}
}
