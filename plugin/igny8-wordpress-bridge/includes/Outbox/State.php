<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

use Igny8\Bridge\Support\Failure;

/**
 * How sending goes: failures in a row, the last of them, and until when it pauses.
 */
final class State {

	public const OPTION = 'igny8_outbox';

	public function failures(): int {
		return (int) ( $this->all()['failures'] ?? 0 );
	}

	/**
	 * Unix seconds, 0 where nothing keeps it from sending.
	 */
	public function paused_until(): int {
		return (int) ( $this->all()['paused_until'] ?? 0 );
	}

	/**
	 * @return array{code: string, detail: string, at: int}|null Null once all went well.
	 */
	public function last_error(): ?array {
		$error = $this->all()['error'] ?? null;
		return ! is_array( $error ) ? null : [
			'code'   => (string) $error['code'],
			'detail' => (string) $error['detail'],
			'at'     => (int) $error['at'],
		];
	}

	/**
	 * @param int $until Unix seconds.
	 */
	public function pause( Failure $failure, int $until ): void {
		update_option(
			self::OPTION,
			[
				'failures'     => $this->failures() + 1,
				'paused_until' => $until,
				'error'        => $failure->to_array(),
			],
			true
		);
	}

	/**
	 * One message was refused; the others go on.
	 */
	public function note( Failure $failure ): void {
		update_option( self::OPTION, [ 'error' => $failure->to_array() ], true );
	}

	public function clear(): void {
		if ( [] !== $this->all() ) {
			delete_option( self::OPTION );
		}
	}

	private function all(): array {
		$all = get_option( self::OPTION, [] );
		return is_array( $all ) ? $all : [];
	}
}
