<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Support\Failure;

/**
 * Connects by the collection-level `test-connection`: the API calls this site with a new signing secret before it
 * answers, and finds or creates the integration.
 */
final class Handshake {

	private Integration_Api $api;

	private Key_Store $keys;

	private State $polling;

	/** @var callable(string): string */
	private $run_status;

	/**
	 * @param callable $run_status Runs the command `status` with this id and returns its result as JSON.
	 */
	public function __construct( Integration_Api $api, Key_Store $keys, State $polling, callable $run_status ) {
		$this->api        = $api;
		$this->keys       = $keys;
		$this->polling    = $polling;
		$this->run_status = $run_status;
	}

	/**
	 * The request is signed with the secret of the connection as long as there is one, since the key alone may not replace
	 * it.
	 *
	 * @param string $credential Session of a person, or the key.
	 * @return string Integration id.
	 * @throws Failure If the API refuses; an earlier connection is unchanged.
	 */
	public function perform( string $site_id, string $api_key, string $credential ): string {
		// Stored before it is sent, because the API calls back while the request is open.
		$secret  = $this->keys->begin_pending();
		$secrets = $this->link_secrets();
		try {
			$integration_id = $this->api->connect( $site_id, $api_key, $secret, $secrets, $credential );
			$this->polling->set_transport( State::DIRECT );
		} catch ( Failure $failure ) {
			if ( '' === $failure->challenge() ) {
				throw $failure;
			}
			// IGNY8 can't call this site. The signed `status` result shows that this site can run commands it polls
			// for.
			$result         = ( $this->run_status )( $failure->challenge() );
			$integration_id = $this->api->connect( $site_id, $api_key, $secret, $secrets, $credential, $result );
			$this->polling->set_transport( State::POLLING );
		}
		$this->keys->promote_pending();
		return $integration_id;
	}

	/**
	 * Reports the current address to IGNY8. A new secret replaces the old one, which a copy left at the old address
	 * holds too.
	 *
	 * @throws Failure If the API refuses; the connection is unchanged.
	 */
	public function move( string $integration_id, string $api_key ): void {
		$secret = $this->keys->begin_pending();
		// IGNY8 may have stored the secret although its answer was lost, and the owner may try again only days later.
		$this->keys->extend_pending( time() + MONTH_IN_SECONDS );
		$secrets = $this->link_secrets();
		try {
			$this->api->move( $integration_id, $api_key, $secrets, $secret );
			$this->polling->set_transport( State::DIRECT );
		} catch ( Failure $failure ) {
			if ( '' === $failure->challenge() ) {
				throw $failure;
			}
			$result = ( $this->run_status )( $failure->challenge() );
			$this->api->move( $integration_id, $api_key, $secrets, $secret, $result );
			$this->polling->set_transport( State::POLLING );
		}
		$this->keys->promote_pending();
	}

	/**
	 * @return string[] The connection's secret and the new one, which IGNY8 may have stored although its answer was lost.
	 */
	private function link_secrets(): array {
		return array_values( array_intersect_key( $this->keys->signing_secrets(), array_flip( [ 'current', 'pending' ] ) ) );
	}
}
