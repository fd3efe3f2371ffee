<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;

/**
 * Headers of a signed message to IGNY8: API key, content type and signature.
 */
final class Message_Headers {

	private Config $config;

	private Key_Store $keys;

	private Signer $signer;

	public function __construct( Config $config, Key_Store $keys, Signer $signer ) {
		$this->config = $config;
		$this->keys   = $keys;
		$this->signer = $signer;
	}

	/**
	 * @param string $id   The same for every attempt.
	 * @param string $body Exactly the bytes that are sent.
	 * @return array<string, string>
	 * @throws Failure If the site has no key or secret, or the API's address is not safe.
	 */
	public function of( string $id, string $body ): array {
		$key    = $this->keys->api_key();
		$secret = $this->keys->signing_secrets()['current'] ?? '';
		if ( '' === $key || '' === $secret || ! $this->config->is_api_url_safe() ) {
			Failure::raise(
				'key_unreadable',
				__( 'This site has no usable key for IGNY8.', 'igny8-wordpress-bridge' ),
				__( 'Connect again on the IGNY8 settings page.', 'igny8-wordpress-bridge' )
			);
		}

		$credentials = [
			'Accept'        => 'application/json, application/problem+json',
			'Content-Type'  => 'application/json',
			'Authorization' => 'Bearer ' . $key,
			'X-IGNY8-Key'   => $key,
		];
		return $credentials + $this->signer->headers( [ $secret ], $id, $body );
	}
}
