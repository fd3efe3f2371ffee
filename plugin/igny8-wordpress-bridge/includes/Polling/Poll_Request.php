<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Security\Signature_Error;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;

/**
 * One signed call to IGNY8 and its signed answer: what says what this site is to do must not come from anybody else.
 */
final class Poll_Request {

	private const BASE = '/api/v1/integration/integrations/';

	private const LARGEST_ANSWER_BYTES = 4000000;

	private Config $config;

	private Key_Store $keys;

	private Message_Headers $headers;

	private Problem_Reader $problems;

	public function __construct( Config $config, Key_Store $keys, Message_Headers $headers, Problem_Reader $problems ) {
		$this->config   = $config;
		$this->keys     = $keys;
		$this->headers  = $headers;
		$this->problems = $problems;
	}

	/**
	 * @param string $body      JSON.
	 * @param int    $timeout_s Seconds to wait for the answer.
	 * @return string JSON of the answer, which is signed for this very call.
	 * @throws Failure Where there is none.
	 */
	public function call( string $integration_id, string $body, int $timeout_s ): string {
		$sent_id = Request_Id::fresh();
		$id      = 'msg_' . bin2hex( random_bytes( 16 ) );
		$answer  = wp_remote_post(
			$this->config->api_url() . self::BASE . rawurlencode( $integration_id ) . '/poll/',
			[
				'timeout'             => $timeout_s,
				'redirection'         => 0,
				'limit_response_size' => self::LARGEST_ANSWER_BYTES,
				'user-agent'          => 'igny8-wordpress-bridge/' . IGNY8_BRIDGE_VERSION . '; WordPress/' . get_bloginfo( 'version' ),
				'headers'             => [ Request_Id::HEADER => $sent_id ] + $this->headers->of( $id, $body ),
				'body'                => $body,
			]
		);
		if ( is_wp_error( $answer ) ) {
			throw $this->problems->from_network_error( $answer, $sent_id );
		}

		$status = (int) wp_remote_retrieve_response_code( $answer );
		$text   = wp_remote_retrieve_body( $answer );
		if ( 200 !== $status ) {
			$json = json_decode( $text, true );
			throw $this->problems->from_answer( $answer, $status, is_array( $json ) ? $json : [], $sent_id );
		}
		$this->verify( $answer, $id, $text, $sent_id );
		return $text;
	}

	/**
	 * The clock doesn't matter here: the id was made for this call, so that an older answer can't pass for its own.
	 */
	private function verify( array $answer, string $id, string $text, string $sent_id ): void {
		$time    = (string) wp_remote_retrieve_header( $answer, 'webhook-timestamp' );
		$message = new Signed_Message( $id, $time, (string) wp_remote_retrieve_header( $answer, 'webhook-signature' ), $text );
		try {
			( new Signer() )->verify( $this->keys->signing_secrets(), $message, (int) $time );
		} catch ( Signature_Error $error ) {
			throw new Failure(
				'answer_unsigned',
				__( 'The answer of IGNY8 is not signed as it has to be.', 'igny8-wordpress-bridge' ),
				__( 'Something between this site and IGNY8 changes its answers; ask your host about a proxy.', 'igny8-wordpress-bridge' ),
				[
					'retryable'  => true,
					'request_id' => Request_Id::read( wp_remote_retrieve_header( $answer, Request_Id::HEADER ) ),
					'sent_id'    => $sent_id,
				]
			);
		}
	}
}
