<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Meta_Values;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Types;

/**
 * Verifies that the site stores exactly the sent values, and refuses otherwise.
 */
final class Write_Verifier {

	private const TEXTS = [
		'post_title'   => 'title',
		'post_content' => 'body',
		'post_excerpt' => 'excerpt',
	];

	private const NUMBERS = [
		'post_parent' => 'parent',
		'post_author' => 'author',
	];

	private Rows $rows;

	private Post_Meta $meta;

	public function __construct( Rows $rows, Post_Meta $meta ) {
		$this->rows = $rows;
		$this->meta = $meta;
	}

	/**
	 * Checks what can be checked before writing.
	 *
	 * @throws Command_Failure `content_altered`, `invalid_field`.
	 */
	public function check_before( Change $change ): void {
		global $wpdb;

		foreach ( self::TEXTS as $column => $name ) {
			if ( isset( $change->columns[ $column ] ) ) {
				$this->check_storable( $name, $wpdb->posts, $column, $change->columns[ $column ] );
			}
		}
		$stored = $this->stored_meta( $change->id, $change );
		$this->restore_shown( $change, $stored );
		foreach ( $change->meta as $key => $value ) {
			$name = $change->name_of( (string) $key );
			if ( ( $stored[ $key ] ?? [] ) !== array_filter( $stored[ $key ] ?? [], [ Meta_Values::class, 'is_plain' ] ) ) {
				// The document does not show this value, so its sender can't know that it would be lost.
				throw Args::invalid( $name, __( 'The stored value cannot be sent to IGNY8 and would be lost.', 'igny8-wordpress-bridge' ) );
			}
			foreach ( $this->values( $value, $change->single[ $key ] ) as $one ) {
				// WordPress stores text: that a number comes back as one is no change.
				if ( ! isset( $change->exact[ $key ] ) && Meta_Values::encode( sanitize_meta( (string) $key, $one, 'post', $change->type ) ) !== Meta_Values::encode( $one ) ) {
					throw self::altered( $name );
				}
				$this->check_storable( $name, $wpdb->postmeta, 'meta_value', Meta_Values::encode( $one ) );
			}
		}
		if ( null !== $change->image_alt ) {
			$this->check_storable( 'featured.alt', $wpdb->postmeta, 'meta_value', $change->image_alt );
		}
	}

	/**
	 * @param array<string, int[]> $term_ids Taxonomy => ids that the post must have.
	 * @throws Command_Failure `content_altered`.
	 */
	public function check_after( int $id, Change $change, array $term_ids ): void {
		$row = $this->rows->whole( [ $id ] )[ $id ] ?? null;
		if ( null === $row ) {
			throw new Command_Failure( 'write_failed', __( 'The post was deleted right after it was written.', 'igny8-wordpress-bridge' ), true );
		}

		$this->check_columns( $row, $change );
		foreach ( $term_ids as $taxonomy => $ids ) {
			if ( array_diff( $ids, Term_Writer::ids_of( $id, (string) $taxonomy ) ) !== [] || count( $ids ) !== count( Term_Writer::ids_of( $id, (string) $taxonomy ) ) ) {
				throw self::altered( 'terms.' . $taxonomy );
			}
		}

		$stored = $this->stored_meta( $id, $change );
		foreach ( $change->meta as $key => $value ) {
			$found = $stored[ $key ] ?? [];
			$found = $change->single[ $key ] ? array_values( array_unique( $found ) ) : $found;
			$sent  = array_map( [ Meta_Values::class, 'encode' ], $this->values( $value, $change->single[ $key ] ) );
			// SEO plugins remove an emptied value instead of storing it: to everybody who reads it that is the same.
			$is_emptied = [] === $found && [ '' ] === array_values( array_unique( $sent ) );
			if ( $sent !== $found && ! $is_emptied ) {
				throw self::altered( $change->name_of( (string) $key ) );
			}
		}
	}

	public static function altered( string $name ): Command_Failure {
		return new Command_Failure( 'content_altered', $name . ': ' . __( 'A plugin or the database of this site stored another value than was sent. The change was undone.', 'igny8-wordpress-bridge' ) );
	}

	/**
	 * A column of an old site may not support emoji or long texts.
	 */
	public function check_storable( string $name, string $table, string $column, string $value ): void {
		global $wpdb;

		if ( $wpdb->strip_invalid_text_for_column( $table, $column, $value ) !== $value ) {
			throw new Command_Failure( 'not_storable', $name . ': ' . __( 'The database of this site cannot store these characters, or the text is too long. Nothing was written.', 'igny8-wordpress-bridge' ) );
		}
	}

	private function check_columns( object $row, Change $change ): void {
		$columns = $change->columns;
		foreach ( self::TEXTS + self::NUMBERS as $column => $name ) {
			if ( isset( $columns[ $column ] ) && (string) $columns[ $column ] !== $row->$column ) {
				throw self::altered( $name );
			}
		}
		$date = $columns['post_date_gmt'] ?? Gmt::NONE;
		if ( Gmt::NONE !== $date && $date !== $row->post_date_gmt ) {
			throw self::altered( 'date' );
		}
		if ( isset( $columns['post_status'] ) && Types::ATTACHMENT !== $change->type && ! $this->is_same_status( $columns['post_status'], $row ) ) {
			throw self::altered( 'status' );
		}
	}

	/**
	 * @param array<string, string[]> $stored Key => raw values.
	 */
	private function restore_shown( Change $change, array $stored ): void {
		foreach ( $change->meta as $key => $value ) {
			$decoded = array_map( [ Meta_Values::class, 'decode' ], $stored[ $key ] ?? [] );
			if ( null !== $value && [] !== $decoded ) {
				$change->meta[ $key ] = Meta_Values::restored( $value, $change->single[ $key ] ? $decoded[0] : $decoded );
			}
		}
	}

	/**
	 * WordPress schedules a published post with a date to come. A scheduled one may become due while it is written.
	 */
	private function is_same_status( string $sent, object $row ): bool {
		$stored = $row->post_status;
		if ( 'future' === $sent && 'publish' === $stored ) {
			return Gmt::to_unix( (string) $row->post_date_gmt ) <= time();
		}
		return $sent === $stored || ( 'publish' === $sent && 'future' === $stored );
	}

	/**
	 * @return array<string, string[]> Key => raw values of the changed keys.
	 */
	private function stored_meta( int $id, Change $change ): array {
		$keys = array_map( 'strval', array_keys( $change->meta ) );
		return 0 === $id ? [] : $this->meta->of( [ $id ], $keys )[ $id ] ?? [];
	}

	/**
	 * @param mixed $value As sent.
	 * @return array Values of the rows.
	 */
	private function values( $value, bool $is_single ): array {
		if ( null === $value ) {
			return [];
		}
		return $is_single ? [ $value ] : $value;
	}
}
