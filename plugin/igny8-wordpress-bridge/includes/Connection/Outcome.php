<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * How an attempt to connect ended.
 */
final class Outcome {

	public const CONNECTED = 'connected';

	public const WAITING = 'waiting';

	public const FAILED = 'failed';

	/** Code of the API: a person of the account must confirm the new secret or address. */
	public const NEEDS_CONFIRMATION = 'connection_change_needs_confirmation';

	private string $kind;

	private ?Failure $failure;

	private int $next_at;

	private function __construct( string $kind, ?Failure $failure, int $next_at ) {
		$this->kind    = $kind;
		$this->failure = $failure;
		$this->next_at = $next_at;
	}

	/**
	 * @param Failure|null $push_failure Why the structure could not be sent; null if it was.
	 */
	public static function connected( ?Failure $push_failure ): self {
		return new self( self::CONNECTED, $push_failure, 0 );
	}

	/**
	 * @param int $next_at Unix seconds of the next try.
	 */
	public static function waiting( Failure $failure, int $next_at ): self {
		return new self( self::WAITING, $failure, $next_at );
	}

	public static function failed( Failure $failure ): self {
		return new self( self::FAILED, $failure, 0 );
	}

	/**
	 * One of the constants.
	 */
	public function kind(): string {
		return $this->kind;
	}

	public function failure(): ?Failure {
		return $this->failure;
	}

	/**
	 * Unix seconds; 0 if nothing is planned.
	 */
	public function next_at(): int {
		return $this->next_at;
	}

	/**
	 * Heading for the site owner.
	 */
	public function title(): string {
		if ( self::CONNECTED === $this->kind ) {
			return __( 'Connected', 'igny8-wordpress-bridge' );
		}
		return self::failure_title( null === $this->failure ? '' : $this->failure->reason() );
	}

	public static function failure_title( string $code ): string {
		if ( self::NEEDS_CONFIRMATION === $code ) {
			return __( 'Waiting for confirmation in IGNY8', 'igny8-wordpress-bridge' );
		}
		return 'site_not_found' === $code
			? __( 'Site not found', 'igny8-wordpress-bridge' )
			: __( 'Failed to connect', 'igny8-wordpress-bridge' );
	}
}
