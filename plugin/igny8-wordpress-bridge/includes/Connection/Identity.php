<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

/**
 * This site as IGNY8 knows it, and its API key.
 */
final class Identity {

	private string $site_id;

	private string $site_name;

	private string $api_key;

	private string $token;

	/**
	 * @param string $token Session of the person who connects; '' without one. Never stored.
	 */
	public function __construct( string $site_id, string $site_name, string $api_key, string $token = '' ) {
		$this->site_id   = $site_id;
		$this->site_name = $site_name;
		$this->api_key   = $api_key;
		$this->token     = $token;
	}

	public function site_id(): string {
		return $this->site_id;
	}

	public function site_name(): string {
		return $this->site_name;
	}

	public function api_key(): string {
		return $this->api_key;
	}

	/**
	 * What the connect request is sent with. A person of the account need not be asked for confirmation.
	 */
	public function credential(): string {
		return '' === $this->token ? $this->api_key : $this->token;
	}
}
