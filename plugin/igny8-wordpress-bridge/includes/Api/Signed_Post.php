<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;

/**
 * Posts a signed JSON message to the IGNY8 API. Follows no redirects, so that the key never reaches another origin.
 */
final class Signed_Post {

	private Config $config;

	private Message_Headers $headers;

	private Problem_Reader $problems;

	public function __construct( Config $config, Message_Headers $headers, Problem_Reader $problems ) {
		$this->config   = $config;
		$this->headers  = $headers;
		$this->problems = $problems;
	}

	/**
	 * @param string $path       From `/api/v1/…`.
	 * @param string $message_id Header `webhook-id`.
	 * @param string $body       JSON; exactly these bytes are signed and sent.
	 * @param float  $timeout_s  Seconds to wait for the answer.
	 * @param int    $max_bytes  Bytes of the answer to read.
	 * @param int    $expected   HTTP status of an accepted message.
	 * @param array<string, string> $more Further headers.
	 * @return array{answer: array, sent_id: string} The answer of WordPress' HTTP API, and the plugin's own request id.
	 * @throws Failure On a network error or any other status.
	 */
	public function send( string $path, string $message_id, string $body, float $timeout_s, int $max_bytes, int $expected, array $more = [] ): array {
		$sent_id = Request_Id::fresh();
		$answer  = wp_remote_post(
			$this->config->api_url() . $path,
			[
				'timeout'             => $timeout_s,
				'redirection'         => 0,
				'limit_response_size' => $max_bytes,
				'user-agent'          => Client::user_agent(),
				'headers'             => [ Request_Id::HEADER => $sent_id ] + $this->headers->of( $message_id, $body ) + $more,
				'body'                => $body,
			]
		);
		if ( is_wp_error( $answer ) ) {
			$failure = $this->problems->from_network_error( $answer, $sent_id );
			throw $failure;
		}

		$status = (int) wp_remote_retrieve_response_code( $answer );
		if ( $expected !== $status ) {
			$json    = json_decode( wp_remote_retrieve_body( $answer ), true );
			$failure = $this->problems->from_answer( $answer, $status, is_array( $json ) ? $json : [], $sent_id );
			throw $failure;
		}
		return [
			'answer'  => $answer,
			'sent_id' => $sent_id,
		];
	}
}
