<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Stored_Option;

/**
 * State of the attempt to connect: running, waiting for its next try, or failed. Holds no secret.
 */
final class Attempt {

	public const OPTION = 'igny8_attempt';

	/** An attempt that runs longer has died with its process. */
	private const LONGEST_TRY_S = 150;

	private const DEFAULTS = [
		'status'     => '',
		'started_at' => 0,
		'failures'   => 0,
		'next_at'    => 0,
		'error'      => null,
		'user_id'    => 0,
	];

	private Stored_Option $option;

	public function __construct() {
		$this->option = new Stored_Option( self::OPTION, self::DEFAULTS );
	}

	/**
	 * @param int $user_id The person who connects, kept for retries; 0 if nobody does.
	 */
	public function begin( int $user_id = 0 ): void {
		$this->option->save(
			[
				'status'     => 'authenticating',
				'started_at' => time(),
				'user_id'    => $user_id,
			]
		);
	}

	/**
	 * The person who connects; 0 if nobody does.
	 */
	public function user_id(): int {
		return (int) $this->option->all()['user_id'];
	}

	/**
	 * @param int $next_at Unix seconds.
	 */
	public function wait( Failure $failure, int $next_at ): void {
		$this->option->save(
			[
				'status'   => 'waiting',
				'failures' => $this->failures() + 1,
				'next_at'  => $next_at,
				'error'    => $failure->to_array(),
			]
		);
	}

	public function fail( Failure $failure ): void {
		$this->option->save(
			[
				'status'   => 'failed',
				'failures' => 0,
				'next_at'  => 0,
				'error'    => $failure->to_array(),
			]
		);
	}

	public function clear(): void {
		$this->option->clear();
	}

	public function is_under_way(): bool {
		$all = $this->option->all();
		return 'authenticating' === $all['status'] && (int) $all['started_at'] > time() - self::LONGEST_TRY_S;
	}

	public function is_waiting(): bool {
		return 'waiting' === $this->option->all()['status'];
	}

	/**
	 * Whether it waits for a person who confirms it in IGNY8.
	 */
	public function awaits_confirmation(): bool {
		return $this->is_waiting() && Outcome::NEEDS_CONFIRMATION === ( $this->error()['code'] ?? '' );
	}

	/**
	 * Whether to try again: a try is planned, or the process of the last one died.
	 */
	public function wants_retry(): bool {
		return $this->is_waiting() || ( 'authenticating' === $this->option->all()['status'] && ! $this->is_under_way() );
	}

	public function has_failed(): bool {
		return 'failed' === $this->option->all()['status'];
	}

	public function failures(): int {
		return (int) $this->option->all()['failures'];
	}

	/**
	 * Unix seconds of the next try; 0 if none is planned.
	 */
	public function next_at(): int {
		return (int) $this->option->all()['next_at'];
	}

	/**
	 * @return array{code: string, detail: string, fix: string, request_id: string, retryable: bool, at: int}|null
	 */
	public function error(): ?array {
		$error = $this->option->all()['error'];
		return is_array( $error ) ? $error : null;
	}
}
