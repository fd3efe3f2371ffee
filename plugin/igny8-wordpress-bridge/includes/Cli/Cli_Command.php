<?php

declare(strict_types=1);

namespace Igny8\Bridge\Cli;

use Igny8\Bridge\Admin\Carrier_Facts;
use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Admin\Status_Panel;
use Igny8\Bridge\Connection\Clone_Choices;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Connection\Disconnector;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Structure\Sync_Now;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use WP_CLI;

/**
 * Connects this site to IGNY8, and tells how the connection is doing.
 */
final class Cli_Command {

	private Connector $connector;

	private Disconnector $disconnector;

	private Sync_Now $sync;

	private Status $status;

	private Connection $connection;

	private Config $config;

	private Carrier_Facts $carrier;

	private Clone_Choices $choices;

	public function __construct( Connector $connector, Disconnector $disconnector, Sync_Now $sync, Status $status, Connection $connection, Config $config, Carrier_Facts $carrier, Clone_Choices $choices ) {
		$this->connector    = $connector;
		$this->disconnector = $disconnector;
		$this->sync         = $sync;
		$this->status       = $status;
		$this->connection   = $connection;
		$this->config       = $config;
		$this->carrier      = $carrier;
		$this->choices      = $choices;
	}

	/**
	 * Connects this site.
	 *
	 * ## OPTIONS
	 *
	 * [--key=<key>]
	 * : API key of this site. "-" reads it from STDIN, so that it shows in no process list. Default: IGNY8_API_KEY.
	 *
	 * ## EXAMPLES
	 *
	 *     wp igny8 connect --key=- < key.txt
	 *
	 * @param string[]              $args       Not used.
	 * @param array<string, string> $assoc_args Options.
	 */
	public function connect( array $args, array $assoc_args ): void {
		$key = (string) ( $assoc_args['key'] ?? $this->config->api_key() );
		if ( '-' === $key ) {
			$key = (string) file_get_contents( 'php://stdin' );
		}

		$outcome = $this->connector->connect( Credentials::of_key( $key ) );
		$failure = $outcome->failure();
		$reason  = null === $failure ? '' : $failure->advice();
		if ( Outcome::FAILED === $outcome->kind() ) {
			WP_CLI::error( $outcome->title() . '. ' . $reason );
		}
		if ( null !== $failure ) {
			WP_CLI::warning( $reason );
		}
		if ( Outcome::WAITING === $outcome->kind() ) {
			/* translators: %s: date and time. */
			WP_CLI::error( $outcome->title() . '. ' . sprintf( __( 'Next try: %s.', 'igny8-wordpress-bridge' ), Status_Panel::when( $outcome->next_at() ) ) );
		}
		/* translators: %s: id of the integration. */
		WP_CLI::success( sprintf( __( 'Connected as integration %s.', 'igny8-wordpress-bridge' ), $this->connection->integration_id() ) );
	}

	/**
	 * Tells how the connection is doing. Ends with 1 where it isn't ready.
	 */
	public function status(): void {
		$state = $this->status->state();
		$error = $this->status->error();
		WP_CLI::line( ( new State_Texts() )->label( $state ) . ' (' . $state . ')' );
		/* translators: %s: date and time. */
		WP_CLI::line( sprintf( __( 'Last sync: %s', 'igny8-wordpress-bridge' ), Status_Panel::when( $this->connection->last_structure_sync_at() ) ) );
		if ( $this->connection->exists() ) {
			foreach ( $this->carrier->all() as $name => $value ) {
				WP_CLI::line( $name . ': ' . $value );
			}
		}
		if ( null !== $error ) {
			WP_CLI::warning( trim( $error['detail'] . ' ' . $error['fix'] ) );
		}
		if ( Status::READY !== $state ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Sends post types, taxonomies and counts now, and starts a metadata sync.
	 */
	public function sync(): void {
		try {
			$done = $this->sync->run();
		} catch ( Failure $failure ) {
			WP_CLI::error( $failure->advice() );
			return;
		}
		/* translators: 1: number of post types, 2: number of taxonomies. */
		WP_CLI::success( sprintf( __( 'Sent %1$d post types and %2$d taxonomies.', 'igny8-wordpress-bridge' ), $done['post_types'], $done['taxonomies'] ) );
	}

	/**
	 * Says what this site is, where it is found under another address than it was connected with.
	 *
	 * ## OPTIONS
	 *
	 * <choice>
	 * : moved: it has this address from now on. copy: it is another site, which forgets the connection. alias: it has both.
	 * ---
	 * options:
	 *   - moved
	 *   - copy
	 *   - alias
	 * ---
	 *
	 * @subcommand clone
	 *
	 * @param string[] $args The choice.
	 */
	public function settle_clone( array $args ): void {
		$choice = (string) ( $args[0] ?? '' );
		try {
			$this->choices->choose( $choice );
		} catch ( Failure $failure ) {
			WP_CLI::error( $failure->advice() );
			return;
		}
		WP_CLI::success( $this->choices->outcome( $choice ) );
	}

	/**
	 * Ends the connection and deletes the API key from this site.
	 */
	public function disconnect(): void {
		$failure = $this->disconnector->disconnect();
		if ( null !== $failure ) {
			WP_CLI::warning( __( 'IGNY8 could not be told; delete the integration there.', 'igny8-wordpress-bridge' ) . ' ' . $failure->detail() );
		}
		WP_CLI::success( __( 'Disconnected.', 'igny8-wordpress-bridge' ) );
	}
}
