<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

use WP_REST_Request;

/**
 * IGNY8's request and run that caused the current work.
 */
final class Origin {

	private string $request_id;

	private string $run_id;

	/**
	 * @param mixed $request_id As received.
	 * @param mixed $run_id     As received.
	 */
	public function __construct( $request_id = '', $run_id = '' ) {
		$this->request_id = Request_Id::read( $request_id );
		$this->run_id     = Request_Id::read( $run_id );
	}

	/**
	 * If the request id is missing, makes a new one, so that at least the answer can be found.
	 */
	public static function of_request( WP_REST_Request $request ): self {
		$id = Request_Id::read( $request->get_header( 'x_request_id' ) );
		return new self( '' === $id ? Request_Id::fresh() : $id, $request->get_header( 'x_run_id' ) );
	}

	public function request_id(): string {
		return $this->request_id;
	}

	/**
	 * For a log entry.
	 *
	 * @return array<string, string> request_id and run_id, if known.
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
