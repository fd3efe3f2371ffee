<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Home;
use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Support\Failure;

/**
 * Calls of connecting by consent: who asks, and the exchange of a code for an API key.
 */
final class Connect_Api {

	private const EXCHANGE = '/api/v1/connect/exchange/';

	private const DESCRIBE = '/api/v1/connect/describe/';

	private const FACTS = [ 'site_name', 'account_name', 'person_name', 'person_email' ];

	private const CODE = '/^[A-Za-z0-9_-]{43}\z/';

	private Client $client;

	public function __construct( Client $client ) {
		$this->client = $client;
	}

	/**
	 * Who asks to connect this site.
	 *
	 * @param string $token From the app, through the browser.
	 * @return array<string, string> site_name, account_name, person_name, person_email.
	 * @throws Failure `connect_request_invalid`, `connect_request_expired` and others of the API.
	 */
	public function describe( string $token ): array {
		$answer = $this->client->post(
			self::DESCRIBE,
			[
				'token'    => $token,
				'site_url' => Home::url(),
			],
			''
		);
		$facts  = [];
		foreach ( self::FACTS as $name ) {
			$facts[ $name ] = is_string( $answer[ $name ] ?? null ) ? sanitize_text_field( $answer[ $name ] ) : '';
		}
		if ( '' === $facts['account_name'] || '' === $facts['person_email'] ) {
			Failure::raise( 'unexpected_answer', __( 'IGNY8 did not say who asks.', 'igny8-wordpress-bridge' ) );
		}
		return $facts;
	}

	/**
	 * @param string $code           From the return address.
	 * @param string $verifier       What the challenge was made of.
	 * @param string $signing_secret The secret that the connect request will bring.
	 * @return array{site_id: string, site_name: string, api_key: string}
	 * @throws Failure `connect_code_invalid` and others of the API.
	 */
	public function exchange( string $code, string $verifier, string $signing_secret ): array {
		if ( 1 !== preg_match( self::CODE, $code ) ) {
			Failure::raise( 'connect_code_invalid', __( 'The code of this connection is not valid.', 'igny8-wordpress-bridge' ), __( 'Press “Connect to IGNY8” to begin again.', 'igny8-wordpress-bridge' ) );
		}
		$answer = $this->client->post(
			self::EXCHANGE,
			[
				'code'           => $code,
				'verifier'       => $verifier,
				'site_url'       => Home::url(),
				'signing_secret' => $signing_secret,
				'rest_root'      => rest_url(),
				'plugin_version' => IGNY8_BRIDGE_VERSION,
			],
			''
		);

		$grant = [];
		foreach ( [ 'site_id', 'site_name', 'api_key' ] as $name ) {
			$grant[ $name ] = is_string( $answer[ $name ] ?? null ) ? $answer[ $name ] : '';
		}
		if ( '' === $grant['site_id'] ) {
			Failure::raise( 'unexpected_answer', __( 'IGNY8 answered, but did not return a key.', 'igny8-wordpress-bridge' ), __( 'Press “Connect to IGNY8” to begin again.', 'igny8-wordpress-bridge' ) );
		}
		Api_Key::check( $grant['api_key'] );
		$grant['site_name'] = sanitize_text_field( $grant['site_name'] );
		return $grant;
	}
}
