<?php

declare(strict_types=1);

namespace Igny8\Bridge\Cli;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\Chosen_User;
use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Admin\Transport_Facts;
use Igny8\Bridge\Admin\State_Texts;
use Igny8\Bridge\Admin\Status_Panel;
use Igny8\Bridge\Admin\Sync_Facts;
use Igny8\Bridge\Connection\Clone_Choices;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Connection\Disconnector;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Doctor\Doctor;
use Igny8\Bridge\Doctor\Finding;
use Igny8\Bridge\Doctor\Layers;
use Igny8\Bridge\Doctor\Report;
use Igny8\Bridge\Structure\Sync_Now;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use WP_CLI;
use WP_User;

/**
 * Connects this site to IGNY8 and shows the state of the connection.
 */
final class Cli_Command {

	private Connector $connector;

	private Disconnector $disconnector;

	private Sync_Now $sync;

	private Status $status;

	private Connection $connection;

	private Config $config;

	private Sync_Facts $sync_facts;

	private Transport_Facts $transport;

	private Clone_Choices $choices;

	private Doctor $doctor;

	private User_Choice $acting_user;

	public function __construct( Connector $connector, Disconnector $disconnector, Sync_Now $sync, Status $status, Connection $connection, Config $config, Sync_Facts $sync_facts, Transport_Facts $transport, Clone_Choices $choices, Doctor $doctor, User_Choice $acting_user ) {
		$this->connector    = $connector;
		$this->disconnector = $disconnector;
		$this->sync         = $sync;
		$this->status       = $status;
		$this->connection   = $connection;
		$this->config       = $config;
		$this->sync_facts   = $sync_facts;
		$this->transport    = $transport;
		$this->choices      = $choices;
		$this->doctor       = $doctor;
		$this->acting_user  = $acting_user;
	}

	/**
	 * Connects this site.
	 *
	 * ## OPTIONS
	 *
	 * [--key=<key>]
	 * : API key of this site. "-" reads it from STDIN, which keeps it out of process lists. Default: IGNY8_API_KEY.
	 *
	 * [--acting-user=<user>]
	 * : Login or id of the user as whom IGNY8 writes. Default: the user set in wp-config.php, else the one chosen before, else the one who connected the site (--user), else the first administrator.
	 *
	 * ## EXAMPLES
	 *
	 *     wp igny8 connect --key=- --acting-user=editor < key.txt
	 *
	 * @param string[]              $args       Not used.
	 * @param array<string, string> $assoc_args Options.
	 */
	public function connect( array $args, array $assoc_args ): void {
		$key = (string) ( $assoc_args['key'] ?? $this->config->api_key() );
		if ( '-' === $key ) {
			$key = (string) file_get_contents( 'php://stdin' );
		}

		$chosen = (string) ( $assoc_args['acting-user'] ?? '' );
		$writer = '' === $chosen ? null : $this->user( $chosen );

		$outcome = $this->connector->connect( Credentials::of_key( $key ), false, get_current_user_id() );
		$failure = $outcome->failure();
		$reason  = null === $failure ? '' : $failure->full_text();
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
		if ( null !== $writer ) {
			$this->choose_user( $writer );
		}
		$this->print_acting_user();
	}

	/**
	 * Shows or chooses the user as whom IGNY8 writes.
	 *
	 * ## OPTIONS
	 *
	 * [<user>]
	 * : Login or id.
	 *
	 * [--reset]
	 * : Removes the choice: IGNY8 writes as the user who connected the site, else as the first administrator.
	 *
	 * ## EXAMPLES
	 *
	 *     wp igny8 acting-user editor
	 *
	 * @subcommand acting-user
	 *
	 * @param string[]              $args       The user.
	 * @param array<string, string> $assoc_args Options.
	 */
	public function acting_user( array $args, array $assoc_args ): void {
		if ( isset( $args[0] ) ) {
			$this->choose_user( $this->user( (string) $args[0] ) );
		} elseif ( ! empty( $assoc_args['reset'] ) ) {
			$this->choose_user( null );
		}
		$this->print_acting_user();
	}

	private function user( string $text ): ?WP_User {
		$user = User_Choice::find( $text );
		if ( null === $user ) {
			/* translators: %s: login or id of a user. */
			WP_CLI::error( sprintf( __( 'This site has no user “%s”.', 'igny8-wordpress-bridge' ), $text ) );
		}
		return $user;
	}

	private function choose_user( ?WP_User $user ): void {
		try {
			$this->acting_user->choose( $user );
		} catch ( Failure $failure ) {
			WP_CLI::error( $failure->full_text() );
		}
	}

	private function print_acting_user(): void {
		$acting = $this->acting_user->current();
		/* translators: 1: name of a user, 2: how the user was decided. */
		$line = sprintf( __( 'Writes as %1$s: %2$s', 'igny8-wordpress-bridge' ), $acting->full_name(), $acting->source_text() );
		if ( '' !== $acting->problem() ) {
			WP_CLI::warning( $acting->reason() );
		} elseif ( Chosen_User::FALLBACK === $acting->source() ) {
			WP_CLI::warning( $line . '. ' . __( 'Choose the user with wp igny8 acting-user.', 'igny8-wordpress-bridge' ) );
		} else {
			WP_CLI::line( $line );
		}
	}

	/**
	 * Shows the state of the connection. Exits with 1 unless the state is ready.
	 */
	public function status(): void {
		$state = $this->status->state();
		$error = $this->status->error();
		WP_CLI::line( ( new State_Texts() )->label( $state ) . ' (' . $state . ')' );
		if ( $this->connection->exists() ) {
			$sent = [ __( 'Content types last sent', 'igny8-wordpress-bridge' ) => Status_Panel::when( $this->connection->last_structure_sync_at() ) ];
			foreach ( $this->sync_facts->all() + $sent + $this->transport->all() as $name => $value ) {
				WP_CLI::line( $name . ': ' . $value );
			}
		}
		if ( $this->connection->exists() ) {
			$this->print_acting_user();
		}
		if ( null !== $error ) {
			WP_CLI::warning( trim( $error['detail'] . ' ' . $error['fix'] ) );
		}
		if ( Status::READY !== $state ) {
			WP_CLI::halt( 1 );
		}
	}

	/**
	 * Sends post types, taxonomies and counts now, and starts the same sync as the app does.
	 */
	public function sync(): void {
		try {
			$done = $this->sync->run();
		} catch ( Failure $failure ) {
			WP_CLI::error( $failure->full_text() );
			return;
		}
		/* translators: 1: number of post types, 2: number of taxonomies. */
		WP_CLI::success( sprintf( __( 'Sent %1$d post types and %2$d taxonomies.', 'igny8-wordpress-bridge' ), $done['post_types'], $done['taxonomies'] ) );
		/* translators: %s: what the sync does, for example "about to start". */
		WP_CLI::line( sprintf( __( 'Sync of the content: %s', 'igny8-wordpress-bridge' ), Sync_Facts::describe( $done['run'] ) ) );
	}

	/**
	 * Checks everything between this site and IGNY8 and shows what is wrong. Exits with 1 if there is a problem or a
	 * warning.
	 *
	 * ## OPTIONS
	 *
	 * [--format=<format>]
	 * : json includes the evidence of each finding.
	 * ---
	 * default: table
	 * options:
	 *   - table
	 *   - json
	 * ---
	 *
	 * ## EXAMPLES
	 *
	 *     wp igny8 doctor --format=json
	 *
	 * @param string[]              $args       Not used.
	 * @param array<string, string> $assoc_args Options.
	 */
	public function doctor( array $args, array $assoc_args ): void {
		$report = $this->doctor->examine();
		if ( 'json' === ( $assoc_args['format'] ?? 'table' ) ) {
			WP_CLI::line( (string) wp_json_encode( $report->to_array(), JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) );
		} else {
			$this->print_report( $report->to_array() );
		}
		if ( Report::HEALTHY !== $report->verdict() ) {
			WP_CLI::halt( 1 );
		}
	}

	private function print_report( array $report ): void {
		$rows  = [];
		$sides = [
			__( 'here', 'igny8-wordpress-bridge' )    => $report['here'],
			__( 'outside', 'igny8-wordpress-bridge' ) => $report['outside']['findings'],
		];
		foreach ( $sides as $side => $findings ) {
			foreach ( $findings as $finding ) {
				$rows[] = [
					'severity' => $finding['severity'],
					'seen'     => $side,
					'layer'    => Layers::label( $finding['layer'] ),
					'finding'  => $finding['title'],
					'code'     => $finding['code'],
				];
			}
		}
		\WP_CLI\Utils\format_items( 'table', $rows, [ 'severity', 'seen', 'layer', 'finding', 'code' ] );

		foreach ( array_merge( $report['here'], $report['outside']['findings'] ) as $finding ) {
			if ( in_array( $finding['severity'], [ Finding::ERROR, Finding::WARNING ], true ) ) {
				WP_CLI::warning( Layers::label( $finding['layer'] ) . ': ' . rtrim( $finding['title'], '.' ) . '. ' . trim( $finding['detail'] . ' ' . $finding['fix'] ) );
				foreach ( $finding['evidence'] as $line ) {
					WP_CLI::line( '  ' . $line );
				}
			}
		}
		if ( null !== $report['outside']['reason'] && [] === $report['outside']['findings'] ) {
			WP_CLI::line( $report['outside']['reason'] );
		}
		if ( null !== $report['outside']['request_id'] ) {
			/* translators: %s: id that IGNY8 gave the request. */
			WP_CLI::line( sprintf( __( 'Reference: %s', 'igny8-wordpress-bridge' ), $report['outside']['request_id'] ) );
		}
	}

	/**
	 * Tells IGNY8 what this site is, after its address changed.
	 *
	 * ## OPTIONS
	 *
	 * <choice>
	 * : moved: the site now has this address. copy: this is a different site from the connected one; its copy of the connection is removed. alias: the site has both addresses.
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
	public function answer_clone( array $args ): void {
		$choice = (string) ( $args[0] ?? '' );
		try {
			$this->choices->choose( $choice );
		} catch ( Failure $failure ) {
			WP_CLI::error( $failure->full_text() );
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
			WP_CLI::warning( __( 'IGNY8 could not be reached. Delete the integration there too.', 'igny8-wordpress-bridge' ) . ' ' . $failure->detail() );
		}
		WP_CLI::success( __( 'Disconnected.', 'igny8-wordpress-bridge' ) );
	}
}
