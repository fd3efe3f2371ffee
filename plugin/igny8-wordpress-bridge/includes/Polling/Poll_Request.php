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

	/** An opaque text of IGNY8's answer that the next poll sends back: it spares IGNY8 a look at the API key. */
	private const TICKET = 'x-igny8-ticket';

	private const MOST_TICKET_BYTES = 2000;

	private Signed_Post $post;

	private Key_Store $keys;

	private State $state;

	public function __construct( Signed_Post $post, Key_Store $keys, State $state ) {
		$this->post  = $post;
		$this->keys  = $keys;
		$this->state = $state;
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
		$more = '' === $this->state->ticket() ? [] : [ self::TICKET => $this->state->ticket() ];
		$sent = $this->post->send( $path, $id, $body, $timeout_s, self::LARGEST_ANSWER_BYTES, self::OK, $more );
		$this->verify( $sent['answer'], $id, $sent['sent_id'] );
		$this->keep_ticket( wp_remote_retrieve_header( $sent['answer'], self::TICKET ) );
		return wp_remote_retrieve_body( $sent['answer'] );
	}

	/**
	 * @param string|array $ticket As WordPress' HTTP API has the header: '' for none, an array for several.
	 */
	private function keep_ticket( $ticket ): void {
		if ( is_string( $ticket ) && strlen( $ticket ) <= self::MOST_TICKET_BYTES && 1 === preg_match( '/^[A-Za-z0-9._-]+$/D', $ticket ) ) {
			$this->state->keep_ticket( $ticket );
		}
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
