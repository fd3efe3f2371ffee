<?php

declare(strict_types=1);

namespace Igny8\Bridge\Security;

defined( 'ABSPATH' ) || exit;

/**
 * A received message with the three headers of Standard Webhooks, not verified yet.
 */
final class Signed_Message {

	private string $id;

	private string $timestamp;

	private string $signature;

	private string $body;

	/**
	 * @param string $id        Header `webhook-id`.
	 * @param string $timestamp Header `webhook-timestamp`.
	 * @param string $signature Header `webhook-signature`.
	 * @param string $body      Raw bytes.
	 */
	public function __construct( string $id, string $timestamp, string $signature, string $body ) {
		$this->id        = $id;
		$this->timestamp = $timestamp;
		$this->signature = $signature;
		$this->body      = $body;
	}

	public function is_complete(): bool {
		// The id is stored to recognise repeats, so it is bounded.
		return 1 === preg_match( '/^[\x21-\x7e]{1,100}\z/', $this->id ) && '' !== trim( $this->timestamp ) && '' !== trim( $this->signature );
	}

	public function id(): string {
		return $this->id;
	}

	public function timestamp(): string {
		return $this->timestamp;
	}

	public function signature(): string {
		return $this->signature;
	}

	public function body(): string {
		return $this->body;
	}
}
