<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Support\Failure;

/**
 * What the owner typed. Lives as long as the request, and is stored nowhere as it stands.
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
	 * Whether a person is to sign in. An e-mail address alone, filled in by the browser, asks for nothing.
	 */
	public function has_password(): bool {
		return '' !== $this->password;
	}

	/**
	 * What can be said without asking anybody.
	 *
	 * @throws Failure `credentials_incomplete`, `api_key_malformed`.
	 */
	public function check(): void {
		if ( '' !== $this->api_key ) {
			Api_Key::check( $this->api_key );
		}
		if ( '' === $this->api_key && '' === $this->password ) {
			throw new Failure(
				'credentials_incomplete',
				__( 'There is neither an API key nor a password.', 'igny8-wordpress-bridge' ),
				__( 'Enter the API key of this site, or your IGNY8 e-mail address and password.', 'igny8-wordpress-bridge' )
			);
		}
		if ( $this->has_password() && ! is_email( $this->email ) ) {
			throw new Failure(
				'credentials_incomplete',
				__( 'A password needs the e-mail address of your IGNY8 account.', 'igny8-wordpress-bridge' ),
				__( 'Enter the e-mail address too, or connect with the API key alone.', 'igny8-wordpress-bridge' )
			);
		}
	}
}
