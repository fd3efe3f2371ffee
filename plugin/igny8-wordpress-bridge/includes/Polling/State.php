<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Backoff;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Stored_Option;

/**
 * State of polling: the transport, the last poll, its interval and errors.
 */
final class State {

	public const OPTION = 'igny8_poll';

	public const DIRECT = 'direct';

	public const POLLING = 'polling';

	/** While IGNY8 calls this site directly, polls only show that polling would work. */
	private const DIRECT_INTERVAL_S = 900;

	private const POLL_INTERVAL_S = 60;

	private const LONGEST_INTERVAL_S = 3600;

	/** Short, because users wait for what commands do. */
	private const LONGEST_PAUSE_S = 1800;

	/** Polls closer together belong to one run and say nothing about the interval. */
	private const BURST_S = 5;

	private const DEFAULTS = [
		'transport'      => self::DIRECT,
		'interval_s'   => self::DIRECT_INTERVAL_S,
		'last_at'      => 0,
		'seen_s'       => 0,
		'failures'     => 0,
		'paused_until' => 0,
		'error'        => null,
		'trigger'      => '',
		'ticket'       => '',
	];

	private Stored_Option $option;

	public function __construct() {
		$this->option = new Stored_Option( self::OPTION, self::DEFAULTS );
	}

	public function transport(): string {
		return (string) $this->option->all()['transport'];
	}

	public function is_polling(): bool {
		return self::POLLING === $this->transport();
	}

	/**
	 * Unix seconds of the last poll that IGNY8 answered; 0 for never.
	 */
	public function last_at(): int {
		return (int) $this->option->all()['last_at'];
	}

	/**
	 * Measured seconds between polls; 0 if not known yet.
	 */
	public function seen_s(): int {
		return (int) $this->option->all()['seen_s'];
	}

	/**
	 * What started the last poll.
	 */
	public function trigger(): string {
		return (string) $this->option->all()['trigger'];
	}

	/**
	 * Unix seconds from which the next poll is due.
	 */
	public function next_at(): int {
		$all = $this->option->all();
		return max( (int) $all['last_at'] + (int) $all['interval_s'], (int) $all['paused_until'] );
	}

	/**
	 * Unix seconds; 0 if polling does not pause.
	 */
	public function paused_until(): int {
		return (int) $this->option->all()['paused_until'];
	}

	/**
	 * @return array{code: string, detail: string, at: int}|null Null after a successful poll.
	 */
	public function last_error(): ?array {
		return Failure::summary( $this->option->all()['error'] );
	}

	/**
	 * Sets the transport that the handshake found to work, and forgets the state of an earlier connection.
	 */
	public function set_transport( string $transport ): void {
		$is_polling = self::POLLING === $transport;
		$this->option->replace(
			[
				'transport'    => $is_polling ? self::POLLING : self::DIRECT,
				'interval_s' => $is_polling ? self::POLL_INTERVAL_S : self::DIRECT_INTERVAL_S,
			]
		);
	}

	/**
	 * @param string $trigger    What started the poll.
	 * @param string $transport    As IGNY8 answered.
	 * @param int    $interval_s Seconds until the next poll, as IGNY8 answered.
	 */
	public function succeeded( string $trigger, string $transport, int $interval_s ): void {
		$now = time();
		$all = $this->option->all();
		$gap = $now - (int) $all['last_at'];
		if ( 0 !== (int) $all['last_at'] && $gap >= self::BURST_S ) {
			$all['seen_s'] = 0 === (int) $all['seen_s'] ? $gap : (int) round( 0.6 * $all['seen_s'] + 0.4 * $gap );
		}
		$changes = [
			'transport'      => self::POLLING === $transport ? self::POLLING : self::DIRECT,
			'interval_s'   => max( 1, min( $interval_s, self::LONGEST_INTERVAL_S ) ),
			'last_at'      => $now,
			'failures'     => 0,
			'paused_until' => 0,
			'error'        => null,
			'trigger'      => $trigger,
		];
		$this->option->replace( array_merge( $all, $changes ) );
	}

	/**
	 * What the last answer brought for the next poll; '' for nothing.
	 */
	public function ticket(): string {
		return (string) $this->option->all()['ticket'];
	}

	public function keep_ticket( string $ticket ): void {
		$this->option->save( [ 'ticket' => $ticket ] );
	}

	/**
	 * Makes the next poll due now, unless polling pauses after a failure.
	 */
	public function make_due(): void {
		$this->option->save( [ 'interval_s' => 0 ] );
	}

	public function failed( Failure $failure ): void {
		$all      = $this->option->all();
		$failures = (int) $all['failures'] + 1;
		$delay_s  = ( new Backoff() )->delay_s( $failures, $failure->retry_after_s() );
		$changes  = [
			'failures'     => $failures,
			'paused_until' => time() + min( $delay_s, self::LONGEST_PAUSE_S ),
			'error'        => $failure->to_array(),
		];
		$this->option->replace( array_merge( $all, $changes ) );
	}

	public function clear(): void {
		$this->option->clear();
	}

	/**
	 * For the answer to `status`.
	 */
	public function describe(): array {
		return [
			'transport'    => $this->transport(),
			'last_at'    => 0 === $this->last_at() ? null : $this->last_at(),
			'interval_s' => 0 === $this->seen_s() ? null : $this->seen_s(),
			'trigger'    => '' === $this->trigger() ? null : $this->trigger(),
			'last_error' => $this->last_error(),
		];
	}
}
