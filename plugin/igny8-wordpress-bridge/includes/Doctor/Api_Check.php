<?php

declare(strict_types=1);

namespace Igny8\Bridge\Doctor;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Config;
use WP_Error;
use WP_Http;

/**
 * Checks that this site can reach the IGNY8 API: requests are allowed, DNS, network, TLS, and that the API itself
 * answers. Compares the clocks too.
 */
final class Api_Check implements Check {

	private const PATH = '/healthz';

	private const TIMEOUT_S = 10;

	private const LARGEST_ANSWER_BYTES = 20000;

	private Config $config;

	private Clock_Reader $clock;

	/** @var callable(string): (string[]|false) */
	private $resolve;

	/**
	 * @param callable|null $resolve Resolves a host name; gethostbynamel() by default.
	 */
	public function __construct( Config $config, Clock_Reader $clock, ?callable $resolve = null ) {
		$this->config  = $config;
		$this->clock   = $clock;
		$this->resolve = $resolve ?? 'gethostbynamel';
	}

	public function run(): array {
		if ( ! $this->config->is_api_url_safe() ) {
			return [ $this->insecure() ];
		}
		$url     = $this->config->api_url() . self::PATH;
		$started = microtime( true );
		$answer  = wp_remote_get(
			$url,
			[
				'timeout'             => self::TIMEOUT_S,
				'redirection'         => 0,
				'limit_response_size' => self::LARGEST_ANSWER_BYTES,
				'headers'             => [ 'Accept' => 'application/json' ],
			]
		);
		$took_ms = (int) round( 1000 * ( microtime( true ) - $started ) );
		if ( is_wp_error( $answer ) ) {
			$is_blocked = 'http_request_not_executed' === $answer->get_error_code() && ( new WP_Http() )->block_request( $url );
			return [ $is_blocked ? $this->blocked() : $this->unreachable( $answer ) ];
		}
		$reached = $this->reached( $answer, $took_ms );
		return Finding::ERROR === $reached->severity() ? [ $reached ] : array_merge( [ $reached ], $this->clock->compare( $answer ) );
	}

	private function insecure(): Finding {
		return new Finding(
			Finding::ERROR,
			'connection',
			'api_url_insecure',
			__( 'The address of the IGNY8 API is not an https address', 'igny8-wordpress-bridge' ),
			__( 'A key must not be sent unencrypted, so the plugin sends nothing.', 'igny8-wordpress-bridge' ),
			__( 'Correct the address under Settings → IGNY8, or IGNY8_API_URL in wp-config.php.', 'igny8-wordpress-bridge' ),
			[ $this->host() ]
		);
	}

	private function blocked(): Finding {
		return new Finding(
			Finding::ERROR,
			'wordpress',
			'http_blocked',
			__( 'This site does not allow WordPress to call other servers', 'igny8-wordpress-bridge' ),
			__( 'WP_HTTP_BLOCK_EXTERNAL is set in wp-config.php, and the host of the IGNY8 API is not among WP_ACCESSIBLE_HOSTS.', 'igny8-wordpress-bridge' ),
			/* translators: %s: host name. */
			sprintf( __( 'Add %s to WP_ACCESSIBLE_HOSTS in wp-config.php, or remove WP_HTTP_BLOCK_EXTERNAL there.', 'igny8-wordpress-bridge' ), $this->host() ),
			[ 'WP_ACCESSIBLE_HOSTS: ' . ( defined( 'WP_ACCESSIBLE_HOSTS' ) ? (string) constant( 'WP_ACCESSIBLE_HOSTS' ) : '-' ) ]
		);
	}

	private function unreachable( WP_Error $error ): Finding {
		$network_error = Network_Error::of( $error );
		return new Finding(
			Finding::ERROR,
			$network_error->layer(),
			$network_error->code(),
			__( 'IGNY8 cannot be reached from this site', 'igny8-wordpress-bridge' ),
			$network_error->detail( $this->host() ),
			$network_error->fix(),
			$network_error->evidence( $this->host(), $this->resolve )
		);
	}

	/**
	 * @param array $answer As WordPress' HTTP API gives it.
	 */
	private function reached( array $answer, int $took_ms ): Finding {
		$status   = (int) wp_remote_retrieve_response_code( $answer );
		$evidence = [ 'GET ' . $this->host() . self::PATH . " → $status", "$took_ms ms" ];
		$json     = json_decode( wp_remote_retrieve_body( $answer ), true );
		if ( ! is_array( $json ) || ! isset( $json['status'] ) ) {
			return new Finding(
				Finding::ERROR,
				'network',
				'stranger_answered',
				__( 'Another server answers in place of the IGNY8 API', 'igny8-wordpress-bridge' ),
				/* translators: %d: HTTP status code. */
				sprintf( __( 'The answer (status %d) did not come from the API, but from a proxy, a firewall or another server.', 'igny8-wordpress-bridge' ), $status ),
				__( 'Check the address of the server under Settings → IGNY8, and ask your host whether there is a proxy between this site and IGNY8.', 'igny8-wordpress-bridge' ),
				$evidence
			);
		}
		if ( 200 !== $status ) {
			return new Finding(
				Finding::WARNING,
				'connection',
				'api_unavailable',
				__( 'IGNY8 is only partly available right now', 'igny8-wordpress-bridge' ),
				/* translators: %d: HTTP status code. */
				sprintf( __( 'IGNY8 answered that parts of it do not work (status %d).', 'igny8-wordpress-bridge' ), $status ),
				__( 'The plugin tries again automatically. If this goes on for hours, contact IGNY8 support.', 'igny8-wordpress-bridge' ),
				$evidence
			);
		}
		return Finding::ok( 'network', 'api_reached', __( 'IGNY8 can be reached from this site', 'igny8-wordpress-bridge' ), __( 'IGNY8 answered over an outgoing connection.', 'igny8-wordpress-bridge' ), $evidence );
	}

	private function host(): string {
		$host = wp_parse_url( $this->config->api_url(), PHP_URL_HOST );
		return is_string( $host ) ? $host : $this->config->api_url();
	}
}
