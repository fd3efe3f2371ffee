<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Doctor\Hook_Owners;
use Throwable;

/**
 * Finds the filter that changes a value on saving: runs each callback of the filters in question again, and compares.
 */
final class Culprit_Finder {

	/** Column => filters through which its value goes, in their order. */
	private const FILTERS = [
		'post_title'    => [ 'pre_post_title', 'title_save_pre' ],
		'post_content'  => [ 'pre_post_content', 'content_save_pre' ],
		'post_excerpt'  => [ 'pre_post_excerpt', 'excerpt_save_pre' ],
		'post_name'     => [ 'pre_post_name', 'name_save_pre', 'sanitize_title', 'pre_wp_unique_post_slug', 'wp_unique_post_slug' ],
		'post_status'   => [ 'pre_post_status', 'status_save_pre' ],
		'post_date_gmt' => [ 'pre_post_date_gmt', 'date_gmt_save_pre' ],
		'post_author'   => [ 'pre_post_author', 'author_save_pre' ],
		'post_parent'   => [ 'pre_post_parent', 'parent_save_pre', 'wp_insert_post_parent' ],
	];

	/** WordPress' own callback for slugs: what it changes is no alteration. */
	private const OWN = [ 'sanitize_title_with_dashes' ];

	/**
	 * @param string     $column Of the posts table.
	 * @param array|null $data   Columns as WordPress was about to write them, unslashed; null if not known.
	 */
	public function of_column( string $column, string $sent, ?array $data ): ?Culprit {
		foreach ( self::FILTERS[ $column ] ?? [] as $hook ) {
			foreach ( $this->callbacks( $hook ) as list( $callback, $count ) ) {
				$given = $this->answer( $callback, $count, wp_slash( $sent ), $sent, $sent );
				if ( is_scalar( $given ) && wp_slash( $sent ) !== (string) $given ) {
					return Culprit::of_callback( $callback, $hook );
				}
			}
		}
		$columns = wp_slash( array_merge( $data ?? [], [ $column => $sent ] ) );
		foreach ( null === $data ? [] : $this->callbacks( 'wp_insert_post_data' ) as list( $callback, $count ) ) {
			$given = $this->answer( $callback, $count, $columns, $columns, $columns, true );
			if ( is_array( $given ) && isset( $given[ $column ] ) && (string) $given[ $column ] !== wp_slash( $sent ) ) {
				return Culprit::of_callback( $callback, 'wp_insert_post_data' );
			}
		}
		return null;
	}

	/**
	 * @param mixed $value As sent.
	 */
	public function of_meta( string $key, $value, string $type ): ?Culprit {
		foreach ( [ "sanitize_post_meta_{$key}_for_{$type}", "sanitize_post_meta_{$key}" ] as $hook ) {
			foreach ( $this->callbacks( $hook ) as list( $callback, $count ) ) {
				if ( $this->answer( $callback, $count, $value, $key, 'post', $type ) !== $value ) {
					return Culprit::of_callback( $callback, $hook );
				}
			}
		}
		return null;
	}

	/**
	 * The only plugin or theme that uses one of these hooks. Not run again, because they act and not only filter.
	 *
	 * @param string[] $hooks Names.
	 */
	public function only_user_of( array $hooks ): ?Culprit {
		$owners = Hook_Owners::of( $hooks );
		foreach ( $hooks as $hook ) {
			if ( 1 === count( $owners ) && Hook_Owners::of( [ $hook ] ) === $owners ) {
				return new Culprit( $owners[0], $hook );
			}
		}
		return null;
	}

	/**
	 * @return array[] Callbacks in their order, with the number of arguments that they take; without this plugin's own.
	 */
	private function callbacks( string $hook ): array {
		global $wp_filter;

		$all = [];
		foreach ( isset( $wp_filter[ $hook ] ) ? $wp_filter[ $hook ]->callbacks : [] as $callbacks ) {
			foreach ( $callbacks as $callback ) {
				$function = $callback['function'];
				$is_ours  = is_array( $function ) && $function[0] instanceof Write_Guard;
				if ( ! $is_ours && ! in_array( $function, self::OWN, true ) ) {
					$all[] = [ $function, (int) $callback['accepted_args'] ];
				}
			}
		}
		return $all;
	}

	/**
	 * @param int   $count   Number of arguments that it takes.
	 * @param mixed ...$args Of the callback.
	 * @return mixed Its result; the first argument if it fails.
	 */
	private function answer( callable $callback, int $count, ...$args ) {
		try {
			return $callback( ...array_slice( $args, 0, $count ) );
		} catch ( Throwable $error ) {
			return $args[0];
		}
	}
}
