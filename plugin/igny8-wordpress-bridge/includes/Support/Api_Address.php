<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * The address of the IGNY8 API, and who chose it: wp-config.php, else the owner on the settings page, else the server that
 * the plugin was downloaded from, else the default.
 */
final class Api_Address {

	public const OPTION = 'igny8_api_url';

	public const DEFAULT_URL = 'https://api.igny8.com';

	public const CONSTANT = 'constant';

	public const CHOSEN = 'chosen';

	public const CARRIED = 'carried';

	public const BY_DEFAULT = 'default';

	private const LONGEST = 200;

	private const LOOPBACK = [ 'localhost', '127.0.0.1', '[::1]', '::1' ];

	private string $url;

	private string $source;

	/**
	 * @param string $source One of the constants.
	 */
	public function __construct( string $url, string $source = self::CONSTANT ) {
		$this->url    = untrailingslashit( trim( $url ) );
		$this->source = $source;
	}

	/**
	 * @param mixed $constant Value of IGNY8_API_URL; '' if it is not defined.
	 */
	public static function find( $constant, Carried_Server $carried ): self {
		if ( is_string( $constant ) && '' !== trim( $constant ) ) {
			return new self( $constant, self::CONSTANT );
		}
		$chosen = get_option( self::OPTION, '' );
		if ( is_string( $chosen ) && self::is_safe( $chosen ) ) {
			return new self( $chosen, self::CHOSEN );
		}
		return self::without_choice( $carried );
	}

	/**
	 * What is used if the owner chooses nothing.
	 */
	public static function without_choice( Carried_Server $carried ): self {
		return '' === $carried->api_url() ? new self( self::DEFAULT_URL, self::BY_DEFAULT ) : new self( $carried->api_url(), self::CARRIED );
	}

	/**
	 * Without a trailing slash.
	 */
	public function url(): string {
		return $this->url;
	}

	/**
	 * One of the constants.
	 */
	public function source(): string {
		return $this->source;
	}

	/**
	 * Whether a key may be sent there: https, or plain http on the loopback interface, and nothing but a host, a port and a
	 * path.
	 */
	public static function is_safe( string $url ): bool {
		$parts = wp_parse_url( $url );
		if ( ! is_array( $parts ) || empty( $parts['host'] ) || strlen( $url ) > self::LONGEST ) {
			return false;
		}
		if ( [] !== array_diff( array_keys( $parts ), [ 'scheme', 'host', 'port', 'path' ] ) || 1 === preg_match( '/[\s\\\\<>"\']/', $url ) ) {
			return false;
		}
		$scheme = strtolower( $parts['scheme'] ?? '' );
		return 'https' === $scheme || ( 'http' === $scheme && in_array( strtolower( $parts['host'] ), self::LOOPBACK, true ) );
	}
}
