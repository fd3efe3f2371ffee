<?php

declare(strict_types=1);

namespace Igny8\Bridge\Outbox;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Signed_Post;
use Igny8\Bridge\Support\Failure;

/**
 * Sends one webhook to IGNY8.
 */
final class Webhook_Request {

	private const BASE = '/api/v1/integration/webhooks/wordpress/';

	private const LARGEST_ANSWER_BYTES = 100000;

	private const ACCEPTED = 202;

	private Signed_Post $post;

	public function __construct( Signed_Post $post ) {
		$this->post = $post;
	}

	/**
	 * @param string $route      `status` or `metadata`.
	 * @param string $message_id The same for every attempt, so that IGNY8 handles the message once.
	 * @param array  $event      As docs/protocol-content.md describes it.
	 * @param float  $timeout_s  Seconds to wait for the answer.
	 * @throws Failure If IGNY8 did not accept it.
	 */
	public function send( string $route, string $message_id, array $event, float $timeout_s ): void {
		$body = (string) wp_json_encode( $event, JSON_UNESCAPED_SLASHES );
		$this->post->send( self::BASE . $route . '/', $message_id, $body, $timeout_s, self::LARGEST_ANSWER_BYTES, self::ACCEPTED );
	}
}
