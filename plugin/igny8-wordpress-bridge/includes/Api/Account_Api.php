<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Failure;

/**
 * Calls of the connect flow: sign-in, sites and API keys.
 */
final class Account_Api {

	private const MOST_PAGES = 50;

	private Client $client;

	public function __construct( Client $client ) {
		$this->client = $client;
	}

	/**
	 * @return string Session token.
	 * @throws Failure `invalid_credentials` among others.
	 */
	public function sign_in( string $email, string $password ): string {
		$answer = $this->client->post(
			'/api/v1/auth/sign-in/email',
			[
				'email'    => $email,
				'password' => $password,
			],
			''
		);
		$token  = $answer['token'] ?? '';
		if ( ! is_string( $token ) || '' === $token ) {
			Failure::raise( 'unexpected_answer', __( 'IGNY8 accepted the sign-in but did not return a session.', 'igny8-wordpress-bridge' ), '', [ 'retryable' => true ] );
		}
		return $token;
	}

	/**
	 * @throws Failure If the API refuses.
	 */
	public function sign_out( string $token ): void {
		$this->client->post( '/api/v1/auth/sign-out', [], $token );
	}

	/**
	 * With an API key, returns the one site it belongs to; with a session, all sites of the account.
	 *
	 * @param string $credential API key or session token.
	 * @return array<int, array{id: string, name: string, url: string}>
	 * @throws Failure With status 401 if the key is wrong or revoked.
	 */
	public function sites( string $credential ): array {
		$sites  = [];
		$cursor = '';
		for ( $page = 0; $page < self::MOST_PAGES; $page++ ) {
			$query  = '' === $cursor ? '' : '?cursor=' . rawurlencode( $cursor );
			$answer = $this->client->get( '/api/v1/sites/' . $query, $credential );
			$sites  = array_merge( $sites, $this->sites_in( (array) ( $answer['results'] ?? [] ) ) );
			$cursor = $answer['next'] ?? '';
			if ( ! is_string( $cursor ) || '' === $cursor ) {
				break;
			}
		}
		return $sites;
	}

	/**
	 * @return array{id: string, key: string}
	 * @throws Failure If the API refuses.
	 */
	public function create_key( string $site_id, string $token ): array {
		$answer = $this->client->post( $this->keys_path( $site_id ), [ 'name' => 'WordPress plugin' ], $token );
		return [
			'id'  => is_string( $answer['id'] ?? null ) ? $answer['id'] : '',
			'key' => is_string( $answer['key'] ?? null ) ? $answer['key'] : '',
		];
	}

	/**
	 * @throws Failure If the API refuses.
	 */
	public function delete_key( string $site_id, string $key_id, string $token ): void {
		$this->client->delete( $this->keys_path( $site_id ) . rawurlencode( $key_id ) . '/', $token );
	}

	private function sites_in( array $results ): array {
		$sites = [];
		foreach ( $results as $site ) {
			if ( is_array( $site ) && is_string( $site['id'] ?? null ) && '' !== $site['id'] ) {
				$sites[] = [
					'id'   => $site['id'],
					'name' => is_string( $site['name'] ?? null ) ? sanitize_text_field( $site['name'] ) : '',
					'url'  => is_string( $site['url'] ?? null ) ? $site['url'] : '',
				];
			}
		}
		return $sites;
	}

	private function keys_path( string $site_id ): string {
		return '/api/v1/sites/' . rawurlencode( $site_id ) . '/api-keys/';
	}
}
