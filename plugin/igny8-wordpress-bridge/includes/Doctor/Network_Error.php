<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use WP_Error;

/**
 * Classifies a failed request of this site by its error message: cURL's has a number, that of PHP's streams only
 * words.
 *
 * @link https://curl.se/libcurl/c/libcurl-errors.html
 */
final class Network_Error {

	private const PATTERNS = [
		'api_dns_failed'         => '/cURL error (?:5|6)\b|getaddrinfo|could ?n.t resolve|could not resolve/i',
		'api_timeout'            => '/cURL error 28\b|timed? ?out/i',
		'api_tls_failed'         => '/cURL error (?:35|51|53|54|58|59|60|64|66|77|80|82|83|90|91|98)\b|\bSSL|\bTLS\b|certificate/i',
		'api_connection_refused' => '/cURL error 7\b|refused|unreachable|failed to connect/i',
		'http_blocked'           => '/requests? through HTTP|blocked/i',
	];

	private const LAYERS = [
		'api_dns_failed' => 'dns',
		'api_tls_failed' => 'tls',
		'http_blocked'   => 'security_plugin',
	];

	private string $code;

	private string $message;

	private function __construct( string $code, string $message ) {
		$this->code    = $code;
		$this->message = $message;
	}

	public static function of( WP_Error $error ): self {
		$message = sanitize_text_field( $error->get_error_message() );
		if ( 'http_request_not_executed' === $error->get_error_code() ) {
			return new self( 'http_blocked', $message );
		}
		foreach ( self::PATTERNS as $code => $pattern ) {
			if ( 1 === preg_match( $pattern, $message ) ) {
				return new self( $code, $message );
			}
		}
		return new self( 'api_unreachable', $message );
	}

	public function code(): string {
		return $this->code;
	}

	public function layer(): string {
		return self::LAYERS[ $this->code ] ?? 'network';
	}

	public function detail( string $host ): string {
		$texts = [
			/* translators: %s: host name. */
			'api_dns_failed'         => __( 'This server cannot resolve the name %s.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'api_timeout'            => __( '%s did not answer in time.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'api_tls_failed'         => __( 'A secure connection to %s could not be established.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'api_connection_refused' => __( 'The connection to %s was refused.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'http_blocked'           => __( 'Something in WordPress blocks requests to %s.', 'igny8-wordpress-bridge' ),
		];
		/* translators: %s: host name. */
		return sprintf( $texts[ $this->code ] ?? __( 'The connection to %s failed.', 'igny8-wordpress-bridge' ), $host );
	}

	public function fix(): string {
		$texts = [
			'api_dns_failed' => __( 'Ask your host why the server cannot look up domain names. Check the address of the server under Settings → IGNY8.', 'igny8-wordpress-bridge' ),
			'api_tls_failed' => __( 'Ask your host to update OpenSSL and PHP’s root certificates (CA bundle), and whether a proxy decrypts outgoing connections.', 'igny8-wordpress-bridge' ),
			'http_blocked'   => __( 'Find the plugin that blocks outgoing requests, and allow the IGNY8 API in its settings.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $this->code ] ?? __( 'Ask your host whether outgoing https connections are allowed, and to which hosts.', 'igny8-wordpress-bridge' );
	}

	/**
	 * @param callable $resolve As gethostbynamel().
	 * @return string[] The original message, the addresses of the name, and the HTTP library.
	 */
	public function evidence( string $host, callable $resolve ): array {
		if ( 'http_blocked' === $this->code ) {
			return [ $this->message ];
		}
		$lines = [ $this->message ];
		if ( 1 === preg_match( '/[a-z]/i', $host ) ) {
			$found   = $resolve( $host );
			$lines[] = "DNS: $host → " . ( is_array( $found ) && [] !== $found ? implode( ', ', $found ) : '-' );
		}
		$lines[] = $this->library();
		if ( defined( 'WP_PROXY_HOST' ) && '' !== (string) constant( 'WP_PROXY_HOST' ) ) {
			$lines[] = 'WP_PROXY_HOST: ' . (string) constant( 'WP_PROXY_HOST' );
		}
		return $lines;
	}

	private function library(): string {
		if ( ! function_exists( 'curl_version' ) ) {
			return 'PHP ' . PHP_VERSION . ( defined( 'OPENSSL_VERSION_TEXT' ) ? ', ' . OPENSSL_VERSION_TEXT : '' );
		}
		$curl = curl_version();
		return 'cURL ' . ( $curl['version'] ?? '' ) . ', ' . ( $curl['ssl_version'] ?? '' );
	}
}
