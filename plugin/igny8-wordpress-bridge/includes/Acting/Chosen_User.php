<?php

declare(strict_types=1);

namespace Igny8\Bridge\Acting;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use WP_User;

/**
 * The user as whom the plugin writes, and where that was decided. The user may have been deleted or demoted since: then
 * nothing is written, because another user's rights were never agreed to.
 */
final class Chosen_User {

	/** IGNY8_ACTING_USER in wp-config.php. */
	public const CONSTANT = 'constant';

	/** Chosen on the settings page or by WP-CLI. */
	public const CHOSEN = 'chosen';

	/** The person who connected the site. */
	public const CONNECTED = 'connected';

	/** Nobody was chosen, and no person connected the site. */
	public const FALLBACK = 'first_administrator';

	public const MISSING = 'missing';

	public const UNABLE = 'unable';

	private string $source;

	private ?WP_User $user;

	private string $known_as;

	/**
	 * @param WP_User|null $user     Null if the site has no such user.
	 * @param string       $known_as Name or login when the user was chosen, to name one who is gone.
	 */
	public function __construct( string $source, ?WP_User $user, string $known_as ) {
		$this->source   = $source;
		$this->user     = $user;
		$this->known_as = $known_as;
	}

	/**
	 * One of the constants.
	 */
	public function source(): string {
		return $this->source;
	}

	/**
	 * 0 if there is none.
	 */
	public function id(): int {
		return null === $this->user ? 0 : (int) $this->user->ID;
	}

	public function user(): ?WP_User {
		return $this->user;
	}

	/**
	 * As wp-admin shows the user, without an e-mail address in it.
	 */
	public function name(): string {
		return null === $this->user ? $this->known_as : User_Name::shown( $this->user );
	}

	/**
	 * Name and login, for administrators and in reasons.
	 */
	public function full_name(): string {
		return null === $this->user || $this->user->user_login === $this->name() ? $this->name() : $this->name() . ' (' . $this->user->user_login . ')';
	}

	/**
	 * MISSING, UNABLE, or '' if the user can write posts of at least one type.
	 */
	public function problem(): string {
		if ( null === $this->user ) {
			return self::MISSING;
		}
		return User_Rights::can_write_any( $this->user ) ? '' : self::UNABLE;
	}

	/**
	 * Why this user can't write, as a whole sentence; '' if they can.
	 */
	public function reason(): string {
		switch ( $this->problem() ) {
			case self::MISSING:
				return '' === $this->known_as
					? __( 'This site has no administrator as whom IGNY8 could write.', 'igny8-wordpress-bridge' )
					/* translators: %s: name of a user. */
					: sprintf( __( 'IGNY8 writes as the user “%s”, who no longer exists on this site.', 'igny8-wordpress-bridge' ), $this->known_as );
			case self::UNABLE:
				/* translators: %s: name of a user. */
				return sprintf( __( 'IGNY8 writes as %s, who may not edit posts of any type on this site.', 'igny8-wordpress-bridge' ), $this->full_name() );
			default:
				return '';
		}
	}

	/**
	 * @throws Command_Failure `acting_user_unusable`.
	 */
	public function assert_usable(): void {
		$reason = $this->reason();
		if ( '' !== $reason ) {
			Command_Failure::raise( 'acting_user_unusable', $reason . ' ' . __( 'Choose another user under Settings → IGNY8.', 'igny8-wordpress-bridge' ) );
		}
	}

	/**
	 * How the user was decided, for people.
	 */
	public function source_text(): string {
		$texts = [
			self::CONSTANT  => __( 'set in wp-config.php (IGNY8_ACTING_USER)', 'igny8-wordpress-bridge' ),
			self::CHOSEN    => __( 'chosen', 'igny8-wordpress-bridge' ),
			self::CONNECTED => __( 'connected this site', 'igny8-wordpress-bridge' ),
			self::FALLBACK  => __( 'the first administrator, because nobody was chosen', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $this->source ] ?? $this->source;
	}

	/**
	 * As `status` reports it. No login and no e-mail address: IGNY8 needs neither.
	 *
	 * @return array<string, mixed>
	 */
	public function to_array(): array {
		return [
			'id'              => 0 === $this->id() ? null : $this->id(),
			'name'            => $this->name(),
			'source'          => $this->source,
			'problem'         => '' === $this->problem() ? null : $this->problem(),
			'unfiltered_html' => null !== $this->user && user_can( $this->user, 'unfiltered_html' ),
		];
	}
}
