<?php

declare(strict_types=1);

namespace Igny8\Bridge\Commands;

defined( 'ABSPATH' ) || exit;

use WP_REST_Request;

/**
 * The request as PHP received it, to compare with the request as sent. Holds header names, never values.
 */
final class Request_Facts {

	/** Headers of every signed request. */
	private const EXPECTED = [ 'content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-request-id' ];

	private string $method;

	/** @var string[] */
	private array $header_names;

	private string $body_sha256;

	private int $body_bytes;

	public function __construct( WP_REST_Request $request ) {
		$names = str_replace( '_', '-', array_map( 'strval', array_keys( $request->get_headers() ) ) );
		sort( $names );
		$body = (string) $request->get_body();

		$this->method       = $request->get_method();
		$this->header_names = $names;
		$this->body_sha256  = hash( 'sha256', $body );
		$this->body_bytes   = strlen( $body );
	}

	/**
	 * @return string[] Lower case.
	 */
	public function header_names(): array {
		return $this->header_names;
	}

	/**
	 * Data of `echo`.
	 *
	 * @return array<string, mixed>
	 */
	public function describe(): array {
		return [
			'method'      => $this->method,
			'url'         => substr( self::url(), 0, 2000 ),
			'headers'     => array_slice( $this->header_names, 0, 200 ),
			'body_sha256' => $this->body_sha256,
			'body_bytes'  => $this->body_bytes,
			'server'      => substr( sanitize_text_field( wp_unslash( (string) ( $_SERVER['SERVER_SOFTWARE'] ?? '' ) ) ), 0, 200 ),
			'sapi'        => PHP_SAPI,
		];
	}

	/**
	 * Data of a refusal, which anybody can read: it only describes the caller's own request.
	 *
	 * @return array{missing: string[], body_sha256: string, body_bytes: int}
	 */
	public function differences(): array {
		return [
			'missing'     => array_values( array_diff( self::EXPECTED, $this->header_names ) ),
			'body_sha256' => $this->body_sha256,
			'body_bytes'  => $this->body_bytes,
		];
	}

	/**
	 * URL of this request as WordPress sees it, without the query.
	 */
	private static function url(): string {
		$host = sanitize_text_field( wp_unslash( (string) ( $_SERVER['HTTP_HOST'] ?? '' ) ) );
		$path = (string) wp_parse_url( esc_url_raw( wp_unslash( (string) ( $_SERVER['REQUEST_URI'] ?? '/' ) ) ), PHP_URL_PATH );
		return ( is_ssl() ? 'https://' : 'http://' ) . $host . $path;
	}
}
