<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Outbox\Delivery;
use Igny8\Bridge\Support\Api_Address;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;
use Igny8\Bridge\Support\Uninstaller;

/**
 * The three choices of the site owner after the address of the site changed.
 */
final class Clone_Choices {

	public const MOVED = 'moved';

	public const COPY = 'copy';

	public const ALIAS = 'alias';

	private Connection $connection;

	private Connector $connector;

	private Unattended $unattended;

	private Delivery $delivery;

	private Log $log;

	public function __construct( Connection $connection, Connector $connector, Unattended $unattended, Delivery $delivery, Log $log ) {
		$this->connection = $connection;
		$this->connector  = $connector;
		$this->unattended = $unattended;
		$this->delivery   = $delivery;
		$this->log        = $log;
	}

	/**
	 * @param string $choice One of the constants.
	 * @throws Failure `not_a_clone`; for MOVED also the API's refusal, which leaves everything unchanged.
	 */
	public function choose( string $choice ): void {
		if ( ! $this->connection->is_clone() ) {
			Failure::raise( 'not_a_clone', __( 'The address of this site has not changed. There is nothing to choose.', 'igny8-wordpress-bridge' ) );
		}
		$actions = [
			self::MOVED => [ $this, 'moved' ],
			self::COPY  => [ $this, 'copied' ],
			self::ALIAS => [ $this, 'known' ],
		];
		if ( ! isset( $actions[ $choice ] ) ) {
			Failure::raise( 'unknown_choice', __( 'Choose moved, copy or alias.', 'igny8-wordpress-bridge' ) );
		}
		$actions[ $choice ]();
	}

	/**
	 * @return string The result for the site owner.
	 */
	public function outcome( string $choice ): string {
		$texts = [
			self::MOVED => __( 'The site has moved. IGNY8 uses its new address from now on.', 'igny8-wordpress-bridge' ),
			self::COPY  => __( 'This is a copy. Its connection was removed; the original site stays connected.', 'igny8-wordpress-bridge' ),
			self::ALIAS => __( 'Both addresses belong to this site. Sync continues as before.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $choice ] ?? '';
	}

	private function moved(): void {
		$outcome = $this->connector->move();
		$failure = $outcome->failure();
		// If the site is connected, only the structure was not sent, and the plugin sends it again later.
		if ( null !== $failure && Outcome::CONNECTED !== $outcome->kind() ) {
			throw $failure;
		}
		$this->delivery->catch_up();
	}

	/**
	 * Does not call the API: the connection belongs to the original site.
	 */
	private function copied(): void {
		( new Uninstaller() )->clean_site( [ Settings::OPTION, Api_Address::OPTION ] );
		// The key can be in wp-config.php, which was copied too.
		$this->unattended->pause();
		$this->log->info( 'copy_forgotten', $this->outcome( self::COPY ) );
	}

	private function known(): void {
		$this->connection->add_alias( Home::url() );
		$this->log->info( 'alias_added', $this->outcome( self::ALIAS ) );
		$this->delivery->catch_up();
	}
}
