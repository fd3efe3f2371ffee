<?php

declare(strict_types=1);

namespace Igny8\Bridge\Acting;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Support\Config;
use Igny8\Bridge\Support\Failure;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Stored_Option;
use WP_User;

/**
 * Decides as whom the plugin writes: the user in wp-config.php, else the chosen one, else the person who connected, else
 * the first administrator. A decision stays when its user is deleted or demoted; nobody takes their place silently.
 */
final class User_Choice {

	public const OPTION = 'igny8_acting_user';

	private const DEFAULTS = [
		'chosen'    => null,
		'connected' => null,
	];

	private Config $config;

	private Log $log;

	private Stored_Option $option;

	public function __construct( Config $config, Log $log ) {
		$this->config = $config;
		$this->log    = $log;
		$this->option = new Stored_Option( self::OPTION, self::DEFAULTS );
	}

	public function current(): Chosen_User {
		$constant = $this->config->acting_user();
		if ( '' !== $constant ) {
			return new Chosen_User( Chosen_User::CONSTANT, self::find( $constant ), $constant );
		}
		foreach ( [ 'chosen' => Chosen_User::CHOSEN, 'connected' => Chosen_User::CONNECTED ] as $key => $source ) {
			$stored = $this->option->all()[ $key ];
			if ( is_array( $stored ) ) {
				return new Chosen_User( $source, self::by_id( (int) ( $stored['id'] ?? 0 ) ), (string) ( $stored['name'] ?? '' ) );
			}
		}
		return new Chosen_User( Chosen_User::FALLBACK, self::by_id( ( new First_Administrator() )->id() ), '' );
	}

	/**
	 * Whether wp-config.php decides, so that nothing else can.
	 */
	public function is_fixed(): bool {
		return '' !== $this->config->acting_user();
	}

	/**
	 * @param WP_User|null $user Null takes the choice back.
	 * @throws Failure `acting_user_fixed`, `acting_user_unusable`, `acting_user_too_powerful`.
	 */
	public function choose( ?WP_User $user ): void {
		if ( $this->is_fixed() ) {
			Failure::raise(
				'acting_user_fixed',
				__( 'The constant IGNY8_ACTING_USER in wp-config.php sets the user.', 'igny8-wordpress-bridge' ),
				__( 'Change or remove the constant.', 'igny8-wordpress-bridge' )
			);
		}
		if ( null !== $user ) {
			$this->check( $user );
		}
		$this->store( 'chosen', $user );
	}

	/**
	 * @param int $user_id Who pressed Connect; 0 if nobody did.
	 */
	public function connected_by( int $user_id ): void {
		$user = self::by_id( $user_id );
		if ( null !== $user ) {
			$this->store( 'connected', $user );
		}
	}

	/**
	 * At the end of the connection.
	 */
	public function clear(): void {
		$this->option->clear();
	}

	/**
	 * @param string $text Id or login.
	 */
	public static function find( string $text ): ?WP_User {
		$user = get_user_by( 'login', $text );
		if ( false === $user && ctype_digit( $text ) ) {
			return self::by_id( (int) $text );
		}
		return false === $user ? null : $user;
	}

	private static function by_id( int $id ): ?WP_User {
		$user = $id > 0 ? get_userdata( $id ) : false;
		return false === $user ? null : $user;
	}

	/**
	 * @throws Failure `acting_user_unusable`, `acting_user_too_powerful`.
	 */
	private function check( WP_User $user ): void {
		$chosen = new Chosen_User( Chosen_User::CHOSEN, $user, '' );
		if ( '' !== $chosen->problem() ) {
			Failure::raise( 'acting_user_unusable', $chosen->reason(), __( 'Choose a user who may edit posts.', 'igny8-wordpress-bridge' ) );
		}
		// Else the administrator of one site could write through IGNY8 what only the network's administrator may. The
		// command line has no user, and all rights already.
		$chooser = get_current_user_id();
		if ( $chooser > 0 && $chooser !== (int) $user->ID && is_super_admin( $user->ID ) && ! is_super_admin( $chooser ) ) {
			Failure::raise(
				'acting_user_too_powerful',
				/* translators: %s: name of a user. */
				sprintf( __( '%s has more rights than you.', 'igny8-wordpress-bridge' ), $chosen->full_name() ),
				__( 'Choose another user, or ask that user to do it.', 'igny8-wordpress-bridge' )
			);
		}
	}

	/**
	 * @param string $key Of DEFAULTS.
	 */
	private function store( string $key, ?WP_User $user ): void {
		$before = $this->current();
		$this->option->save(
			[
				$key => null === $user ? null : [
					'id'   => (int) $user->ID,
					'name' => User_Name::shown( $user ),
				],
			]
		);
		$after = $this->current();
		if ( $before->id() !== $after->id() || $before->source() !== $after->source() ) {
			/* translators: 1: name of a user, 2: how the user was decided, for example "chosen". */
			$this->log->info( 'acting_user_changed', sprintf( __( 'IGNY8 now writes as %1$s: %2$s.', 'igny8-wordpress-bridge' ), $after->full_name(), $after->source_text() ) );
			/**
			 * Fires when IGNY8 begins to write as another user. `status` reports the user to the API.
			 *
			 * @param int    $after  Id of the user.
			 * @param int    $before Id of the user until now; 0 for none.
			 * @param string $source One of the constants of Chosen_User.
			 */
			do_action( 'igny8_acting_user_changed', $after->id(), $before->id(), $after->source() );
		}
	}
}
