<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Doctor\Hook_Owners;
use Throwable;

/**
 * Finds the filter that changes a text on saving: runs each filter again and compares.
 */
final class Alteration {

	private const SHOWN_CHARACTERS = 60;

	/**
	 * @param string $column Of the posts table.
	 * @param string $name   Of the field.
	 * @param array  $data   Columns as WordPress is about to write them, unslashed.
	 */
	public function describe( string $column, string $name, string $sent, array $data ): Command_Failure {
		list( $before, $after ) = $this->excerpts( $sent, (string) $data[ $column ] );
		/* translators: 1: text as it was sent, 2: text as it would be stored. */
		$detail = $name . ': ' . sprintf( __( '“%1$s” would become “%2$s” on saving', 'igny8-wordpress-bridge' ), $before, $after );
		$by     = $this->culprit( $column, $sent, $data );
		if ( '' !== $by ) {
			/* translators: %s: a plugin and its filter. */
			$detail .= ' ' . sprintf( __( 'by %s', 'igny8-wordpress-bridge' ), $by );
		}
		return new Command_Failure( 'content_altered', $detail . '. ' . __( 'Nothing was written.', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * The texts from where they differ.
	 *
	 * @return string[]
	 */
	private function excerpts( string $sent, string $stored ): array {
		$same = strspn( $sent ^ $stored, "\0" );
		$from = max( 0, $same - 20 );
		return array_map(
			static function ( string $text ) use ( $from ): string {
				$shown = mb_strcut( $text, $from, self::SHOWN_CHARACTERS, 'UTF-8' );
				return ( $from > 0 ? '…' : '' ) . $shown . ( strlen( $text ) > $from + strlen( $shown ) ? '…' : '' );
			},
			[ $sent, $stored ]
		);
	}

	private function culprit( string $column, string $sent, array $data ): string {
		$field = str_replace( 'post_', '', $column );
		foreach ( [ "pre_$column", "{$field}_save_pre" ] as $hook ) {
			foreach ( $this->callbacks( $hook ) as $callback ) {
				if ( $this->changes( $callback, wp_slash( $sent ), wp_slash( $sent ), null ) ) {
					return $this->name( $callback, $hook );
				}
			}
		}
		$columns = wp_slash( array_merge( $data, [ $column => $sent ] ) );
		foreach ( $this->callbacks( 'wp_insert_post_data' ) as $callback ) {
			if ( $this->changes( $callback, $columns, wp_slash( $sent ), $column ) ) {
				return $this->name( $callback, 'wp_insert_post_data' );
			}
		}
		return '';
	}

	/**
	 * @return array Of callbacks in their order, without this plugin's own.
	 */
	private function callbacks( string $hook ): array {
		global $wp_filter;

		$all = [];
		foreach ( isset( $wp_filter[ $hook ] ) ? $wp_filter[ $hook ]->callbacks : [] as $callbacks ) {
			foreach ( $callbacks as $callback ) {
				if ( ! is_array( $callback['function'] ) || ! $callback['function'][0] instanceof Write_Guard ) {
					$all[] = $callback['function'];
				}
			}
		}
		return $all;
	}

	/**
	 * @param mixed $value What the callback gets.
	 */
	private function changes( callable $callback, $value, string $expected, ?string $column ): bool {
		try {
			$given = null === $column ? $callback( $value ) : $callback( $value, $value, $value, true );
		} catch ( Throwable $error ) {
			return false;
		}
		$text = null === $column ? $given : ( is_array( $given ) ? $given[ $column ] ?? null : null );
		return is_string( $text ) && $text !== $expected;
	}

	/**
	 * @param mixed $callback Of a hook.
	 */
	private function name( $callback, string $hook ): string {
		$owner = Hook_Owners::of_callback( $callback );
		$name  = is_string( $callback ) ? $callback : '';
		/* translators: %s: name of a filter. */
		return trim( ( '' === $owner ? $name : $owner ) . ' (' . sprintf( __( 'filter %s', 'igny8-wordpress-bridge' ), $hook ) . ')' );
	}
}
