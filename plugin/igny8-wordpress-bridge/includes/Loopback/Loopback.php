<?php

declare(strict_types=1);

namespace Igny8\Bridge\Loopback;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Client;
use Igny8\Bridge\Connection\Home;

/**
 * A request of this site to itself that does work which nobody should wait for, where PHP can't end a response early:
 * mod_php, CGI, PHP's built-in server. Depends neither on WordPress' cron nor on its lock of a minute.
 *
 * The receiving request answers as soon as the plugin is loaded there and works afterwards (Endpoint), so the calling
 * one waits for the answer, a few hundredths of a second, and knows the outcome. WordPress' own non-blocking requests
 * take as long with cURL and tell nothing.
 */
final class Loopback {

	/** A site that takes longer to answer is slower than the IGNY8 API. */
	private const TIMEOUT_S = 1;

	private const LARGEST_ANSWER_BYTES = 2000;

	private Tokens $tokens;

	private State $state;

	public function __construct( Tokens $tokens, State $state ) {
		$this->tokens = $tokens;
		$this->state  = $state;
	}

	/**
	 * Makes this site work on what waits, unless an earlier request did not arrive and it is too early to try again.
	 *
	 * @return bool Whether the request arrived.
	 */
	public function request(): bool {
		if ( ! $this->state->is_due() || ! $this->call()['arrived'] ) {
			return false;
		}
		do_action( 'igny8_loopback_requested' );
		return true;
	}

	/**
	 * Makes the request whatever is known, and remembers the outcome.
	 *
	 * @return array{arrived: bool, in_time: bool, seen: string, status: int, took_ms: int} `seen`: status and target, or the error.
	 */
	public function call(): array {
		$token   = $this->tokens->issue();
		$started = microtime( true );
		$answer  = wp_remote_post(
			self::url(),
			[
				'timeout'             => self::TIMEOUT_S,
				'redirection'         => 0,
				'limit_response_size' => self::LARGEST_ANSWER_BYTES,
				'user-agent'          => Client::user_agent(),
				'cookies'             => [],
				// As text: WordPress 6.1 would encode an array with a call that PHP 8 warns of.
				'headers'             => [ 'Content-Type' => 'application/x-www-form-urlencoded' ],
				'body'                => Endpoint::TOKEN . '=' . $token,
				/** This filter is documented in wp-includes/class-wp-http-streams.php */
				'sslverify'           => apply_filters( 'https_local_ssl_verify', false ),
			]
		);
		$took_ms = (int) round( 1000 * ( microtime( true ) - $started ) );
		$outcome = [
			'arrived' => ! $this->tokens->withdraw( $token ),
			'in_time' => ! is_wp_error( $answer ),
			'seen'    => self::describe( $answer ),
			'status'  => is_wp_error( $answer ) ? 0 : (int) wp_remote_retrieve_response_code( $answer ),
			'took_ms' => $took_ms,
		];
		if ( $outcome['arrived'] && $outcome['in_time'] ) {
			$this->state->arrived();
		} else {
			$this->state->failed();
		}
		return $outcome;
	}

	/**
	 * Address that the request goes to. Not home_url(), which multilingual plugins filter.
	 */
	public static function url(): string {
		return add_query_arg( Endpoint::PARAMETER, '1', trailingslashit( Home::url() ) );
	}

	/**
	 * @param array|\WP_Error $answer
	 */
	private static function describe( $answer ): string {
		if ( is_wp_error( $answer ) ) {
			return sanitize_text_field( $answer->get_error_message() );
		}
		$target = (string) wp_remote_retrieve_header( $answer, 'location' );
		return 'HTTP ' . (int) wp_remote_retrieve_response_code( $answer ) . ( '' === $target ? '' : ' → ' . esc_url_raw( $target ) );
	}
}
