<?php

declare(strict_types=1);

namespace Igny8\Bridge\Structure;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Acting\Writers;
use Igny8\Bridge\Content\Types;
use Igny8\Bridge\Support\Log;
use Igny8\Bridge\Support\Settings;

/**
 * Gathers every public post type and taxonomy, including those that are not in WordPress' REST API.
 */
final class Gatherer {

	/** Limit of the API. */
	public const MOST_TYPES = 500;

	private const SLUG = '/^[a-z0-9_-]{1,32}\z/';

	private Settings $settings;

	private Counter $counter;

	private Log $log;

	public function __construct( Settings $settings, Counter $counter, Log $log ) {
		$this->settings = $settings;
		$this->counter  = $counter;
		$this->log      = $log;
	}

	/**
	 * @return array{post_types: array, taxonomies: array, plugin_connection_enabled: bool, two_way_sync_enabled: bool, authors: array<int, array{id: int, name: string}>, timezone: string}
	 */
	public function gather(): array {
		$post_types = $this->post_types();
		return [
			'post_types'                => $post_types,
			'taxonomies'                => $this->taxonomies( $post_types ),
			'plugin_connection_enabled' => $this->settings->is_sync_enabled(),
			'two_way_sync_enabled'      => $this->settings->is_two_way_enabled(),
			'authors'                   => ( new Writers() )->listed(),
			'timezone'                  => wp_timezone_string(),
		];
	}

	/**
	 * Casts to objects, because PHP encodes an empty map, or one with keys 0, 1, as a JSON list.
	 *
	 * @param array $structure From gather().
	 */
	public static function for_json( array $structure ): array {
		$structure['post_types'] = (object) $structure['post_types'];
		$structure['taxonomies'] = (object) $structure['taxonomies'];
		return $structure;
	}

	/**
	 * @return array<string, array{label: string, count: int, enabled: bool, denied: bool, has_trash: bool}>
	 */
	private function post_types(): array {
		$found = [];
		foreach ( $this->usable( get_post_types( [ 'public' => true ], 'objects' ), 'post_types' ) as $slug => $type ) {
			$slug           = (string) $slug;
			$found[ $slug ] = [
				'label'     => Label::clean( (string) $type->label, $slug ),
				'count'     => $this->counter->posts( $slug ),
				'enabled'   => $this->settings->is_type_enabled( 'post_types', $slug ),
				'denied'    => $this->settings->is_denied( 'post_types', $slug ),
				'has_trash' => Types::has_trash( $slug ),
			];
		}
		return $found;
	}

	/**
	 * @param array $post_types Post types that are sent.
	 * @return array<string, array{label: string, count: int, enabled: bool, denied: bool, post_types: string[]}>
	 */
	private function taxonomies( array $post_types ): array {
		$known = array_map( 'strval', array_keys( $post_types ) );
		$found = [];
		foreach ( $this->usable( get_taxonomies( [ 'public' => true ], 'objects' ), 'taxonomies' ) as $slug => $taxonomy ) {
			$slug           = (string) $slug;
			$found[ $slug ] = [
				'label'      => Label::clean( (string) $taxonomy->label, $slug ),
				'count'      => $this->counter->terms( $slug ),
				'enabled'    => $this->settings->is_type_enabled( 'taxonomies', $slug ),
				'denied'     => $this->settings->is_denied( 'taxonomies', $slug ),
				'post_types' => array_values( array_intersect( array_map( 'strval', (array) $taxonomy->object_type ), $known ) ),
			];
		}
		return $found;
	}

	/**
	 * Leaves out and logs types that the API would refuse, so that one invalid type does not block the others.
	 *
	 * @param array<string, object> $types Slug => type as registered.
	 */
	private function usable( array $types, string $kind ): array {
		$usable = [];
		$odd    = [];
		foreach ( $types as $slug => $type ) {
			if ( 1 === preg_match( self::SLUG, (string) $slug ) && count( $usable ) < self::MOST_TYPES ) {
				$usable[ $slug ] = $type;
			} else {
				$odd[] = (string) $slug;
			}
		}

		if ( [] !== $odd ) {
			/* translators: %s: list of slugs. */
			$text = __( 'Left out, because IGNY8 does not accept these names or this many types: %s', 'igny8-wordpress-bridge' );
			$this->log->warning( $kind . '_left_out', sprintf( $text, implode( ', ', array_slice( $odd, 0, 20 ) ) ) );
		}
		if ( [] === $usable ) {
			/* translators: %s: post_types or taxonomies. */
			$this->log->warning( 'no_' . $kind, sprintf( __( 'This site has no public %s.', 'igny8-wordpress-bridge' ), $kind ) );
		}
		return $usable;
	}
}
