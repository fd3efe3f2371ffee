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

	/** @var array<string, mixed> */
	private array $facts;

	/**
	 * @param string               $reason Code, lower_snake.
	 * @param array<string, mixed> $facts  What the detail says, for programs: `alteration`, `permission`, or `since` (Unix seconds).
	 */
	public function __construct( string $reason, string $detail, bool $retryable = false, array $facts = [] ) {
		parent::__construct( $detail );
		$this->reason    = $reason;
		$this->retryable = $retryable;
		$this->facts     = $facts;
	}

	/**
	 * @return array<string, mixed>
	 */
	public function facts(): array {
		return $this->facts;
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
