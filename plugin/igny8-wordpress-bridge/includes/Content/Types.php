<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Support\Settings;

/**
 * Types that are synced: every public one that the owner allows, whether or not it is in WordPress' REST API.
 */
final class Types {

	public const ATTACHMENT = 'attachment';

	/** Status of a post that was never saved. */
	public const UNSAVED = 'auto-draft';

	private Settings $settings;

	public function __construct( Settings $settings ) {
		$this->settings = $settings;
	}

	public function is_public( string $type ): bool {
		$object = get_post_type_object( $type );
		return null !== $object && (bool) $object->public;
	}

	/**
	 * Whether posts of a type are synced.
	 */
	public function is_synced( string $type ): bool {
		return $this->is_public( $type ) && ! $this->settings->is_denied( 'post_types', $type );
	}

	/**
	 * @throws Command_Failure `unknown_type`, `type_denied`.
	 */
	public function check( string $type ): void {
		if ( ! $this->is_public( $type ) ) {
			/* translators: %s: slug of a post type. */
			Command_Failure::raise( 'unknown_type', sprintf( __( 'This site has no public post type “%s”.', 'igny8-wordpress-bridge' ), $type ) );
		}
		$this->check_allowed( 'post_types', $type );
	}

	/**
	 * @throws Command_Failure `type_denied`.
	 */
	public function check_allowed( string $kind, string $slug ): void {
		if ( $this->settings->is_denied( $kind, $slug ) ) {
			/* translators: %s: slug of a post type or taxonomy. */
			Command_Failure::raise( 'type_denied', sprintf( __( 'The owner of this site has switched off “%s” for IGNY8.', 'igny8-wordpress-bridge' ), $slug ) );
		}
	}

	/**
	 * @throws Command_Failure `unknown_type`, `type_denied`.
	 */
	public function check_taxonomy( string $taxonomy ): void {
		$object = get_taxonomy( $taxonomy );
		if ( false === $object || ! $object->public ) {
			/* translators: %s: slug of a taxonomy. */
			Command_Failure::raise( 'unknown_type', sprintf( __( 'This site has no public taxonomy “%s”.', 'igny8-wordpress-bridge' ), $taxonomy ) );
		}
		$this->check_allowed( 'taxonomies', $taxonomy );
	}

	/**
	 * Public taxonomies of a type.
	 *
	 * @return string[] Sorted.
	 */
	public function taxonomies( string $type ): array {
		$names = [];
		foreach ( get_object_taxonomies( $type, 'objects' ) as $name => $taxonomy ) {
			if ( $taxonomy->public ) {
				$names[] = (string) $name;
			}
		}
		sort( $names, SORT_STRING );
		return $names;
	}

	/**
	 * Whether wp-admin counts a post under "All". It leaves out the trash, and statuses that their plugin hides there.
	 */
	public static function is_listed( string $type, string $status ): bool {
		return self::ATTACHMENT === $type
			? 'trash' !== $status
			: ! isset( self::unlisted_statuses()[ $status ] );
	}

	/**
	 * @return array<string, string> Keyed by status: those that wp-admin leaves out of "All".
	 */
	public static function unlisted_statuses(): array {
		return get_post_stati( [ 'show_in_admin_all_list' => false ] );
	}

	/**
	 * Whether WordPress moves posts of a type to the trash. Without one, it would delete them.
	 */
	public static function has_trash( string $type ): bool {
		return EMPTY_TRASH_DAYS && ( self::ATTACHMENT !== $type || MEDIA_TRASH );
	}

	/**
	 * The status on the wire. Attachments have `inherit`, which is sent as `publish`.
	 */
	public static function wire_status( string $status ): string {
		return 'inherit' === $status ? 'publish' : $status;
	}
}
