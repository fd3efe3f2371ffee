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

	private ?int $since;

	/**
	 * @param string   $reason Code, lower_snake.
	 * @param int|null $since  Unix seconds since when the reason has lasted; null if it is not known.
	 */
	public function __construct( string $reason, string $detail, bool $retryable = false, ?int $since = null ) {
		parent::__construct( $detail );
		$this->reason    = $reason;
		$this->retryable = $retryable;
		$this->since     = $since;
	}

	public function reason(): string {
		return $this->reason;
	}

	public function is_retryable(): bool {
		return $this->retryable;
	}

	public function since(): ?int {
		return $this->since;
	}
}
