<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;
use WP_Error;

/**
 * Turns a network error or an unexpected answer into a Failure that tells the site owner what to do.
 */
final class Problem_Reader {

	/**
	 * @param string $sent_id The plugin's own id of the request.
	 */
	public function from_network_error( WP_Error $error, string $sent_id ): Failure {
		$message = wp_strip_all_tags( $error->get_error_message() );
		if ( 'http_request_not_executed' === $error->get_error_code() ) {
			return new Failure(
				'http_blocked',
				__( 'This site does not allow WordPress to call other servers.', 'igny8-wordpress-bridge' ),
				__( 'Add the host of the IGNY8 API to WP_ACCESSIBLE_HOSTS in wp-config.php, or remove WP_HTTP_BLOCK_EXTERNAL there.', 'igny8-wordpress-bridge' ),
				[ 'sent_id' => $sent_id ]
			);
		}

		return new Failure(
			'api_unreachable',
			/* translators: %s: what the network layer reported, in English. */
			sprintf( __( 'IGNY8 could not be reached: %s', 'igny8-wordpress-bridge' ), $message ),
			__( 'If this goes on, ask your host whether outgoing https connections are allowed.', 'igny8-wordpress-bridge' ),
			[
				'retryable' => true,
				'sent_id'   => $sent_id,
			]
		);
	}

	/**
	 * @param array  $answer  From WordPress' HTTP API.
	 * @param array  $json    Decoded body; empty if it is not JSON.
	 * @param string $sent_id The plugin's own id of the request.
	 */
	public function from_answer( array $answer, int $status, array $json, string $sent_id ): Failure {
		$known = is_string( $json['code'] ?? null );
		$facts = [
			'title'         => $this->text( $json['title'] ?? '' ),
			'request_id'    => Request_Id::read( $json['request_id'] ?? wp_remote_retrieve_header( $answer, Request_Id::HEADER ) ),
			'sent_id'       => $sent_id,
			'status'        => $status,
			// A 2xx that isn't JSON comes from something in between, for example a maintenance page.
			'retryable'     => 429 === $status || 408 === $status || ( $status >= 500 && 501 !== $status ) || $status < 300,
			'retry_after_s' => $this->retry_after_s( $answer ),
			'challenge'     => $this->challenge( $json['polling'] ?? null ),
		];
		if ( ! $known ) {
			return $this->from_other_server( $status, $facts );
		}

		if ( 'account_suspended' === $json['code'] ) {
			return $this->suspended( $facts );
		}

		$detail = $this->text( $json['detail'] ?? '' );
		return new Failure(
			(string) preg_replace( '/[^a-z0-9_]/', '', strtolower( $json['code'] ) ),
			'' === $detail ? $facts['title'] : $detail,
			$this->text( $json['fix'] ?? '' ),
			$facts
		);
	}

	/**
	 * Whoever operates IGNY8 has suspended the account. Said in the site's language, since it may last for days.
	 */
	private function suspended( array $facts ): Failure {
		return new Failure(
			'account_suspended',
			__( 'The IGNY8 account of this site is suspended.', 'igny8-wordpress-bridge' ),
			__( 'Your site works as before. Changes are kept and sent when the suspension ends; the owners of the account were told the reason by e-mail.', 'igny8-wordpress-bridge' ),
			$facts
		);
	}

	/**
	 * The answer came from something other than the API: a proxy, a firewall, another server.
	 */
	private function from_other_server( int $status, array $facts ): Failure {
		if ( $facts['retryable'] ) {
			return new Failure(
				'api_unavailable',
				/* translators: %d: HTTP status code. */
				sprintf( __( 'IGNY8 is not available right now (status %d).', 'igny8-wordpress-bridge' ), $status ),
				__( 'The plugin tries again automatically. If this goes on for hours, contact IGNY8 support.', 'igny8-wordpress-bridge' ),
				$facts
			);
		}

		return new Failure(
			'unexpected_answer',
			/* translators: %d: HTTP status code. */
			sprintf( __( 'Another server answered in place of the IGNY8 API (status %d).', 'igny8-wordpress-bridge' ), $status ),
			__( 'Check the address of the server under Settings → IGNY8, and whether there is a proxy between this site and IGNY8.', 'igny8-wordpress-bridge' ),
			$facts
		);
	}

	/**
	 * @param mixed $offer Field `polling` of the problem document.
	 */
	private function challenge( $offer ): string {
		$challenge = is_array( $offer ) ? ( $offer['challenge'] ?? '' ) : '';
		return is_string( $challenge ) && 1 === preg_match( '/^[\x21-\x7e]{1,100}\z/', $challenge ) ? $challenge : '';
	}

	/**
	 * @return int|null Seconds from now.
	 */
	private function retry_after_s( array $answer ): ?int {
		$value = wp_remote_retrieve_header( $answer, 'retry-after' );
		$value = is_array( $value ) ? (string) end( $value ) : (string) $value;
		if ( ctype_digit( $value ) ) {
			return (int) min( (float) $value, PHP_INT_MAX / 2 );
		}

		$date = '' === $value ? false : strtotime( $value );
		return false === $date ? null : max( 0, $date - time() );
	}

	/**
	 * @param mixed $value As received.
	 */
	private function text( $value ): string {
		if ( is_array( $value ) ) {
			$value = end( $value );
		}
		return is_scalar( $value ) ? mb_substr( sanitize_text_field( (string) $value ), 0, 500 ) : '';
	}
}
