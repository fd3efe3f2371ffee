<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * How IGNY8 sees the connection with this site.
 */
final class Link_Api {

	/** Short, because somebody looks at a page of wp-admin. */
	private const TIMEOUT_S = 4;

	private Client $client;

	public function __construct( Client $client ) {
		$this->client = $client;
	}

	/**
	 * @return array The integration, with its health.
	 * @throws Failure If the API can't be asked; is_key_refused() if the key was revoked.
	 */
	public function integration( string $integration_id, string $api_key ): array {
		return $this->client->get( Integration_Api::BASE . rawurlencode( $integration_id ) . '/', $api_key, self::TIMEOUT_S );
	}
}
