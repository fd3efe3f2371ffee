<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Configuration from wp-config.php.
 */
final class Config {

	public const DEFAULT_API_URL = 'https://api.igny8.com';

	private string $api_url;

	private string $api_key;

	private string $acting_user;

	/**
	 * @param string $api_url     Base URL of the IGNY8 API.
	 * @param string $api_key     Key of an unattended connection; '' for none.
	 * @param string $acting_user Login or id of the user as whom the plugin writes; '' for none.
	 */
	public function __construct( string $api_url, string $api_key = '', string $acting_user = '' ) {
		$this->api_url     = untrailingslashit( trim( $api_url ) );
		$this->api_key     = trim( $api_key );
		$this->acting_user = trim( $acting_user );
	}

	public static function from_constants(): self {
		$url  = defined( 'IGNY8_API_URL' ) ? constant( 'IGNY8_API_URL' ) : '';
		$key  = defined( 'IGNY8_API_KEY' ) ? constant( 'IGNY8_API_KEY' ) : '';
		$user = defined( 'IGNY8_ACTING_USER' ) ? constant( 'IGNY8_ACTING_USER' ) : '';
		return new self(
			is_string( $url ) && '' !== trim( $url ) ? $url : self::DEFAULT_API_URL,
			is_string( $key ) ? $key : '',
			is_string( $user ) || is_int( $user ) ? (string) $user : ''
		);
	}

	/**
	 * Without a trailing slash.
	 */
	public function api_url(): string {
		return $this->api_url;
	}

	/**
	 * '' if wp-config.php defines none.
	 */
	public function api_key(): string {
		return $this->api_key;
	}

	/**
	 * '' if wp-config.php names none.
	 */
	public function acting_user(): string {
		return $this->acting_user;
	}

	public function is_unattended(): bool {
		return '' !== $this->api_key;
	}

	/**
	 * Plain http is allowed only for loopback, because a key must never be sent unencrypted.
	 */
	public function is_api_url_safe(): bool {
		$parts = wp_parse_url( $this->api_url );
		if ( ! is_array( $parts ) || empty( $parts['host'] ) || isset( $parts['user'] ) ) {
			return false;
		}

		$scheme   = strtolower( $parts['scheme'] ?? '' );
		$loopback = in_array( strtolower( $parts['host'] ), [ 'localhost', '127.0.0.1', '[::1]', '::1' ], true );
		return 'https' === $scheme || ( 'http' === $scheme && $loopback );
	}
}
