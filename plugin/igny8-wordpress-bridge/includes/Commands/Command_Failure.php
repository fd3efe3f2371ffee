<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use RuntimeException;

/**
 * Failure of a command, with its reason.
 *
 * The exception's message is the reason, which is safe to print if nobody catches it; the text is the detail.
 */
final class Command_Failure extends RuntimeException {

	private string $reason;

	private string $detail;

	private bool $retryable;

	/** @var array<string, mixed> */
	private array $facts;

	/**
	 * @param string               $reason Code, lower_snake.
	 * @param array<string, mixed> $facts  What the detail says, for programs: `alteration`, `permission`, or `since` (Unix seconds).
	 */
	public function __construct( string $reason, string $detail, bool $retryable = false, array $facts = [] ) {
		parent::__construct( $reason );
		$this->reason    = $reason;
		$this->detail    = $detail;
		$this->retryable = $retryable;
		$this->facts     = $facts;
	}

	/**
	 * Throws one; the arguments are the constructor's.
	 *
	 * @throws self Always.
	 */
	public static function raise( string $reason, string $detail, bool $retryable = false, array $facts = [] ): void {
		$failure = new self( $reason, $detail, $retryable, $facts );
		throw $failure;
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

	public function detail(): string {
		return $this->detail;
	}

	public function is_retryable(): bool {
		return $this->retryable;
	}
}
