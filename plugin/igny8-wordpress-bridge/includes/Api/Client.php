<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Request_Id;

/**
 * JSON client for the IGNY8 API. Follows no redirects, so that a credential never reaches another origin.
 */
final class Client {

	public const TIMEOUT_S = 15;

	private const LARGEST_ANSWER_BYTES = 2000000;

	private Config $config;

	private Problem_Reader $problems;

	public function __construct( Config $config, Problem_Reader $problems ) {
		$this->config   = $config;
		$this->problems = $problems;
	}

	/**
	 * @param string $path       From `/api/v1/…`, including the query.
	 * @param string $credential API key or session token; '' for none.
	 * @return array The answer's JSON.
	 * @throws Failure On anything but a 2xx with JSON.
	 */
	public function get( string $path, string $credential, int $timeout_s = self::TIMEOUT_S ): array {
		return $this->send( 'GET', $path, $credential, null, $timeout_s );
	}

	/**
	 * @param array<string, mixed> $body JSON object.
	 * @return array The answer's JSON.
	 * @throws Failure On anything but a 2xx with JSON.
	 */
	public function post( string $path, array $body, string $credential, int $timeout_s = self::TIMEOUT_S ): array {
		return $this->post_json( $path, (string) wp_json_encode( (object) $body ), $credential, [], $timeout_s );
	}

	/**
	 * @param string                $json    Exactly the bytes to send.
	 * @param array<string, string> $headers Besides the usual ones.
	 * @return array The answer's JSON.
	 * @throws Failure On anything but a 2xx with JSON.
	 */
	public function post_json( string $path, string $json, string $credential, array $headers, int $timeout_s ): array {
		return $this->send( 'POST', $path, $credential, $json, $timeout_s, $headers );
	}

	/**
	 * @param array<string, string> $headers Besides the usual ones.
	 * @throws Failure On anything but a 2xx.
	 */
	public function delete( string $path, string $credential, array $headers = [] ): void {
		$this->send( 'DELETE', $path, $credential, null, self::TIMEOUT_S, $headers );
	}

	public static function user_agent(): string {
		return 'igny8-wordpress-bridge/' . IGNY8_BRIDGE_VERSION . '; WordPress/' . get_bloginfo( 'version' );
	}

	private function send( string $method, string $path, string $credential, ?string $json = null, int $timeout_s = self::TIMEOUT_S, array $headers = [] ): array {
		if ( ! $this->config->is_api_url_safe() ) {
			Failure::raise(
				'api_url_insecure',
				__( 'The address of the IGNY8 API is not an https address.', 'igny8-wordpress-bridge' ),
				__( 'Correct the address under Settings → IGNY8, or IGNY8_API_URL in wp-config.php.', 'igny8-wordpress-bridge' )
			);
		}

		$id = Request_Id::fresh();
		// wp_safe_remote_request() would refuse loopback and most ports. This address comes from an administrator, so it is
		// trusted.
		$answer = wp_remote_request(
			$this->config->api_url() . $path,
			[
				'method'              => $method,
				'timeout'             => $timeout_s,
				'redirection'         => 0,
				'limit_response_size' => self::LARGEST_ANSWER_BYTES,
				'user-agent'          => self::user_agent(),
				'headers'             => [ Request_Id::HEADER => $id ] + $this->headers( $credential, null !== $json ) + $headers,
				'body'                => $json,
			]
		);

		if ( is_wp_error( $answer ) ) {
			$failure = $this->problems->from_network_error( $answer, $id );
			throw $failure;
		}
		return $this->read( $answer, $id );
	}

	private function headers( string $credential, bool $has_body ): array {
		$headers = [ 'Accept' => 'application/json, application/problem+json' ];
		if ( $has_body ) {
			$headers['Content-Type'] = 'application/json';
		}
		if ( '' !== $credential ) {
			$headers['Authorization'] = 'Bearer ' . $credential;
		}
		return $headers;
	}

	private function read( array $answer, string $id ): array {
		$status = (int) wp_remote_retrieve_response_code( $answer );
		$json   = json_decode( wp_remote_retrieve_body( $answer ), true );
		if ( 204 === $status ) {
			return [];
		}
		if ( $status >= 200 && $status < 300 && is_array( $json ) ) {
			return $json;
		}
		$failure = $this->problems->from_answer( $answer, $status, is_array( $json ) ? $json : [], $id );
		throw $failure;
	}
}
