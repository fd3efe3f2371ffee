<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

use WP_REST_Request;

/**
 * The request and the run at IGNY8 that something is done for here.
 */
final class Origin {

	private string $request_id;

	private string $run_id;

	/**
	 * @param mixed $request_id As the other side states it.
	 * @param mixed $run_id     As the other side states it.
	 */
	public function __construct( $request_id = '', $run_id = '' ) {
		$this->request_id = Request_Id::read( $request_id );
		$this->run_id     = Request_Id::read( $run_id );
	}

	/**
	 * Of a request whose id got lost on its way: one of our own, by which its answer is found at least.
	 */
	public static function of_request( WP_REST_Request $request ): self {
		$id = Request_Id::read( $request->get_header( 'x_request_id' ) );
		return new self( '' === $id ? Request_Id::fresh() : $id, $request->get_header( 'x_run_id' ) );
	}

	public function request_id(): string {
		return $this->request_id;
	}

	/**
	 * For an entry of the log.
	 *
	 * @return array<string, string> Those of request_id and run_id that are known.
	 */
	public function to_array(): array {
		return array_filter(
			[
				'request_id' => $this->request_id,
				'run_id'     => $this->run_id,
			]
		);
	}
}
