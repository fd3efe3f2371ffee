<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Gmt;
use Igny8\Bridge\Content\Meta_Keys;
use Igny8\Bridge\Content\Meta_Values;
use Igny8\Bridge\Content\Post_Meta;
use Igny8\Bridge\Content\Rows;
use Igny8\Bridge\Content\Term_Names;
use Igny8\Bridge\Content\Types;
use WP_Term;

/**
 * Verifies that the site stores exactly the sent values, and refuses otherwise.
 */
final class Write_Verifier {

	private const TEXTS = [
		'post_title'   => 'title',
		'post_content' => 'body',
		'post_excerpt' => 'excerpt',
	];

	private const OTHERS = [
		'post_parent'   => 'parent',
		'post_author'   => 'author',
		'post_name'     => 'slug',
		'post_date_gmt' => 'date',
		'post_status'   => 'status',
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
				Args::refuse( $name, __( 'The stored value cannot be sent to IGNY8 and would be lost.', 'igny8-wordpress-bridge' ) );
			}
			foreach ( $this->values( $value, $change->single[ $key ] ) as $one ) {
				// WordPress stores text: that a number comes back as one is no change.
				$stores = Meta_Values::encode( sanitize_meta( (string) $key, $one, 'post', $change->type ) );
				if ( ! isset( $change->exact[ $key ] ) && Meta_Values::encode( $one ) !== $stores ) {
					$failure = Alteration::before_writing( $name, Meta_Values::encode( $one ), $stores, ( new Culprit_Finder() )->of_meta( (string) $key, $one, $change->type ) );
					throw $failure;
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
	 * @param Write_Guard          $guard    Of the write.
	 * @param Write_Witness        $witness  Of the write.
	 * @throws Command_Failure `content_altered`.
	 */
	public function check_after( int $id, Change $change, array $term_ids, Write_Guard $guard, Write_Witness $witness ): void {
		$row = $this->rows->whole( [ $id ] )[ $id ] ?? null;
		if ( null === $row ) {
			Command_Failure::raise( 'write_failed', __( 'The post was deleted right after it was written.', 'igny8-wordpress-bridge' ), true );
		}

		$this->check_columns( $row, $change, $guard, $witness );
		foreach ( $term_ids as $taxonomy => $ids ) {
			$now = Term_Writer::ids_of( $id, (string) $taxonomy );
			if ( array_diff( $ids, $now ) !== [] || count( $ids ) !== count( $now ) ) {
				$name    = 'terms.' . $taxonomy;
				$failure = Alteration::after_writing( $name, $this->term_names( $ids ), $this->term_names( $now ), $witness->writer_of( $name ) );
				throw $failure;
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
				$name    = $change->name_of( (string) $key );
				$failure = Alteration::after_writing( $name, implode( ', ', $sent ), implode( ', ', $found ), $witness->writer_of( $name ) ?? ( new Culprit_Finder() )->only_user_of( [ 'update_post_metadata', 'add_post_metadata', 'delete_post_metadata' ] ) );
				throw $failure;
			}
		}
	}

	/**
	 * The field of a meta key: the featured image is one too.
	 */
	public static function meta_name( string $key ): string {
		return Meta_Keys::THUMBNAIL === $key ? 'featured' : 'meta.' . $key;
	}

	/**
	 * @param int[] $ids Of terms.
	 */
	private function term_names( array $ids ): string {
		$names = array_map(
			static function ( int $id ): string {
				$term = get_term( $id );
				return $term instanceof WP_Term ? Term_Names::plain( $term->name ) : '#' . $id;
			},
			$ids
		);
		return implode( ', ', $names );
	}

	/**
	 * A column of an old site may not support emoji or long texts.
	 */
	public function check_storable( string $name, string $table, string $column, string $value ): void {
		global $wpdb;

		if ( $wpdb->strip_invalid_text_for_column( $table, $column, $value ) !== $value ) {
			Command_Failure::raise( 'not_storable', $name . ': ' . __( 'The database of this site cannot store these characters, or the text is too long. Nothing was written.', 'igny8-wordpress-bridge' ) );
		}
	}

	private function check_columns( object $row, Change $change, Write_Guard $guard, Write_Witness $witness ): void {
		foreach ( self::TEXTS + self::OTHERS as $column => $name ) {
			if ( ! isset( $change->columns[ $column ] ) ) {
				continue;
			}
			$sent = (string) $change->columns[ $column ];
			if ( ! $this->is_as_sent( $column, $sent, $row, $change ) ) {
				$culprit = $witness->writer_of( $name ) ?? ( new Culprit_Finder() )->of_column( $column, $sent, $guard->data() );
				$failure = Alteration::after_writing( $name, $this->shown( $column, $sent ), $this->shown( $column, (string) $row->$column ), $culprit );
				throw $failure;
			}
		}
	}

	/**
	 * Whether a column holds what was sent, or what WordPress itself makes of it.
	 */
	private function is_as_sent( string $column, string $sent, object $row, Change $change ): bool {
		$stored = (string) $row->$column;
		switch ( $column ) {
			case 'post_status':
				return Types::ATTACHMENT === $change->type || $this->is_same_status( $sent, $row );
			case 'post_date_gmt':
				return Gmt::NONE === $sent || $sent === $stored;
			case 'post_name':
				return $this->is_own_slug( $sent, $stored );
			default:
				return $sent === $stored;
		}
	}

	/**
	 * Whether WordPress makes this slug: cleaned, cut to the length of the column, and with a number if another post has
	 * it. A post without a slug gets one when it is published.
	 */
	private function is_own_slug( string $sent, string $stored ): bool {
		$clean = sanitize_title_with_dashes( remove_accents( $sent ), $sent, 'save' );
		if ( $sent === $stored || '' === $clean || $clean === $stored ) {
			return true;
		}
		$stem = (string) preg_replace( '/-\d+\z/', '', $stored );
		return '' !== $stem && 0 === strpos( $clean, $stem ) && ( $stem !== $stored || strlen( $stored ) >= 190 );
	}

	private function shown( string $column, string $value ): string {
		return 'post_date_gmt' === $column ? (string) Gmt::to_wire( $value ) : $value;
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
