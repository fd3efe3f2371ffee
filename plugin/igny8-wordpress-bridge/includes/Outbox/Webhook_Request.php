<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Security\Message_Headers;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;

/**
 * Sends one signed webhook. Follows no redirects, so that the key never reaches another origin.
 */
final class Webhook_Request {

	private const BASE = '/api/v1/integration/webhooks/wordpress/';

	private const LARGEST_ANSWER_BYTES = 100000;

	private Config $config;

	private Message_Headers $headers;

	private Problem_Reader $problems;

	public function __construct( Config $config, Message_Headers $headers, Problem_Reader $problems ) {
		$this->config   = $config;
		$this->headers  = $headers;
		$this->problems = $problems;
	}

	/**
	 * @param string $route      `status` or `metadata`.
	 * @param string $message_id The same for every try.
	 * @param array  $event      As docs/protocol-content.md describes.
	 * @param int    $timeout_s  Seconds to wait for the answer.
	 * @throws Failure Where it was not accepted.
	 */
	public function send( string $route, string $message_id, array $event, int $timeout_s ): void {
		$sent_id = Request_Id::fresh();
		$body    = (string) wp_json_encode( $event, JSON_UNESCAPED_SLASHES );
		$answer  = wp_remote_post(
			$this->config->api_url() . self::BASE . $route . '/',
			[
				'timeout'             => $timeout_s,
				'redirection'         => 0,
				'limit_response_size' => self::LARGEST_ANSWER_BYTES,
				'user-agent'          => 'igny8-wordpress-bridge/' . IGNY8_BRIDGE_VERSION . '; WordPress/' . get_bloginfo( 'version' ),
				'headers'             => [ Request_Id::HEADER => $sent_id ] + $this->headers->of( $message_id, $body ),
				'body'                => $body,
			]
		);
		if ( is_wp_error( $answer ) ) {
			throw $this->problems->from_network_error( $answer, $sent_id );
		}

		$status = (int) wp_remote_retrieve_response_code( $answer );
		if ( 202 !== $status ) {
			$json = json_decode( wp_remote_retrieve_body( $answer ), true );
			throw $this->problems->from_answer( $answer, $status, is_array( $json ) ? $json : [], $sent_id );
		}
	}
}
