<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Support\Failure;

/**
 * Credentials that the site owner entered. They live only as long as the request and are never stored as text.
 */
final class Credentials {

	private string $email;

	private string $password;

	private string $api_key;

	public function __construct( string $email, string $password, string $api_key ) {
		$this->email    = trim( $email );
		$this->password = $password;
		$this->api_key  = (string) preg_replace( '/\s+/', '', $api_key );
	}

	public static function of_key( string $api_key ): self {
		return new self( '', '', $api_key );
	}

	public function email(): string {
		return $this->email;
	}

	public function password(): string {
		return $this->password;
	}

	public function api_key(): string {
		return $this->api_key;
	}

	/**
	 * Whether to sign in with a password. An e-mail address alone may have been filled in by the browser.
	 */
	public function has_password(): bool {
		return '' !== $this->password;
	}

	/**
	 * Checks what can be checked without a request.
	 *
	 * @throws Failure `credentials_incomplete`, `api_key_malformed`.
	 */
	public function check(): void {
		if ( '' !== $this->api_key ) {
			Api_Key::check( $this->api_key );
		}
		if ( '' === $this->api_key && '' === $this->password ) {
			Failure::raise(
				'credentials_incomplete',
				__( 'The API key and the password are both empty.', 'igny8-wordpress-bridge' ),
				__( 'Enter the API key of this site, or your IGNY8 e-mail address and password.', 'igny8-wordpress-bridge' )
			);
		}
		if ( $this->has_password() && ! is_email( $this->email ) ) {
			Failure::raise(
				'credentials_incomplete',
				__( 'To sign in with a password, the e-mail address of your IGNY8 account is needed too.', 'igny8-wordpress-bridge' ),
				__( 'Enter the e-mail address, or connect with the API key only.', 'igny8-wordpress-bridge' )
			);
		}
	}
}
