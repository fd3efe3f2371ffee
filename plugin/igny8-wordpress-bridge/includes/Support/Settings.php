<?php

declare(strict_types=1);

namespace Igny8\Bridge\Support;

/**
 * What the owner has chosen on the settings page.
 */
final class Settings {

	public const OPTION = 'igny8_settings';

	public const KINDS = [ 'post_types', 'taxonomies' ];

	/** Public to WordPress, yet carried along with the content that uses them: off until somebody asks for them. */
	private const OFF_BY_DEFAULT = [ 'attachment', 'post_format' ];

	public function is_sync_enabled(): bool {
		return (bool) ( $this->all()['sync_enabled'] ?? true );
	}

	public function is_two_way_enabled(): bool {
		return (bool) ( $this->all()['two_way_enabled'] ?? true );
	}

	/**
	 * @param string $kind One of KINDS.
	 */
	public function is_type_enabled( string $kind, string $slug ): bool {
		$choices = $this->all()[ $kind ] ?? [];
		return (bool) ( $choices[ $slug ] ?? ! in_array( $slug, self::OFF_BY_DEFAULT, true ) );
	}

	public function save_switches( bool $sync_enabled, bool $two_way_enabled ): void {
		$this->save(
			[
				'sync_enabled'    => $sync_enabled,
				'two_way_enabled' => $two_way_enabled,
			]
		);
	}

	/**
	 * Types that aren't listed keep their choice: a plugin which is off for a day must not lose it.
	 *
	 * @param string              $kind    One of KINDS.
	 * @param array<string, bool> $choices Slug => enabled.
	 */
	public function save_types( string $kind, array $choices ): void {
		if ( in_array( $kind, self::KINDS, true ) ) {
			$this->save( [ $kind => $choices + ( $this->all()[ $kind ] ?? [] ) ] );
		}
	}

	private function all(): array {
		$settings = get_option( self::OPTION, [] );
		return is_array( $settings ) ? $settings : [];
	}

	private function save( array $changes ): void {
		update_option( self::OPTION, array_merge( $this->all(), $changes ), true );
	}
}
