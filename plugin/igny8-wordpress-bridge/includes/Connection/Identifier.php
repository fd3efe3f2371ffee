<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Account_Api;
use Igny8\Bridge\Security\Api_Key;
use Igny8\Bridge\Support\Failure;

/**
 * Finds this site at IGNY8 by API key, or by e-mail and password.
 */
final class Identifier {

	private Account_Api $api;

	private string $token = '';

	/** @var array{site_id: string, id: string}|null */
	private ?array $made_key = null;

	public function __construct( Account_Api $api ) {
		$this->api = $api;
	}

	/**
	 * @throws Failure `site_not_found`, or the API's refusal.
	 */
	public function identify( Credentials $credentials ): Identity {
		if ( $credentials->has_password() ) {
			$this->token = $this->api->sign_in( $credentials->email(), $credentials->password() );
		}
		return '' === $credentials->api_key() ? $this->by_password() : $this->by_key( $credentials->api_key() );
	}

	/**
	 * Signs out. The connection is already decided, so a failure here is ignored.
	 *
	 * @param bool $is_key_wanted False revokes the key that was created for a connection that failed.
	 */
	public function finish( bool $is_key_wanted ): void {
		if ( '' === $this->token ) {
			return;
		}

		try {
			if ( ! $is_key_wanted && null !== $this->made_key ) {
				$this->api->delete_key( $this->made_key['site_id'], $this->made_key['id'], $this->token );
			}
			$this->api->sign_out( $this->token );
		} catch ( Failure $failure ) {
			unset( $failure );
		}
		$this->token    = '';
		$this->made_key = null;
	}

	private function by_key( string $key ): Identity {
		$site = $this->api->sites( $key )[0] ?? null;
		if ( null === $site ) {
			$failure = $this->not_found( __( 'IGNY8 has no site for this API key.', 'igny8-wordpress-bridge' ) );
			throw $failure;
		}
		if ( ! Site_Url::is_same( $site['url'], home_url() ) ) {
			/* translators: 1: URL of the site the key belongs to, 2: URL of this site. */
			$text    = __( 'The API key belongs to %1$s, but this site is %2$s.', 'igny8-wordpress-bridge' );
			$failure = $this->not_found( sprintf( $text, $site['url'], home_url() ) );
			throw $failure;
		}
		return new Identity( $site['id'], $site['name'], $key, $this->token );
	}

	private function by_password(): Identity {
		foreach ( $this->api->sites( $this->token ) as $site ) {
			if ( Site_Url::is_same( $site['url'], home_url() ) ) {
				return new Identity( $site['id'], $site['name'], $this->make_key( $site['id'] ), $this->token );
			}
		}

		/* translators: %s: URL of this site. */
		$text    = __( 'Your IGNY8 account has no site with the address %s.', 'igny8-wordpress-bridge' );
		$failure = $this->not_found( sprintf( $text, home_url() ) );
		throw $failure;
	}

	private function make_key( string $site_id ): string {
		$made           = $this->api->create_key( $site_id, $this->token );
		$this->made_key = [
			'site_id' => $site_id,
			'id'      => $made['id'],
		];
		Api_Key::check( $made['key'] );
		return $made['key'];
	}

	private function not_found( string $detail ): Failure {
		return new Failure(
			'site_not_found',
			$detail,
			/* translators: %s: URL of this site. */
			sprintf( __( 'In IGNY8, add a site with the address %s or correct the address of the existing site. Then connect with a key of that site.', 'igny8-wordpress-bridge' ), home_url() ),
			[ 'status' => 404 ]
		);
	}
}
