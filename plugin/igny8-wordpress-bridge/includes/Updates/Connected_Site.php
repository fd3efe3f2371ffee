<?php

declare(strict_types=1);

namespace Igny8\Bridge\Updates;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Support\Api_Address;
use Igny8\Bridge\Support\Config;

/**
 * The site for which updates are asked: this one, or one of its network, which shares the plugin's files. It has to be
 * connected to the server that the plugin was downloaded from: a plugin that talks to nobody asks nobody, and one that talks
 * to another server does not ask this one.
 */
final class Connected_Site {

	private Config $config;

	private Connection $connection;

	private State $state;

	public function __construct( Config $config, Connection $connection, State $state ) {
		$this->config     = $config;
		$this->connection = $connection;
		$this->state      = $state;
	}

	/**
	 * Its id at IGNY8; '' if no site is connected to that server.
	 */
	public function id(): string {
		if ( '' === $this->config->carried_server()->api_url() ) {
			return '';
		}
		if ( $this->connection->exists() && $this->is_own( $this->config->api_url() ) && ! $this->connection->is_clone() ) {
			return $this->connection->site_id();
		}
		return is_multisite() ? $this->id_in_network() : '';
	}

	/**
	 * Whether this very site is connected to another server than the one that the plugin is from.
	 */
	public function talks_to_another(): bool {
		return $this->connection->exists() && ! $this->is_own( $this->config->api_url() );
	}

	/**
	 * Lets the other sites of the network know that this one is connected.
	 */
	public function remember(): void {
		if ( is_multisite() && $this->connection->exists() && $this->is_own( $this->config->api_url() ) ) {
			$this->state->remember_blog( get_current_blog_id() );
		}
	}

	/**
	 * Whether this is the server that the plugin is from.
	 */
	private function is_own( string $address ): bool {
		return strtolower( $address ) === strtolower( $this->config->carried_server()->api_url() );
	}

	private function id_in_network(): string {
		foreach ( array_unique( [ get_main_site_id(), $this->state->blog_id() ] ) as $blog_id ) {
			$id = $blog_id > 0 && get_current_blog_id() !== $blog_id ? $this->id_of( $blog_id ) : '';
			if ( '' !== $id ) {
				return $id;
			}
		}
		return '';
	}

	private function id_of( int $blog_id ): string {
		$connection = get_blog_option( $blog_id, Connection::OPTION );
		$is_fixed   = Api_Address::CONSTANT === $this->config->api_address()->source();
		$chosen     = $is_fixed ? $this->config->api_url() : (string) get_blog_option( $blog_id, Api_Address::OPTION, '' );
		$is_there   = is_array( $connection ) && Connection::NONE !== ( $connection['state'] ?? Connection::NONE );
		return $is_there && ( '' === $chosen || $this->is_own( $chosen ) ) ? (string) ( $connection['site_id'] ?? '' ) : '';
	}
}
