<?php

declare(strict_types=1);

namespace Igny8\Bridge\Connection;

use Igny8\Bridge\Outbox\Delivery;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;
use Igny8\Bridge\Support\Uninstaller;

/**
 * What the owner of a site that was found under another address can say of it.
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
	 * @throws Failure `not_a_clone`; for MOVED what the API refuses, and then all is as it was.
	 */
	public function choose( string $choice ): void {
		if ( ! $this->connection->is_clone() ) {
			throw new Failure( 'not_a_clone', __( 'This site is not taken for a copy; there is nothing to choose.', 'igny8-wordpress-bridge' ) );
		}
		$actions = [
			self::MOVED => [ $this, 'moved' ],
			self::COPY  => [ $this, 'copied' ],
			self::ALIAS => [ $this, 'known' ],
		];
		if ( ! isset( $actions[ $choice ] ) ) {
			throw new Failure( 'unknown_choice', __( 'Choose moved, copy or alias.', 'igny8-wordpress-bridge' ) );
		}
		$actions[ $choice ]();
	}

	/**
	 * @return string What has come of it, one sentence.
	 */
	public function outcome( string $choice ): string {
		$texts = [
			self::MOVED => __( 'The site has moved: IGNY8 works with its present address from now on.', 'igny8-wordpress-bridge' ),
			self::COPY  => __( 'This is a copy: the connection was forgotten here, and the original goes on.', 'igny8-wordpress-bridge' ),
			self::ALIAS => __( 'Both addresses are this site, which goes on as before.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $choice ] ?? '';
	}

	private function moved(): void {
		$outcome = $this->connector->move();
		$failure = $outcome->failure();
		// Once connected, what could not be sent yet is sent again by itself.
		if ( null !== $failure && Outcome::CONNECTED !== $outcome->kind() ) {
			throw $failure;
		}
		$this->delivery->catch_up();
	}

	/**
	 * Without a word to the API: the connection is that of the original.
	 */
	private function copied(): void {
		( new Uninstaller() )->clean_site( [ Settings::OPTION ] );
		// The key may stand in wp-config.php, which was copied too.
		$this->unattended->pause();
		$this->log->info( 'copy_forgotten', $this->outcome( self::COPY ) );
	}

	private function known(): void {
		$this->connection->add_alias( Home::url() );
		$this->log->info( 'alias_added', $this->outcome( self::ALIAS ) );
		$this->delivery->catch_up();
	}
}
