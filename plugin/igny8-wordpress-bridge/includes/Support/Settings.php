<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

defined( 'ABSPATH' ) || exit;

/**
 * Settings of the settings page.
 */
final class Settings {

	public const OPTION = 'igny8_settings';

	public const KINDS = [ 'post_types', 'taxonomies' ];

	/** Synced with the content that uses them, so off until the owner switches them on. */
	private const OFF_BY_DEFAULT = [ 'attachment', 'post_format' ];

	private Stored_Option $option;

	public function __construct() {
		$this->option = new Stored_Option( self::OPTION );
	}

	public function is_sync_enabled(): bool {
		return (bool) ( $this->option->all()['sync_enabled'] ?? true );
	}

	public function is_two_way_enabled(): bool {
		return (bool) ( $this->option->all()['two_way_enabled'] ?? true );
	}

	/**
	 * Whether the owner does not let IGNY8 read or write a type. Versions before this choice stored one per type; there, an
	 * unticked type that is off by default anyway was no decision.
	 *
	 * @param string $kind One of KINDS.
	 */
	public function is_denied( string $kind, string $slug ): bool {
		$all      = $this->option->all();
		$unticked = false === ( $all[ $kind ][ $slug ] ?? null ) && ! in_array( $slug, self::OFF_BY_DEFAULT, true );
		return (bool) ( $all['denied'][ $kind ][ $slug ] ?? $unticked );
	}

	/**
	 * What IGNY8 does with a type until an editor there decides.
	 *
	 * @param string $kind One of KINDS.
	 */
	public function is_type_enabled( string $kind, string $slug ): bool {
		$is_default = ! in_array( $slug, self::OFF_BY_DEFAULT, true ) || true === ( $this->option->all()[ $kind ][ $slug ] ?? null );
		return $is_default && ! $this->is_denied( $kind, $slug );
	}

	/**
	 * Keeps the decision about types that aren't listed, for example while their plugin is off.
	 *
	 * @param string              $kind    One of KINDS.
	 * @param array<string, bool> $allowed Slug => whether IGNY8 may sync it.
	 */
	public function save_allowed( string $kind, array $allowed ): void {
		if ( ! in_array( $kind, self::KINDS, true ) ) {
			return;
		}
		$denied          = $this->option->all()['denied'] ?? [];
		$denied[ $kind ] = array_map(
			static function ( bool $is_allowed ): bool {
				return ! $is_allowed;
			},
			$allowed
		) + ( $denied[ $kind ] ?? [] );
		$this->option->save( [ 'denied' => $denied ] );
	}

	public function save_switches( bool $sync_enabled, bool $two_way_enabled ): void {
		$this->option->save(
			[
				'sync_enabled'    => $sync_enabled,
				'two_way_enabled' => $two_way_enabled,
			]
		);
	}

	/**
	 * Keeps the choice of types that aren't listed, for example while their plugin is off.
	 *
	 * @param string              $kind    One of KINDS.
	 * @param array<string, bool> $choices Slug => enabled.
	 */
	public function save_types( string $kind, array $choices ): void {
		if ( in_array( $kind, self::KINDS, true ) ) {
			$this->option->save( [ $kind => $choices + ( $this->option->all()[ $kind ] ?? [] ) ] );
		}
	}
}
