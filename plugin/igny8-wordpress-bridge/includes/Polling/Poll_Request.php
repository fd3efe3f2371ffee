<?php

declare(strict_types=1);

namespace Igny8\Bridge\Polling;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Api\Signed_Post;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Signature_Error;
use Igny8\Bridge\Security\Signed_Message;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;

/**
 * One signed poll and its signed answer. The answer holds commands, so it is refused unless IGNY8 signed it.
 */
final class Poll_Request {

	private const LARGEST_ANSWER_BYTES = 4000000;

	private const OK = 200;

	private Signed_Post $post;

	private Key_Store $keys;

	public function __construct( Signed_Post $post, Key_Store $keys ) {
		$this->post = $post;
		$this->keys = $keys;
	}

	/**
	 * @param string $body      JSON.
	 * @param int    $timeout_s Seconds to wait for the answer.
	 * @return string JSON of the answer, signed for this very request.
	 * @throws Failure If IGNY8 did not answer, or the answer's signature is wrong.
	 */
	public function send( string $integration_id, string $body, int $timeout_s ): string {
		$id   = Signer::new_message_id();
		$path = Integration_Api::BASE . rawurlencode( $integration_id ) . '/poll/';
		$sent = $this->post->send( $path, $id, $body, $timeout_s, self::LARGEST_ANSWER_BYTES, self::OK );
		$this->verify( $sent['answer'], $id, $sent['sent_id'] );
		return wp_remote_retrieve_body( $sent['answer'] );
	}

	/**
	 * Does not compare clocks: the message id was made for this request, so an older answer can't be replayed.
	 */
	private function verify( array $answer, string $id, string $sent_id ): void {
		$time    = (string) wp_remote_retrieve_header( $answer, 'webhook-timestamp' );
		$message = new Signed_Message( $id, $time, (string) wp_remote_retrieve_header( $answer, 'webhook-signature' ), wp_remote_retrieve_body( $answer ) );
		try {
			( new Signer() )->verify( $this->keys->signing_secrets(), $message, (int) $time, Signer::POLL_ANSWER );
		} catch ( Signature_Error $error ) {
			Failure::raise(
				'answer_unsigned',
				__( 'The signature on the answer from IGNY8 is missing or wrong.', 'igny8-wordpress-bridge' ),
				__( 'Something between this site and IGNY8 changes the answers. Ask your host whether a proxy does.', 'igny8-wordpress-bridge' ),
				[
					'retryable'  => true,
					'request_id' => Request_Id::read( wp_remote_retrieve_header( $answer, Request_Id::HEADER ) ),
					'sent_id'    => $sent_id,
				]
			);
		}
	}
}
