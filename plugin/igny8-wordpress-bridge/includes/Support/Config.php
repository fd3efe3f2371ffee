<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Configuration: the address of the API, and what wp-config.php sets.
 */
final class Config {

	private Api_Address $address;

	private Carried_Server $carried;

	private string $api_key;

	private string $acting_user;

	/**
	 * @param string              $api_url     Base URL of the IGNY8 API, as wp-config.php has it.
	 * @param string              $api_key     Key of an unattended connection; '' for none.
	 * @param string              $acting_user Login or id of the user as whom the plugin writes; '' for none.
	 * @param Api_Address|null    $address     The address, if it is from elsewhere.
	 * @param Carried_Server|null $carried     Where the plugin is from.
	 */
	public function __construct( string $api_url, string $api_key = '', string $acting_user = '', ?Api_Address $address = null, ?Carried_Server $carried = null ) {
		$this->address     = $address ?? new Api_Address( $api_url );
		$this->carried     = $carried ?? new Carried_Server();
		$this->api_key     = trim( $api_key );
		$this->acting_user = trim( $acting_user );
	}

	/**
	 * From wp-config.php, the settings page and the plugin's own folder.
	 */
	public static function load(): self {
		$key     = defined( 'IGNY8_API_KEY' ) ? constant( 'IGNY8_API_KEY' ) : '';
		$user    = defined( 'IGNY8_ACTING_USER' ) ? constant( 'IGNY8_ACTING_USER' ) : '';
		$carried = Carried_Server::in( dirname( IGNY8_BRIDGE_FILE ) );
		$address = Api_Address::find( defined( 'IGNY8_API_URL' ) ? constant( 'IGNY8_API_URL' ) : '', $carried );
		return new self( '', is_string( $key ) ? $key : '', is_string( $user ) || is_int( $user ) ? (string) $user : '', $address, $carried );
	}

	/**
	 * Without a trailing slash.
	 */
	public function api_url(): string {
		return $this->address->url();
	}

	public function api_address(): Api_Address {
		return $this->address;
	}

	/**
	 * The server that this copy of the plugin was downloaded from.
	 */
	public function carried_server(): Carried_Server {
		return $this->carried;
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
		return Api_Address::is_safe( $this->api_url() );
	}
}
