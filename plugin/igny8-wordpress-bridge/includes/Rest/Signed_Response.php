<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

defined( 'ABSPATH' ) || exit;

use WP_REST_Response;

/**
 * An answer whose bytes are final, because the signature covers them.
 */
final class Signed_Response extends WP_REST_Response {

	private string $body;

	/**
	 * @param string                $body    JSON.
	 * @param array<string, string> $headers With the signature.
	 */
	public function __construct( string $body, array $headers ) {
		parent::__construct( null, 200, $headers );
		$this->body = $body;
	}

	public function body(): string {
		return $this->body;
	}
}
