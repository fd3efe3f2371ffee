<?php

declare(strict_types=1);

namespace Igny8\Bridge\Rest;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Request_Facts;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Signature_Error;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use WP_Error;
use WP_REST_Request;

/**
 * Accepts only requests with a valid signature.
 */
final class Gatekeeper {

	private Key_Store $keys;

	private Signer $signer;

	/** Secret that signed the request. It signs the answer too, even if it is replaced meanwhile. */
	private string $secret = '';

	public function __construct( Key_Store $keys, Signer $signer ) {
		$this->keys   = $keys;
		$this->signer = $signer;
	}

	/**
	 * @return string|WP_Error Name of the secret that signed the request, or the refusal.
	 */
	public function authorize( WP_REST_Request $request ) {
		$secrets = $this->keys->signing_secrets();
		if ( [] === $secrets ) {
			return new WP_Error( 'igny8_not_connected', __( 'This site is not connected to IGNY8.', 'igny8-wordpress-bridge' ), [ 'status' => 409 ] );
		}

		$now     = time();
		$message = new Signed_Message(
			(string) $request->get_header( 'webhook_id' ),
			(string) $request->get_header( 'webhook_timestamp' ),
			(string) $request->get_header( 'webhook_signature' ),
			(string) $request->get_body()
		);
		try {
			$name         = $this->signer->verify( $secrets, $message, $now, Signer::COMMANDS );
			$this->secret = $secrets[ $name ];
			return $name;
		} catch ( Signature_Error $error ) {
			return $this->refusal( $error->getMessage(), $now, new Request_Facts( $request ) );
		}
	}

	/**
	 * @param string $id   Message id of the request.
	 * @param string $body Exactly the bytes that are sent.
	 * @return array<string, string> Signature headers for the answer to the last authorized request.
	 */
	public function sign( string $id, string $body ): array {
		return $this->signer->headers( [ $this->secret ], $id, $body, Signer::COMMANDS_ANSWER );
	}

	private function refusal( string $reason, int $now, Request_Facts $facts ): WP_Error {
		$messages = [
			Signature_Error::MISSING      => __( 'The request is not signed.', 'igny8-wordpress-bridge' ),
			Signature_Error::OUT_OF_RANGE => __( 'The clocks of IGNY8 and this site differ by more than five minutes.', 'igny8-wordpress-bridge' ),
			Signature_Error::INVALID      => __( 'The signature does not match.', 'igny8-wordpress-bridge' ),
		];
		$data     = [
			'status'   => 401,
			'received' => $facts->differences(),
		];
		if ( Signature_Error::OUT_OF_RANGE === $reason ) {
			$data['site_time'] = $now;
		}
		return new WP_Error( 'igny8_' . $reason, $messages[ $reason ] ?? $reason, $data );
	}
}
