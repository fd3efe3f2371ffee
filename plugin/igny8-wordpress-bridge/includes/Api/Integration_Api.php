<?php

declare(strict_types=1);

namespace Igny8\Bridge\Api;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Home;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Structure\Gatherer;
use Igny8\Bridge\Support\Failure;

/**
 * Calls about this site's integration. Each throws a Failure if the API refuses.
 */
final class Integration_Api {

	/** Long, because the API calls this site back before it answers. */
	private const CONNECT_TIMEOUT_S = 60;

	/** Short, because a page of wp-admin waits for it. */
	private const GLANCE_TIMEOUT_S = 4;

	public const BASE = '/api/v1/integration/integrations/';

	private Client $client;

	public function __construct( Client $client ) {
		$this->client = $client;
	}

	/**
	 * Finds or creates the integration. Before it answers, the API calls this site with the new signing secret.
	 *
	 * @param string[] $secrets    Secrets to sign with: the connection's if there is one, and the new one.
	 * @param string   $credential Session of a person, or the key.
	 * @param string   $status     JSON of the `status` result that the API asked for in an earlier refusal; '' at first.
	 * @return string Integration id.
	 * @throws Failure `site_not_found` (404), `invalid_api_key` (403), `connection_change_needs_confirmation` (409), or 422 with the reason the site could not be called.
	 */
	public function connect( string $site_id, string $api_key, string $signing_secret, array $secrets, string $credential, string $status = '' ): string {
		$request = [
			'site_id'        => $site_id,
			'api_key'        => $api_key,
			'site_url'       => home_url(),
			'signing_secret' => $signing_secret,
			'plugin_version' => IGNY8_BRIDGE_VERSION,
			'rest_root'      => rest_url(),
			'transports'       => [ 'direct', 'polling' ],
		];

		$body   = self::with_result( (string) wp_json_encode( $request ), $status );
		$answer = $this->client->post_json( self::BASE . 'test-connection/', $body, $credential, $this->signature( $secrets, $body ), self::CONNECT_TIMEOUT_S );

		$id = $answer['integration_id'] ?? '';
		if ( empty( $answer['success'] ) || ! is_string( $id ) || '' === $id ) {
			Failure::raise(
				'unexpected_answer',
				__( 'IGNY8 answered, but did not return an integration.', 'igny8-wordpress-bridge' ),
				__( 'The plugin tries again automatically. If this goes on for hours, contact IGNY8 support.', 'igny8-wordpress-bridge' ),
				[ 'retryable' => true ]
			);
		}
		return $id;
	}

	/**
	 * Reports this site's new address. IGNY8 calls the site there before it changes anything.
	 *
	 * @param string[] $signing_secrets Secrets that IGNY8 may hold: the connection's, and the new one if an earlier answer was lost.
	 * @param string   $new_secret      Replaces them.
	 * @param string   $status          JSON of the `status` result that the API asked for in an earlier refusal; '' at first.
	 * @throws Failure 422 with the reason the site could not be called, `site_url_taken` (409) and others.
	 */
	public function move( string $integration_id, string $api_key, array $signing_secrets, string $new_secret, string $status = '' ): void {
		$request = [
			'site_url'       => Home::url(),
			'signing_secret' => $new_secret,
			'rest_root'      => rest_url(),
			'transports'       => [ 'direct', 'polling' ],
		];

		$body = self::with_result( (string) wp_json_encode( $request ), $status );
		$this->client->post_json( $this->path( $integration_id ) . 'move/', $body, $api_key, $this->signature( $signing_secrets, $body ), self::CONNECT_TIMEOUT_S );
	}

	/**
	 * @param array  $structure From Gatherer::gather().
	 * @param string $secret    Secret of the connection, which signs who the acting user is; '' if it is lost.
	 * @return array{post_types: int, taxonomies: int} Numbers of types that the API stored.
	 * @throws Failure 404 if the integration was deleted.
	 */
	public function update_structure( string $integration_id, array $structure, string $api_key, string $secret ): array {
		$body   = (string) wp_json_encode( Gatherer::for_json( $structure ) );
		$signed = '' === $secret ? [] : $this->signature( [ $secret ], $body );
		$answer = $this->client->post_json( $this->path( $integration_id ) . 'update-structure/', $body, $api_key, $signed, Client::TIMEOUT_S );
		return [
			'post_types' => (int) ( $answer['post_types'] ?? count( $structure['post_types'] ) ),
			'taxonomies' => (int) ( $answer['taxonomies'] ?? count( $structure['taxonomies'] ) ),
		];
	}

	/**
	 * Asks IGNY8 to check this site from outside, which can take a minute.
	 *
	 * @return array The report, unchecked.
	 * @throws Failure If the API refuses.
	 */
	public function examine( string $integration_id, string $api_key ): array {
		return $this->client->post( $this->path( $integration_id ) . 'doctor/', [], $api_key, self::CONNECT_TIMEOUT_S );
	}

	/**
	 * @param string $direction both or from_external.
	 * @return array The run.
	 * @throws Failure `sync_disabled` and others.
	 */
	public function start_sync( string $integration_id, string $api_key, string $direction ): array {
		return $this->client->post( $this->path( $integration_id ) . 'sync/', [ 'direction' => $direction ], $api_key );
	}

	/**
	 * @return array The last run and the current one.
	 * @throws Failure If the API can't be asked.
	 */
	public function sync_status( string $integration_id, string $api_key ): array {
		return $this->client->get( $this->path( $integration_id ) . 'sync-status/', $api_key, self::GLANCE_TIMEOUT_S );
	}

	/**
	 * @return array Post types and taxonomies, with what IGNY8 does with them.
	 * @throws Failure If the API can't be asked.
	 */
	public function content_types( string $integration_id, string $api_key ): array {
		return $this->client->get( $this->path( $integration_id ) . 'content-types/', $api_key, self::GLANCE_TIMEOUT_S );
	}

	/**
	 * Succeeds if the integration is already deleted.
	 *
	 * @param string $secret Secret of the connection, without which the API deletes nothing; '' if it is lost.
	 * @throws Failure If the API refuses for another reason than 404.
	 */
	public function delete( string $integration_id, string $api_key, string $secret ): void {
		try {
			$this->client->delete( $this->path( $integration_id ), $api_key, '' === $secret ? [] : $this->signature( [ $secret ], '' ) );
		} catch ( Failure $failure ) {
			if ( 404 !== $failure->status() ) {
				throw $failure;
			}
		}
	}

	/**
	 * @param string $body   JSON object.
	 * @param string $status JSON of a result; '' for none.
	 */
	private static function with_result( string $body, string $status ): string {
		return '' === $status ? $body : substr( $body, 0, -1 ) . ',"polling":{"result":' . $status . '}}';
	}

	/**
	 * @param string[] $secrets The message gets one signature for each.
	 */
	private function signature( array $secrets, string $body ): array {
		return ( new Signer() )->headers( $secrets, Signer::new_message_id(), $body );
	}

	private function path( string $integration_id ): string {
		return self::BASE . rawurlencode( $integration_id ) . '/';
	}
}
