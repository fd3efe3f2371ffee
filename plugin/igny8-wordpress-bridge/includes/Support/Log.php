<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

/**
 * The last things that happened, for the owner to read on the settings page. Never holds a secret.
 */
final class Log {

	public const OPTION = 'igny8_log';

	public const CAPACITY = 50;

	private const MESSAGE_LENGTH = 500;

	private ?Origin $origin = null;

	public function info( string $code, string $message ): void {
		$this->add( 'info', $code, $message, [] );
	}

	public function warning( string $code, string $message ): void {
		$this->add( 'warning', $code, $message, [] );
	}

	public function error( string $code, string $message ): void {
		$this->add( 'error', $code, $message, [] );
	}

	public function failure( Failure $failure, string $what ): void {
		$ids = [
			'request_id' => $failure->request_id(),
			'sent_id'    => $failure->sent_id(),
		];
		$this->add( 'error', $failure->reason(), $what . ': ' . $failure->detail(), array_filter( $ids ) );
	}

	/**
	 * @param Origin   $origin Of what the deed is done for: its entries name it.
	 * @param callable $task   Without arguments.
	 * @return mixed What the deed gives.
	 */
	public function with_origin( Origin $origin, callable $task ) {
		$before       = $this->origin;
		$this->origin = $origin;
		try {
			return $task();
		} finally {
			$this->origin = $before;
		}
	}

	/**
	 * Newest first. `request_id` and `run_id` are IGNY8's names of what it was about, `sent_id` is ours for a request of our own;
	 * each is there only where it is known.
	 *
	 * @return array<int, array{at: int, level: string, code: string, message: string, request_id?: string, run_id?: string, sent_id?: string}>
	 */
	public function entries(): array {
		$entries = get_option( self::OPTION, [] );
		return is_array( $entries ) ? array_values( array_filter( $entries, 'is_array' ) ) : [];
	}

	/**
	 * @param array<string, string> $ids Of a request of ours, beside what it was done for.
	 */
	private function add( string $level, string $code, string $message, array $ids ): void {
		$entries = $this->entries();
		$origin  = null === $this->origin ? [] : $this->origin->to_array();
		array_unshift(
			$entries,
			[
				'at'      => time(),
				'level'   => $level,
				'code'    => $code,
				'message' => mb_substr( $this->redact( $message ), 0, self::MESSAGE_LENGTH ),
			] + $ids + $origin
		);
		update_option( self::OPTION, array_slice( $entries, 0, self::CAPACITY ), false );
	}

	/**
	 * A last line of defence: an answer or an exception might quote what it was sent.
	 */
	private function redact( string $message ): string {
		$patterns = [ '/igny8_[0-9A-Za-z]{20,}/', '/whsec_[0-9A-Za-z+\/=]{8,}/', '/Bearer\s+\S+/i' ];
		return (string) preg_replace( $patterns, '[redacted]', $message );
	}
}
