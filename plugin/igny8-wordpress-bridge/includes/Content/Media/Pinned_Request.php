<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Media;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use WP_Error;

/**
 * One GET that goes to a checked IP address and nowhere else, and that ends as soon as it is too large. WordPress' own
 * limit only stops storing: it reads on to the end of the answer.
 */
final class Pinned_Request {

	private string $url;

	private string $address;

	private int $most_bytes;

	private bool $is_too_large = false;

	/** Whether PHP's cURL makes the request; otherwise a socket of PHP does. */
	private bool $is_curl = false;

	/**
	 * @param string $address IP address to connect to, whatever the host name resolves to now.
	 */
	public function __construct( string $url, string $address, int $most_bytes ) {
		$this->url        = $url;
		$this->address    = $address;
		$this->most_bytes = $most_bytes;
	}

	/**
	 * @param array $args For wp_remote_get().
	 * @return array|WP_Error
	 * @throws Command_Failure `media_too_large`.
	 */
	public function send( array $args ) {
		add_action( 'http_api_curl', [ $this, 'prepare_curl' ], PHP_INT_MAX, 3 );
		add_action( 'requests-fsockopen.remote_socket', [ $this, 'pin_socket' ], PHP_INT_MAX );
		add_action( 'requests-request.progress', [ $this, 'count' ], PHP_INT_MAX, 2 );
		try {
			$answer = wp_remote_get( $this->url, $args );
		} finally {
			remove_action( 'http_api_curl', [ $this, 'prepare_curl' ], PHP_INT_MAX );
			remove_action( 'requests-fsockopen.remote_socket', [ $this, 'pin_socket' ], PHP_INT_MAX );
			remove_action( 'requests-request.progress', [ $this, 'count' ], PHP_INT_MAX );
		}
		if ( $this->is_too_large ) {
			throw $this->too_large();
		}
		return $answer;
	}

	/**
	 * @param mixed $handle cURL handle.
	 * @param mixed $args   Arguments of the request.
	 * @param mixed $url    URL of the request.
	 */
	public function prepare_curl( $handle, $args, $url ): void {
		if ( $url !== $this->url ) {
			return;
		}
		$this->is_curl = true;
		// phpcs:disable WordPress.WP.AlternativeFunctions -- WordPress' HTTP API has neither of these settings.
		curl_setopt( $handle, CURLOPT_RESOLVE, [ $this->host() . ':' . $this->port() . ':' . $this->bracketed() ] );
		curl_setopt( $handle, CURLOPT_NOPROGRESS, false );
		curl_setopt( $handle, CURLOPT_PROGRESSFUNCTION, [ $this, 'watch' ] );
		// Compressed bytes would be counted before they are unpacked.
		curl_setopt( $handle, CURLOPT_ENCODING, null );
		// phpcs:enable
	}

	/**
	 * @param mixed $handle cURL handle.
	 * @param mixed $total  Bytes that the answer states; 0 if none.
	 * @param mixed $now    Bytes that have arrived.
	 * @return int Other than 0 ends the request.
	 */
	public function watch( $handle, $total, $now ): int {
		if ( max( (int) $total, (int) $now ) <= $this->most_bytes ) {
			return 0;
		}
		$this->is_too_large = true;
		return 1;
	}

	/**
	 * @param string $socket `ssl://host:443`, replaced. The certificate is still checked for the host.
	 */
	public function pin_socket( &$socket ): void {
		$socket = (string) preg_replace( '#^(\w+://).*(:\d+)$#', '${1}' . $this->bracketed() . '${2}', $socket );
	}

	/**
	 * Counts what arrives without cURL, which can't be ended by an exception.
	 *
	 * @param mixed $data Bytes that have just arrived.
	 * @param mixed $size Bytes before them.
	 * @throws Command_Failure `media_too_large`.
	 */
	public function count( $data, $size ): void {
		if ( ! $this->is_curl && (int) $size + strlen( (string) $data ) > $this->most_bytes ) {
			throw $this->too_large();
		}
	}

	private function host(): string {
		return (string) wp_parse_url( $this->url, PHP_URL_HOST );
	}

	private function port(): int {
		$is_plain = 'http' === strtolower( (string) wp_parse_url( $this->url, PHP_URL_SCHEME ) );
		return (int) ( wp_parse_url( $this->url, PHP_URL_PORT ) ?? ( $is_plain ? 80 : 443 ) );
	}

	private function bracketed(): string {
		return Public_Addresses::is_v6( $this->address ) ? '[' . $this->address . ']' : $this->address;
	}

	private function too_large(): Command_Failure {
		/* translators: %d: largest size in bytes. */
		return new Command_Failure( 'media_too_large', sprintf( __( 'The image has more than %d bytes.', 'igny8-wordpress-bridge' ), $this->most_bytes ) );
	}
}
