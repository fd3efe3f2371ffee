<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Api_Address;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;

/**
 * The owner's choice of the server that this site talks to. Another server knows neither the site nor its key, so a change
 * ends the connection with the one before.
 */
final class Server_Choice {

	private Config $config;

	private Connection $connection;

	private Attempt $attempt;

	private Disconnector $disconnector;

	private Log $log;

	public function __construct( Config $config, Connection $connection, Attempt $attempt, Disconnector $disconnector, Log $log ) {
		$this->config       = $config;
		$this->connection   = $connection;
		$this->attempt      = $attempt;
		$this->disconnector = $disconnector;
		$this->log          = $log;
	}

	/**
	 * Whether wp-config.php sets the address, so that nothing can be chosen here.
	 */
	public function is_fixed(): bool {
		return Api_Address::CONSTANT === $this->config->api_address()->source();
	}

	/**
	 * Whether a change would end a connection, or an attempt to connect.
	 */
	public function ends_connection(): bool {
		return $this->connection->exists() || $this->attempt->wants_retry();
	}

	/**
	 * @param string $address   '' for the one that is used without a choice.
	 * @param bool   $confirmed Whether the owner knows that this ends the connection.
	 * @return Failure|null Why the server before could not be told; null if it was, or knew nothing of this site.
	 * @throws Failure `address_fixed`, `address_invalid`, `address_unchanged` or `not_confirmed`; nothing has changed.
	 */
	public function choose( string $address, bool $confirmed ): ?Failure {
		$next = $this->read( $address );
		if ( $this->ends_connection() && ! $confirmed ) {
			Failure::raise( 'not_confirmed', __( 'Another server ends the connection with this one.', 'igny8-wordpress-bridge' ), __( 'Tick the box to confirm that.', 'igny8-wordpress-bridge' ) );
		}
		// While the address is still the old one: that server is told.
		$failure = $this->ends_connection() ? $this->disconnector->disconnect() : null;
		if ( Api_Address::CHOSEN === $next->source() ) {
			update_option( Api_Address::OPTION, $next->url() );
		} else {
			delete_option( Api_Address::OPTION );
		}
		/* translators: %s: URL. */
		$this->log->info( 'server_chosen', sprintf( __( 'This site now talks to %s.', 'igny8-wordpress-bridge' ), $next->url() ) );
		return $failure;
	}

	/**
	 * @throws Failure As choose().
	 */
	private function read( string $address ): Api_Address {
		$address = trim( $address );
		if ( $this->is_fixed() ) {
			Failure::raise( 'address_fixed', __( 'The address is set in wp-config.php (IGNY8_API_URL).', 'igny8-wordpress-bridge' ), __( 'Change it there.', 'igny8-wordpress-bridge' ) );
		}
		if ( '' !== $address && ! Api_Address::is_safe( $address ) ) {
			Failure::raise( 'address_invalid', __( 'This is not the address of a server.', 'igny8-wordpress-bridge' ), __( 'Enter an https address without a password, question mark or #, for example https://igny8.example.com.', 'igny8-wordpress-bridge' ) );
		}
		$usual = Api_Address::without_choice( $this->config->carried_server() );
		$next  = '' === $address ? $usual : new Api_Address( $address, Api_Address::CHOSEN );
		if ( $next->url() === $this->config->api_url() ) {
			Failure::raise( 'address_unchanged', __( 'This is the address that is used already.', 'igny8-wordpress-bridge' ) );
		}
		return $next->url() === $usual->url() ? $usual : $next;
	}
}
