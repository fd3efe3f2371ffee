<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;

/**
 * The collection-level test: the API calls this site with a new signing secret while it is asked, and finds or makes the
 * integration.
 */
final class Handshake {

	private Integration_Api $api;

	private Key_Store $keys;

	public function __construct( Integration_Api $api, Key_Store $keys ) {
		$this->api  = $api;
		$this->keys = $keys;
	}

	/**
	 * @return string Integration id.
	 * @throws Failure What the API refuses; an earlier connection is as it was.
	 */
	public function perform( string $site_id, string $api_key ): string {
		// Kept before it is sent: the API calls back while the request is open.
		$secret         = $this->keys->begin_pending();
		$integration_id = $this->api->connect( $site_id, $api_key, $secret );
		$this->keys->promote_pending();
		return $integration_id;
	}
}
