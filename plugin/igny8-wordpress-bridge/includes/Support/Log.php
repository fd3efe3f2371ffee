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

	public function info( string $code, string $message ): void {
		$this->add( 'info', $code, $message );
	}

	public function warning( string $code, string $message ): void {
		$this->add( 'warning', $code, $message );
	}

	public function error( string $code, string $message ): void {
		$this->add( 'error', $code, $message );
	}

	public function failure( Failure $failure, string $what ): void {
		$message = $what . ': ' . $failure->detail();
		if ( '' !== $failure->request_id() ) {
			$message .= ' (' . $failure->request_id() . ')';
		}
		$this->error( $failure->reason(), $message );
	}

	/**
	 * Newest first.
	 *
	 * @return array<int, array{at: int, level: string, code: string, message: string}>
	 */
	public function entries(): array {
		$entries = get_option( self::OPTION, [] );
		return is_array( $entries ) ? array_values( array_filter( $entries, 'is_array' ) ) : [];
	}

	private function add( string $level, string $code, string $message ): void {
		$entries = $this->entries();
		array_unshift(
			$entries,
			[
				'at'      => time(),
				'level'   => $level,
				'code'    => $code,
				'message' => mb_substr( $this->redact( $message ), 0, self::MESSAGE_LENGTH ),
			]
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
