<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Log of the last events, shown on the settings page. Never holds a secret.
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
	 * @param Origin   $origin Origin of the work; its log entries name it.
	 * @param callable $task   Without arguments.
	 * @return mixed Result of the task.
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
	 * Newest first. `request_id` and `run_id` are IGNY8's ids, `sent_id` is the plugin's own id of a request; each
	 * only if known.
	 *
	 * @return array<int, array{at: int, level: string, code: string, message: string, request_id?: string, run_id?: string, sent_id?: string}>
	 */
	public function entries(): array {
		$entries = get_option( self::OPTION, [] );
		return is_array( $entries ) ? array_values( array_filter( $entries, 'is_array' ) ) : [];
	}

	/**
	 * @param array<string, string> $ids Ids of a request, in addition to the origin's.
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
	 * Defence in depth: an answer or an exception might quote a secret.
	 */
	private function redact( string $message ): string {
		$patterns = [ '/igny8_[0-9A-Za-z]{20,}/', '/whsec_[0-9A-Za-z+\/=]{8,}/', '/Bearer\s+\S+/i' ];
		return (string) preg_replace( $patterns, '[redacted]', $message );
	}
}
