<?php

declare(strict_types=1);

namespace Igny8\Bridge\Panel;

defined( 'ABSPATH' ) || exit;

/**
 * How a post stands with IGNY8, in words. The colour adds nothing to them.
 */
final class Item_State {

	public const NOT_CONNECTED = 'not_connected';

	public const PAUSED = 'paused';

	public const TYPE_DENIED = 'type_denied';

	public const LEFT_ALONE = 'left_alone';

	public const UNSAVED = 'unsaved';

	public const UNKNOWN = 'unknown';

	public const NOT_THERE = 'not_there';

	public const SENDING = 'sending';

	public const SYNCED = 'synced';

	public const COMING = 'coming';

	public const HELD_BACK = 'held_back';

	public const CONFLICT = 'conflict';

	public const FAILED = 'failed';

	/** States that are over in a moment. */
	public const PASSING = [ self::SENDING, self::COMING ];

	/**
	 * Of an item that could be asked for.
	 *
	 * @param array|null $item       As the API lists it; null if IGNY8 has none.
	 * @param bool       $is_waiting Whether a change waits to be sent there.
	 */
	public static function of( ?array $item, bool $is_waiting ): string {
		if ( null === $item ) {
			return $is_waiting ? self::SENDING : self::NOT_THERE;
		}
		$state = $item['state'] ?? '';
		if ( 'local_ahead' === $state ) {
			return 'post_locked' === ( $item['error']['code'] ?? '' ) ? self::HELD_BACK : self::COMING;
		}
		if ( in_array( $state, [ self::CONFLICT, self::FAILED ], true ) ) {
			return $state;
		}
		return $is_waiting || 'external_ahead' === $state || ! empty( $item['left_alone'] ) ? self::SENDING : self::SYNCED;
	}

	public static function label( string $state ): string {
		$labels = [
			self::NOT_CONNECTED => __( 'Not connected', 'igny8-wordpress-bridge' ),
			self::PAUSED        => __( 'On hold', 'igny8-wordpress-bridge' ),
			self::TYPE_DENIED   => __( 'Not synced', 'igny8-wordpress-bridge' ),
			self::LEFT_ALONE    => __( 'Left alone', 'igny8-wordpress-bridge' ),
			self::UNSAVED       => __( 'Not saved yet', 'igny8-wordpress-bridge' ),
			self::UNKNOWN       => __( 'Not known', 'igny8-wordpress-bridge' ),
			self::NOT_THERE     => __( 'Not in IGNY8 yet', 'igny8-wordpress-bridge' ),
			self::SENDING       => __( 'On its way to IGNY8', 'igny8-wordpress-bridge' ),
			self::SYNCED        => __( 'In sync', 'igny8-wordpress-bridge' ),
			self::COMING        => __( 'Changed in IGNY8', 'igny8-wordpress-bridge' ),
			self::HELD_BACK     => __( 'IGNY8 waits', 'igny8-wordpress-bridge' ),
			self::CONFLICT      => __( 'Conflict', 'igny8-wordpress-bridge' ),
			self::FAILED        => __( 'Failed', 'igny8-wordpress-bridge' ),
		];
		return $labels[ $state ] ?? $labels[ self::UNKNOWN ];
	}

	/**
	 * One or two sentences; '' where there is more to say than the state.
	 */
	public static function text( string $state ): string {
		$texts = [
			self::NOT_CONNECTED => __( 'This site is not connected to IGNY8.', 'igny8-wordpress-bridge' ),
			self::TYPE_DENIED   => __( 'Content of this kind is switched off for IGNY8 on this site.', 'igny8-wordpress-bridge' ),
			self::UNSAVED       => __( 'IGNY8 gets it once it is saved.', 'igny8-wordpress-bridge' ),
			self::NOT_THERE     => __( 'It comes with the next sync, or now if you press “Sync now”.', 'igny8-wordpress-bridge' ),
			self::SENDING       => __( 'Your last change reaches IGNY8 in a moment.', 'igny8-wordpress-bridge' ),
			self::SYNCED        => __( 'WordPress and IGNY8 have the same version.', 'igny8-wordpress-bridge' ),
			self::COMING        => __( 'The change is written here in a moment.', 'igny8-wordpress-bridge' ),
			self::HELD_BACK     => __( 'IGNY8 has a newer version. It is written as soon as nobody has this post open.', 'igny8-wordpress-bridge' ),
		];
		return $texts[ $state ] ?? '';
	}

	/**
	 * @return string good, busy, bad or none: the colour of the dot.
	 */
	public static function tone( string $state ): string {
		$tones = [
			self::PAUSED    => 'bad',
			self::SENDING   => 'busy',
			self::SYNCED    => 'good',
			self::COMING    => 'busy',
			self::HELD_BACK => 'busy',
			self::CONFLICT  => 'bad',
			self::FAILED    => 'bad',
		];
		return $tones[ $state ] ?? 'none';
	}
}
