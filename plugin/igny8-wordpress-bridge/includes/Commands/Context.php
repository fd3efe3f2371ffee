<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Origin;
use Igny8\Bridge\Support\Time_Limit;
use WP_REST_Request;

/**
 * Context of a batch: the request, and the time and size that are left.
 */
final class Context {

	/** Part of PHP's time limit to leave for starting WordPress and sending the answer. */
	private const SPARE_S = 5;

	private float $deadline;

	private int $bytes_left;

	private string $command_id = '';

	private Request_Facts $request;

	private Origin $origin;

	/**
	 * @param int                $time_ms   Milliseconds from now.
	 * @param int                $max_bytes Size limit of the whole answer.
	 * @param Request_Facts|null $request   Request with the batch; null for a polled batch.
	 * @param Origin|null        $origin    IGNY8's request and run, if known.
	 */
	public function __construct( int $time_ms, int $max_bytes, ?Request_Facts $request = null, ?Origin $origin = null ) {
		$this->deadline   = microtime( true ) + Time_Limit::cap_ms( $time_ms, self::SPARE_S ) / 1000;
		$this->bytes_left = $max_bytes;
		$this->request    = $request ?? new Request_Facts( new WP_REST_Request() );
		$this->origin     = $origin ?? new Origin();
	}

	public function begin_command( string $id ): void {
		$this->command_id = $id;
	}

	/**
	 * Id of the running command.
	 */
	public function command_id(): string {
		return $this->command_id;
	}

	public function is_used_up(): bool {
		return $this->bytes_left <= 0 || microtime( true ) >= $this->deadline;
	}

	public function use_bytes( int $bytes ): void {
		$this->bytes_left -= $bytes;
	}

	public function bytes_left(): int {
		return max( 0, $this->bytes_left );
	}

	public function ms_left(): int {
		return max( 0, (int) round( 1000 * ( $this->deadline - microtime( true ) ) ) );
	}

	public function request(): Request_Facts {
		return $this->request;
	}

	public function origin(): Origin {
		return $this->origin;
	}
}
