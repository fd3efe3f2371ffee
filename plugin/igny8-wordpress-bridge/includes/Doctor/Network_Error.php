<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

use WP_Error;

/**
 * Why a request of this site got no answer, out of what the network layer says: cURL by a number, PHP's streams in words.
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
			'api_dns_failed'         => __( 'The name %s cannot be resolved on this server.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'api_timeout'            => __( '%s did not answer in time.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'api_tls_failed'         => __( 'No secure connection to %s could be made.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'api_connection_refused' => __( 'The connection to %s was refused.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			'http_blocked'           => __( 'Something in WordPress keeps it from calling %s.', 'igny8-wordpress-bridge' ),
		];
		/* translators: %s: host name. */
		return sprintf( $texts[ $this->code ] ?? __( 'The connection to %s failed.', 'igny8-wordpress-bridge' ), $host );
	}

	public function fix(): string {
		$texts = [
			'api_dns_failed' => __( 'Ask your host why the server cannot look up domain names; check IGNY8_API_URL in wp-config.php if it is set.', 'igny8-wordpress-bridge' ),
			'api_tls_failed' => __( 'Ask your host to bring OpenSSL and the root certificates (CA bundle) of PHP up to date, and whether a proxy opens encrypted connections.', 'igny8-wordpress-bridge' ),
			'http_blocked'   => __( 'Look among your plugins for one that blocks outgoing requests, and allow the IGNY8 API there.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $this->code ] ?? __( 'Ask your host whether outgoing https connections are allowed, and to which hosts.', 'igny8-wordpress-bridge' );
	}

	/**
	 * @param callable $resolve As gethostbynamel().
	 * @return string[] The very words, what the name resolves to here, and with what it was tried.
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
