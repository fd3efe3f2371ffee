<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Doctor\Hook_Owners;
use wpdb;

/**
 * Sees which plugin writes into the tables of a post while a change is being written: on a hook, with WordPress'
 * functions or with SQL of its own. Only the last writer of each field is remembered.
 */
final class Write_Witness {

	/** Frames of a call stack; plugins nest hooks, but not deeper. */
	private const FRAMES = 60;

	/** @var array<string, array{table: string, needle: string}> Field => the table, and what a query about it contains. */
	private array $fields;

	/** @var array<string, Culprit> Field => last writer. */
	private array $writers = [];

	public function __construct( Change $change ) {
		global $wpdb;

		$columns = [
			'post_title'    => 'title',
			'post_content'  => 'body',
			'post_excerpt'  => 'excerpt',
			'post_name'     => 'slug',
			'post_status'   => 'status',
			'post_date_gmt' => 'date',
			'post_parent'   => 'parent',
			'post_author'   => 'author',
		];
		$fields  = [];
		foreach ( array_intersect_key( $columns, $change->columns ) as $column => $field ) {
			$fields[ $field ] = [ $wpdb->posts, $column ];
		}
		foreach ( array_keys( $change->meta ) as $key ) {
			$fields[ $change->name_of( (string) $key ) ] = [ $wpdb->postmeta, (string) $key ];
		}
		foreach ( array_keys( $change->terms ) as $taxonomy ) {
			$fields[ 'terms.' . $taxonomy ] = [ $wpdb->term_relationships, '' ];
		}
		$this->fields = array_map(
			static function ( array $of_field ): array {
				return [
					'table'  => $of_field[0],
					'needle' => $of_field[1],
				];
			},
			$fields
		);
	}

	/**
	 * @return mixed Result of $task.
	 */
	public function watch( callable $task ) {
		add_filter( 'query', [ $this, 'see' ], PHP_INT_MAX );
		try {
			return $task();
		} finally {
			remove_filter( 'query', [ $this, 'see' ], PHP_INT_MAX );
		}
	}

	/**
	 * @param mixed $query SQL.
	 * @return mixed The same.
	 */
	public function see( $query ) {
		$is_write = is_string( $query ) && 1 === preg_match( '/^\s*(?:UPDATE|INSERT|REPLACE|DELETE)\b/i', $query );
		foreach ( $is_write ? $this->fields : [] as $field => $of_field ) {
			if ( false === strpos( $query, $of_field['table'] ) || ( '' !== $of_field['needle'] && false === strpos( $query, $of_field['needle'] ) ) ) {
				continue;
			}
			$writer = $this->writer();
			if ( null !== $writer ) {
				$this->writers[ $field ] = $writer;
			}
		}
		return $query;
	}

	public function writer_of( string $field ): ?Culprit {
		return $this->writers[ $field ] ?? null;
	}

	/**
	 * The plugin or theme that runs the query; null if it is this plugin. Database drivers count as part of WordPress.
	 */
	private function writer(): ?Culprit {
		// phpcs:ignore WordPress.PHP.DevelopmentFunctions.error_log_debug_backtrace -- Names the plugin in a refusal.
		$frames = debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS, self::FRAMES );
		$start  = 0;
		foreach ( $frames as $index => $frame ) {
			if ( is_a( $frame['class'] ?? '', wpdb::class, true ) ) {
				$start = $index;
			}
		}
		foreach ( array_slice( $frames, $start ) as $frame ) {
			if ( 0 === strpos( $frame['class'] ?? '', 'Igny8\\Bridge\\Content\\' ) ) {
				return null;
			}
			$owner = Hook_Owners::owner( (string) ( $frame['file'] ?? '' ) );
			if ( '' !== $owner ) {
				return new Culprit( $owner, $this->hook() );
			}
		}
		return null;
	}

	/**
	 * The hook under way, other than that of the query.
	 */
	private function hook(): string {
		global $wp_current_filter;

		$hooks = array_diff( $wp_current_filter, [ 'query' ] );
		return (string) end( $hooks );
	}
}
