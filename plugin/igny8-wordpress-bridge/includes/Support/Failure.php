<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

use RuntimeException;
use WP_Error;

/**
 * A failure with an explanation and advice for the site owner.
 *
 * Code, title, detail, fix and request id come from the API's problem document if it sent one. The exception's message is
 * the code, which is safe to print if nobody catches it.
 */
final class Failure extends RuntimeException {

	private string $reason;

	private string $detail;

	/** @var array{title: string, fix: string, request_id: string, sent_id: string, status: int, retryable: bool, retry_after_s: int|null, challenge: string} */
	private array $facts;

	/**
	 * @param string $reason Code, lower_snake.
	 * @param string $detail What happened, one sentence.
	 * @param string $fix    What to do, one sentence; '' if nothing.
	 * @param array  $facts  Any of title, request_id, sent_id, status (HTTP, 0 for none), retryable, retry_after_s (seconds), challenge.
	 */
	public function __construct( string $reason, string $detail, string $fix = '', array $facts = [] ) {
		parent::__construct( $reason );
		$this->reason = $reason;
		$this->detail = $detail;
		$this->facts  = array_merge(
			[
				'title'         => '',
				'request_id'    => '',
				'sent_id'       => '',
				'status'        => 0,
				'retryable'     => false,
				'retry_after_s' => null,
				'challenge'     => '',
			],
			$facts,
			[ 'fix' => $fix ]
		);
	}

	/**
	 * Throws one; the arguments are the constructor's.
	 *
	 * @throws self Always.
	 */
	public static function raise( string $reason, string $detail, string $fix = '', array $facts = [] ): void {
		$failure = new self( $reason, $detail, $fix, $facts );
		throw $failure;
	}

	public function reason(): string {
		return $this->reason;
	}

	public function detail(): string {
		return $this->detail;
	}

	public function title(): string {
		return $this->facts['title'];
	}

	public function fix(): string {
		return $this->facts['fix'];
	}

	/**
	 * Detail and fix as two sentences.
	 */
	public function advice(): string {
		$detail = $this->detail();
		$end    = 1 === preg_match( '/[.!?…]\z/u', $detail ) ? ' ' : '. ';
		return trim( '' === $this->fix() ? $detail : $detail . $end . $this->fix() );
	}

	/**
	 * IGNY8's id of the request; '' if it did not answer.
	 */
	public function request_id(): string {
		return $this->facts['request_id'];
	}

	/**
	 * The plugin's own id of the request; '' if none was sent.
	 */
	public function sent_id(): string {
		return $this->facts['sent_id'];
	}

	/**
	 * Id that finds the failure in a log. '' if no request was sent.
	 */
	public function reference(): string {
		return '' === $this->request_id() ? $this->sent_id() : $this->request_id();
	}

	/**
	 * advice() and the reference.
	 */
	public function full_text(): string {
		/* translators: %s: id of a request, by which it is found in a log. */
		return $this->advice() . ( '' === $this->reference() ? '' : ' ' . sprintf( __( '(reference: %s)', 'igny8-wordpress-bridge' ), $this->reference() ) );
	}

	/**
	 * HTTP status of the API's answer; 0 if there was no answer.
	 */
	public function status(): int {
		return $this->facts['status'];
	}

	/**
	 * Whether the same request may succeed later without a change.
	 */
	public function is_retryable(): bool {
		return $this->facts['retryable'];
	}

	/**
	 * Seconds the API asks to wait, or null.
	 */
	public function retry_after_s(): ?int {
		return $this->facts['retry_after_s'];
	}

	/**
	 * Id of the `status` command with whose result a site that can't be called may still connect; '' if there is
	 * none.
	 */
	public function challenge(): string {
		return $this->facts['challenge'];
	}

	/**
	 * Whether the API refused the key.
	 */
	public function is_key_refused(): bool {
		return 401 === $this->status() || 'invalid_api_key' === $this->reason;
	}

	/**
	 * For options and notices. Holds no secret.
	 *
	 * @return array{code: string, detail: string, fix: string, request_id: string, retryable: bool, at: int}
	 */
	public function to_array(): array {
		return [
			'code'       => $this->reason,
			'detail'     => $this->detail(),
			'fix'        => $this->fix(),
			'request_id' => $this->reference(),
			'retryable'  => $this->is_retryable(),
			'at'         => time(),
		];
	}

	/**
	 * The part of a stored failure that IGNY8 gets with `status`.
	 *
	 * @param mixed $stored What to_array() gave, or anything else.
	 * @return array{code: string, detail: string, at: int}|null
	 */
	public static function summary( $stored ): ?array {
		return ! is_array( $stored ) ? null : [
			'code'   => (string) $stored['code'],
			'detail' => (string) $stored['detail'],
			'at'     => (int) $stored['at'],
		];
	}

	public function to_wp_error(): WP_Error {
		$data = $this->to_array();
		unset( $data['code'], $data['detail'] );
		return new WP_Error( 'igny8_' . $this->reason, $this->detail(), $data );
	}
}
