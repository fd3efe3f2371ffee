<?php

declare(strict_types=1);

namespace Igny8\Bridge;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Acting\Writers;
use Igny8\Bridge\Api\Account_Api;
use Igny8\Bridge\Api\Client;
use Igny8\Bridge\Api\Integration_Api;
use Igny8\Bridge\Api\Item_Api;
use Igny8\Bridge\Api\Link_Api;
use Igny8\Bridge\Api\Problem_Reader;
use Igny8\Bridge\Authoring\Authoring_Module;
use Igny8\Bridge\Commands\Context;
use Igny8\Bridge\Commands\Echo_Command;
use Igny8\Bridge\Commands\Executor;
use Igny8\Bridge\Commands\Status_Command;
use Igny8\Bridge\Commands\Structure_Command;
use Igny8\Bridge\Connect\Connect_Module;
use Igny8\Bridge\Connection\Attempt;
use Igny8\Bridge\Connection\Clone_Choices;
use Igny8\Bridge\Connection\Confirmation_Watcher;
use Igny8\Bridge\Connection\Connection;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Disconnector;
use Igny8\Bridge\Connection\Handshake;
use Igny8\Bridge\Connection\Identifier;
use Igny8\Bridge\Connection\Remote_State;
use Igny8\Bridge\Connection\Server_Choice;
use Igny8\Bridge\Connection\Status;
use Igny8\Bridge\Connection\Unattended;
use Igny8\Bridge\Content\Content_Commands;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Cron\Overdue;
use Igny8\Bridge\Cron\Runner;
use Igny8\Bridge\Cron\Schedule;
use Igny8\Bridge\Doctor\Doctor;
use Igny8\Bridge\Doctor\Doctor_Module;
use Igny8\Bridge\Editor\Editor_Module;
use Igny8\Bridge\Loopback\Endpoint;
use Igny8\Bridge\Loopback\Loopback;
use Igny8\Bridge\Loopback\State as Loopback_State;
use Igny8\Bridge\Loopback\Tokens;
use Igny8\Bridge\Polling\Polling_Module;
use Igny8\Bridge\Polling\State;
use Igny8\Bridge\Outbox\Outbox_Module;
use Igny8\Bridge\Publishing\Overdue_Posts;
use Igny8\Bridge\Publishing\Overdue_Publisher;
use Igny8\Bridge\Rest\Commands_Route;
use Igny8\Bridge\Rest\Gatekeeper;
use Igny8\Bridge\Rest\Output;
use Igny8\Bridge\Security\Cipher;
use Igny8\Bridge\Security\Key_Store;
use Igny8\Bridge\Security\Signer;
use Igny8\Bridge\Structure\Change_Watcher;
use Igny8\Bridge\Structure\Counter;
use Igny8\Bridge\Structure\Gatherer;
use Igny8\Bridge\Structure\Structure_Sync;
use Igny8\Bridge\Structure\Sync_Now;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Environment;
use Igny8\Bridge\Support\Lifecycle;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;
use Igny8\Bridge\Support\Translations;
use Igny8\Bridge\Updates\Updates_Module;

/**
 * Composition root: builds the shared objects once and registers hooks. Other code only reads its properties.
 */
final class Plugin {

	private const STATUS_TIME_MS = 10000;

	private const STATUS_MAX_BYTES = 1000000;

	private static ?self $instance = null;

	public Config $config;

	public Settings $settings;

	public Log $log;

	public Key_Store $keys;

	public User_Choice $acting_user;

	public Connection $connection;

	public Attempt $attempt;

	public Status $status;

	public Schedule $schedule;

	public Integration_Api $api;

	public Gatherer $gatherer;

	public Structure_Sync $structure_sync;

	public Remote_State $remote_state;

	public Sync_Now $sync_now;

	public Connector $connector;

	public Connect_Module $connect;

	public Unattended $unattended;

	public Disconnector $disconnector;

	public Server_Choice $server_choice;

	public Clone_Choices $clone_choices;

	public Doctor $doctor;

	public Tokens $loopback_tokens;

	public Loopback $loopback;

	public Outbox_Module $outbox;

	public Overdue_Publisher $publisher;

	public Executor $executor;

	public State $polling_state;

	public Polling_Module $polling;

	public Editor_Module $editor;

	public Item_Api $items;

	public Link_Api $link;

	public Authoring_Module $authoring;

	/** Null in the edition of wordpress.org. */
	public ?Updates_Module $updates;

	public function __construct( Config $config ) {
		$this->config     = $config;
		$this->settings   = new Settings();
		$this->log        = new Log();
		$this->schedule   = new Schedule();
		$this->connection = new Connection();
		$this->attempt    = new Attempt();
		$this->keys       = new Key_Store( new Cipher(), $config );

		$this->acting_user = new User_Choice( $config, $this->log );

		$this->status   = new Status( $this->connection, $this->attempt, $this->keys, $this->settings );
		$this->gatherer = new Gatherer( $this->settings, new Counter( new Rows() ), $this->log );

		$this->loopback_tokens = new Tokens();

		$this->loopback = new Loopback( $this->loopback_tokens, new Loopback_State() );
		$this->outbox   = new Outbox_Module( $this->connection, $this->settings, $this->keys, $config, $this->schedule, $this->log, $this->loopback );

		$this->publisher = new Overdue_Publisher( new Overdue_Posts(), $this->connection, $this->settings, $this->log );

		$this->polling_state = new State();
		$this->build_link();
		$this->build_commands();
		$this->editor  = new Editor_Module( $this->connection, $this->settings, $this->outbox->tables, $this->outbox->recorder, $this->acting_user );
		$this->updates = class_exists( Updates_Module::class ) ? new Updates_Module( $config, $this->connection, $this->log, self::autoloader(), plugin_basename( IGNY8_BRIDGE_FILE ) ) : null;
		$this->polling = new Polling_Module( $this->polling_state, $this->executor, $this->connection, $this->status, $this->keys, $config, $this->schedule, $this->log, $this->loopback );

		$this->authoring = new Authoring_Module( $this );
	}

	public static function instance(): self {
		if ( null === self::$instance ) {
			self::$instance = new self( Config::load() );
		}
		return self::$instance;
	}

	private static function autoloader(): Autoloader {
		return new Autoloader( __NAMESPACE__, __DIR__ );
	}

	public function hook(): void {
		( new Translations( dirname( IGNY8_BRIDGE_FILE ) . '/languages' ) )->hook();
		$output = new Output();
		$output->buffer_early( (string) ( $_SERVER['REQUEST_URI'] ?? '' ) );
		( new Endpoint( $this->loopback_tokens ) )->hook();
		add_action( Schedule::DAILY, [ $this->loopback_tokens, 'clean' ] );

		$basename = plugin_basename( IGNY8_BRIDGE_FILE );
		( new Lifecycle( $this->schedule, $this->unattended, $this->connector, $this->outbox, $basename ) )->hook( IGNY8_BRIDGE_FILE );
		( new Commands_Route( new Gatekeeper( $this->keys, new Signer() ), $this->executor, $this->connection, $output ) )->hook();
		( new Runner( $this->schedule, $this->connector, $this->unattended, $this->structure_sync, $this->connection, $this->settings, $this->config ) )->hook();
		( new Change_Watcher( $this->connection, $this->settings, $this->schedule, $basename ) )->hook();

		( new Confirmation_Watcher( $this->attempt, $this->schedule ) )->hook();

		add_action( 'init', [ $this->connection, 'backfill_home' ], 2 );
		$this->connect->hook();
		$this->outbox->hook();
		$this->publisher->hook();
		$this->polling->hook();
		$this->editor->hook();
		$this->authoring->hook();
		if ( null !== $this->updates ) {
			$this->updates->hook();
		}

		if ( is_admin() ) {
			$this->hook_admin();
		}
		if ( defined( 'WP_CLI' ) && constant( 'WP_CLI' ) ) {
			\WP_CLI::add_command( 'igny8', $this->cli() );
		}
	}

	/**
	 * Builds the settings page.
	 */
	public function settings_page(): Admin\Settings_Page {
		$panel = new Admin\Status_Panel( $this->status, $this->connection, $this->attempt, $this->keys, $this->schedule, new Admin\State_Texts(), new Admin\Sync_Facts( $this->remote_state ), new Admin\Transport_Facts( $this->polling_state, $this->polling->public_poll_url ), $this->connect->progress );
		return new Admin\Settings_Page(
			new Admin\Notices(),
			$panel,
			$this->connect->approve,
			$this->connect->panel(),
			new Admin\Connect_Form( $this->config, $this->connection, $this->status ),
			new Admin\Server_Form( $this->config, $this->server_choice ),
			new Admin\Acting_User_Form( $this->acting_user, new Writers() ),
			new Admin\Sync_Form( $this->gatherer, $this->remote_state ),
			new Admin\Doctor_Panel( new Admin\Doctor_Reports() ),
			new Admin\Log_Panel( $this->log )
		);
	}

	public function actions(): Admin\Actions {
		return new Admin\Actions( $this->connector, $this->disconnector, $this->sync_now, $this->settings, $this->config, new Admin\Notices(), $this->clone_choices, $this->doctor, $this->acting_user, $this->server_choice );
	}

	public function cli(): Cli\Cli_Command {
		return new Cli\Cli_Command( $this->connector, $this->disconnector, $this->sync_now, $this->status, $this->connection, $this->config, new Admin\Sync_Facts( $this->remote_state ), new Admin\Transport_Facts( $this->polling_state, $this->polling->public_poll_url ), $this->clone_choices, $this->doctor, $this->acting_user );
	}

	/**
	 * @return string JSON of the result of a `status` command with this id.
	 */
	public function run_status( string $id ): string {
		$command = [
			'id'   => $id,
			'name' => 'status',
			'args' => [],
		];
		return $this->executor->results( [ $command ], new Context( self::STATUS_TIME_MS, self::STATUS_MAX_BYTES ) )[0];
	}

	private function build_link(): void {
		$client             = new Client( $this->config, new Problem_Reader() );
		$this->api          = new Integration_Api( $client );
		$this->items        = new Item_Api( $client );
		$this->link         = new Link_Api( $client );
		$this->remote_state = new Remote_State( $this->api, $this->connection, $this->keys, $this->status );
		$handshake          = new Handshake( $this->api, $this->keys, $this->polling_state, [ $this, 'run_status' ] );

		$this->structure_sync = new Structure_Sync( $this->gatherer, $this->api, $handshake, $this->keys, $this->connection, $this->schedule, $this->log, $this->acting_user );
		$this->sync_now       = new Sync_Now( $this->structure_sync, $this->api, $this->keys, $this->connection, $this->settings, $this->remote_state, $this->log );
		$this->unattended     = new Unattended( $this->config, $this->connection, $this->attempt );
		$identifier           = new Identifier( new Account_Api( $client ) );
		$this->connector      = new Connector( $identifier, $handshake, $this->keys, $this->connection, $this->attempt, $this->structure_sync, $this->schedule, $this->log, $this->acting_user );
		$this->connect        = new Connect_Module( $this->config, $client, $this->api, $this->connector, $this->connection, $this->status, $this->keys, $this->gatherer, $this->settings, $this->remote_state, $this->log );
		$this->disconnector   = new Disconnector( $this->api, $this->keys, $this->connection, $this->attempt, $this->unattended, $this->schedule, $this->log, $this->acting_user );
		$this->server_choice  = new Server_Choice( $this->config, $this->connection, $this->attempt, $this->disconnector, $this->log );
		$this->clone_choices  = new Clone_Choices( $this->connection, $this->connector, $this->unattended, $this->outbox->delivery, $this->log );
		$this->doctor         = Doctor_Module::build( $this->api, $this->connection, $this->status, $this->keys, $this->config, $this->schedule, $this->outbox, $this->loopback, $this->publisher, $this->acting_user );
	}

	/**
	 * Builds the executor with every command.
	 */
	private function build_commands(): void {
		// Called later: the executor does not exist yet.
		$names    = fn(): array => $this->executor->names();
		$commands = [
			new Status_Command( $this->connection, $this->settings, $this->schedule, new Environment(), $names, $this->outbox->report, $this->polling_state, $this->publisher, $this->acting_user ),
			new Structure_Command( $this->gatherer ),
			new Echo_Command(),
		];

		$content        = new Content_Commands( $this->outbox->tables, $this->outbox->recorder, $this->connection, $this->settings, $this->acting_user );
		$this->executor = new Executor( array_merge( $commands, $content->all() ), $this->log, $this->connection );
	}

	private function hook_admin(): void {
		$this->settings_page()->hook();
		$this->actions()->hook();
		$this->connect->hook_admin();
		( new Admin\Clone_Notice( $this->connection ) )->hook();
		( new Overdue( $this->schedule ) )->hook();
	}
}
