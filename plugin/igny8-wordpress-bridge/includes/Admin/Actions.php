<?php

declare(strict_types=1);

namespace Igny8\Bridge\Admin;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\User_Choice;
use Igny8\Bridge\Connection\Clone_Choices;
use Igny8\Bridge\Connection\Connector;
use Igny8\Bridge\Connection\Credentials;
use Igny8\Bridge\Connection\Disconnector;
use Igny8\Bridge\Connection\Outcome;
use Igny8\Bridge\Connection\Server_Choice;
use Igny8\Bridge\Doctor\Doctor;
use Igny8\Bridge\Structure\Sync_Now;
use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Settings;

/**
 * Handles the buttons of the settings page: checks capability and nonce, runs the action, redirects back.
 */
final class Actions {

	public const CONNECT = 'igny8_connect';

	public const DISCONNECT = 'igny8_disconnect';

	public const RETRY = 'igny8_retry';

	public const SAVE = 'igny8_save';

	public const SYNC = 'igny8_sync';

	public const DIAGNOSE = 'igny8_diagnose';

	public const ACTING_USER = 'igny8_acting_user';

	public const SERVER = 'igny8_server';

	public const CLONE_MOVED = 'igny8_clone_moved';

	public const CLONE_COPY = 'igny8_clone_copy';

	public const CLONE_ALIAS = 'igny8_clone_alias';

	public const ALL = [ self::CONNECT, self::DISCONNECT, self::RETRY, self::SAVE, self::SYNC, self::DIAGNOSE, self::ACTING_USER, self::SERVER, self::CLONE_MOVED, self::CLONE_COPY, self::CLONE_ALIAS ];

	private const CHOICES = [
		self::CLONE_MOVED => Clone_Choices::MOVED,
		self::CLONE_COPY  => Clone_Choices::COPY,
		self::CLONE_ALIAS => Clone_Choices::ALIAS,
	];

	private Connector $connector;

	private Disconnector $disconnector;

	private Sync_Now $sync;

	private Settings $settings;

	private Config $config;

	private Notices $notices;

	private Clone_Choices $choices;

	private Doctor $doctor;

	private User_Choice $acting_user;

	private Server_Choice $server;

	public function __construct( Connector $connector, Disconnector $disconnector, Sync_Now $sync, Settings $settings, Config $config, Notices $notices, Clone_Choices $choices, Doctor $doctor, User_Choice $acting_user, Server_Choice $server ) {
		$this->connector    = $connector;
		$this->disconnector = $disconnector;
		$this->sync         = $sync;
		$this->settings     = $settings;
		$this->config       = $config;
		$this->notices      = $notices;
		$this->choices      = $choices;
		$this->doctor       = $doctor;
		$this->acting_user  = $acting_user;
		$this->server       = $server;
	}

	public function hook(): void {
		foreach ( self::ALL as $action ) {
			add_action( 'admin_post_' . $action, [ $this, 'handle' ] );
		}
	}

	/**
	 * Ends the request.
	 */
	public function handle(): void {
		$action = substr( (string) current_action(), strlen( 'admin_post_' ) );
		if ( ! current_user_can( Settings_Page::CAPABILITY ) ) {
			wp_die( esc_html__( 'You are not allowed to do this.', 'igny8-wordpress-bridge' ), '', [ 'response' => 403 ] );
		}
		check_admin_referer( $action );

		$actions = [
			self::CONNECT    => [ $this, 'connect' ],
			self::DISCONNECT => [ $this, 'disconnect' ],
			self::RETRY      => [ $this, 'retry' ],
			self::SAVE       => [ $this, 'save' ],
			self::SYNC       => [ $this, 'sync' ],
			self::DIAGNOSE   => [ $this, 'diagnose' ],
			self::ACTING_USER => [ $this, 'choose_acting_user' ],
			self::SERVER     => [ $this, 'choose_server' ],
		];
		if ( isset( self::CHOICES[ $action ] ) ) {
			$this->choose( self::CHOICES[ $action ] );
		} else {
			$actions[ $action ]();
		}

		wp_safe_redirect( Settings_Page::url() . ( self::DIAGNOSE === $action ? '#igny8-doctor' : '' ) );
		exit;
	}

	private function connect(): void {
		$credentials = $this->config->is_unattended()
			? Credentials::of_key( $this->config->api_key() )
			: new Credentials( sanitize_email( $this->posted( 'igny8_email' ) ), $this->posted( 'igny8_password' ), $this->posted( 'igny8_api_key' ) );
		$this->show_outcome( $this->connector->connect( $credentials, false, get_current_user_id() ) );
	}

	private function retry(): void {
		$outcome = $this->connector->retry( $this->config->is_unattended() );
		if ( null !== $outcome ) {
			$this->show_outcome( $outcome );
		}
	}

	private function disconnect(): void {
		$failure = $this->disconnector->disconnect();
		if ( null === $failure ) {
			$this->notices->success( __( 'Disconnected', 'igny8-wordpress-bridge' ), __( 'The API key has been deleted from this site.', 'igny8-wordpress-bridge' ) );
			return;
		}
		$this->notices->failure( __( 'Disconnected on this site, but IGNY8 could not be reached. Delete the integration there too', 'igny8-wordpress-bridge' ), $failure, 'warning' );
	}

	private function save(): void {
		$this->settings->save_switches( '' !== $this->posted( 'igny8_sync_enabled' ), '' !== $this->posted( 'igny8_two_way_enabled' ) );
		foreach ( Settings::KINDS as $kind ) {
			$this->settings->save_allowed( $kind, $this->posted_choices( 'igny8_' . $kind ) );
		}
		$this->notices->success( __( 'Settings saved', 'igny8-wordpress-bridge' ) );

		try {
			$this->sync->push_if_connected();
		} catch ( Failure $failure ) {
			$this->notices->failure( __( 'The settings could not be sent to IGNY8 yet', 'igny8-wordpress-bridge' ), $failure, 'warning' );
		}
	}

	private function sync(): void {
		try {
			$done = $this->sync->run();
		} catch ( Failure $failure ) {
			$this->notices->failure( __( 'Sync failed', 'igny8-wordpress-bridge' ), $failure );
			return;
		}

		$text = sprintf(
			/* translators: 1: number of post types, 2: number of taxonomies, 3: what the sync does, for example "about to start". */
			__( 'IGNY8 received %1$d post types and %2$d taxonomies. The sync of their content: %3$s. Its result appears below as “Last sync”.', 'igny8-wordpress-bridge' ),
			$done['post_types'],
			$done['taxonomies'],
			Sync_Facts::describe( $done['run'] )
		);
		$this->notices->success( __( 'Sync started', 'igny8-wordpress-bridge' ), $text );
	}

	private function diagnose(): void {
		( new Doctor_Reports() )->keep( $this->doctor->examine() );
	}

	private function choose_acting_user(): void {
		$id   = (int) $this->posted( 'igny8_acting_user' );
		$user = $id > 0 ? get_userdata( $id ) : null;
		try {
			if ( false === $user ) {
				Failure::raise( 'acting_user_unusable', __( 'This user does not exist.', 'igny8-wordpress-bridge' ), __( 'Reload the page and choose another user.', 'igny8-wordpress-bridge' ) );
			}
			$this->acting_user->choose( $user );
			/* translators: %s: name of a user. */
			$this->notices->success( sprintf( __( 'IGNY8 now writes as %s', 'igny8-wordpress-bridge' ), $this->acting_user->current()->full_name() ) );
		} catch ( Failure $failure ) {
			$this->notices->failure( __( 'Nothing has changed', 'igny8-wordpress-bridge' ), $failure );
		}
	}

	private function choose_server(): void {
		try {
			$failure = $this->server->choose( $this->posted( 'igny8_server' ), '1' === $this->posted( 'igny8_server_confirmed' ) );
		} catch ( Failure $refused ) {
			$this->notices->failure( __( 'Nothing has changed', 'igny8-wordpress-bridge' ), $refused );
			return;
		}
		$this->notices->success( __( 'The server has changed', 'igny8-wordpress-bridge' ), __( 'Connect with an API key of that server.', 'igny8-wordpress-bridge' ) );
		if ( null !== $failure ) {
			$this->notices->failure( __( 'The server before could not be reached. Delete the integration there too', 'igny8-wordpress-bridge' ), $failure, 'warning' );
		}
	}

	private function choose( string $choice ): void {
		try {
			$this->choices->choose( $choice );
			$this->notices->success( $this->choices->outcome( $choice ) );
		} catch ( Failure $failure ) {
			$this->notices->failure( __( 'Nothing has changed', 'igny8-wordpress-bridge' ), $failure );
		}
	}

	private function show_outcome( Outcome $outcome ): void {
		$failure = $outcome->failure();
		if ( Outcome::CONNECTED === $outcome->kind() ) {
			$this->notices->success( $outcome->title(), null === $failure ? __( 'The content types have been sent to IGNY8.', 'igny8-wordpress-bridge' ) : '' );
			if ( null !== $failure ) {
				$this->notices->failure( __( 'The content types could not be sent yet. The plugin tries again automatically', 'igny8-wordpress-bridge' ), $failure, 'warning' );
			}
		} elseif ( null !== $failure && Outcome::WAITING === $outcome->kind() ) {
			/* translators: %s: date and time. */
			$text   = __( 'The API key is stored encrypted, and the plugin tries again automatically. Next try: %s.', 'igny8-wordpress-bridge' );
			$reason = Outcome::NEEDS_CONFIRMATION === $failure->reason() ? $failure->advice() : $failure->detail();
			$this->notices->warning( $outcome->title(), rtrim( $reason, '.' ) . '. ' . sprintf( $text, Status_Panel::when( $outcome->next_at() ) ) );
		} elseif ( null !== $failure ) {
			$this->notices->failure( $outcome->title(), $failure );
		}
	}

	private function posted( string $name ): string {
		// handle() checks the nonce before it runs an action.
		$value = $_POST[ $name ] ?? '';
		return is_string( $value ) ? (string) wp_unslash( $value ) : '';
	}

	/**
	 * @return array<string, bool> Slug => allowed.
	 */
	private function posted_choices( string $name ): array {
		$choices = [];
		foreach ( (array) ( $_POST[ $name ] ?? [] ) as $slug => $value ) {
			$choices[ sanitize_key( (string) $slug ) ] = '1' === $value;
		}
		return $choices;
	}
}
