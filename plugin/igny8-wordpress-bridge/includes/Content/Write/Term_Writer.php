<?php

declare(strict_types=1);

namespace Igny8\Bridge\Content\Write;

defined( 'ABSPATH' ) || exit;

use Igny8\Bridge\Commands\Command_Failure;
use Igny8\Bridge\Content\Args;
use Igny8\Bridge\Content\Term_Names;
use WP_Term;

/**
 * Sets the terms of a post by name or slug, and creates missing ones.
 */
final class Term_Writer {

	/** Taxonomy => argument of wp_update_post(). */
	private const WRITTEN_BY_WORDPRESS = [
		'category' => 'post_category',
		'post_tag' => 'tags_input',
	];

	private Write_Verifier $write_verifier;

	/** @var array<int, string> Id of a term created for the current change => taxonomy. */
	private array $made = [];

	public function __construct( Write_Verifier $write_verifier ) {
		$this->write_verifier = $write_verifier;
	}

	/**
	 * Finds the terms; writes nothing.
	 *
	 * @param array<string, string[]> $terms Taxonomy => texts.
	 * @return array<string, array<int|string>> Taxonomy => ids, and names of terms to create.
	 * @throws Command_Failure `invalid_field`, `content_altered`.
	 */
	public function plan( array $terms ): array {
		$this->made = [];
		$plan       = [];
		foreach ( $terms as $taxonomy => $texts ) {
			$plan[ $taxonomy ] = [];
			foreach ( $texts as $text ) {
				$plan[ $taxonomy ][] = $this->find( $text, (string) $taxonomy );
			}
		}
		return $plan;
	}

	/**
	 * @param array<string, array<int|string>> $plan From plan().
	 * @return array<string, int[]> Taxonomy => ids of the post's terms.
	 * @throws Command_Failure `write_failed`, `content_altered`.
	 */
	public function write( int $post_id, array $plan, string $type ): array {
		$term_ids = [];
		foreach ( $plan as $taxonomy => $wanted ) {
			$taxonomy = (string) $taxonomy;
			$ids      = [];
			foreach ( $wanted as $term ) {
				$ids[] = is_int( $term ) ? $term : $this->make( $term, $taxonomy );
			}
			$ids = [] === $ids ? $this->defaults( $taxonomy, $type ) : array_values( array_unique( $ids ) );
			$set = wp_set_object_terms( $post_id, $ids, $taxonomy );
			if ( is_wp_error( $set ) ) {
				Command_Failure::raise( 'write_failed', 'terms.' . $taxonomy . ': ' . $set->get_error_message(), true );
			}
			$term_ids[ $taxonomy ] = $ids;
		}
		return $term_ids;
	}

	/**
	 * The terms that wp_update_post() writes by itself, as arguments for it: by id and from the table. WordPress would read
	 * them through a cache and filters, and find tags again by their names, which two can share.
	 *
	 * @return array<string, int[]>
	 */
	public function stored( Change $change ): array {
		$stored = [];
		foreach ( self::WRITTEN_BY_WORDPRESS as $taxonomy => $argument ) {
			if ( is_object_in_taxonomy( $change->type, $taxonomy ) ) {
				$stored[ $argument ] = self::ids_of( $change->id, $taxonomy );
			}
		}
		return $stored;
	}

	/**
	 * Takes back the default category that WordPress gives a post without one, unless the change publishes the post.
	 *
	 * @param array<string, int[]> $stored From stored().
	 */
	public function remove_default( Change $change, array $stored ): void {
		$is_named = isset( $change->terms['category'] ) || isset( $change->columns['post_status'] );
		if ( [] === ( $stored['post_category'] ?? null ) && ! $is_named && self::ids_of( $change->id, 'category' ) === $this->defaults( 'category', $change->type ) ) {
			wp_set_object_terms( $change->id, [], 'category' );
		}
	}

	/**
	 * Deletes the created terms.
	 */
	public function undo(): void {
		foreach ( $this->made as $id => $taxonomy ) {
			wp_delete_term( $id, $taxonomy );
		}
		$this->made = [];
	}

	/**
	 * Term ids of a post, from the table.
	 *
	 * @return int[]
	 */
	public static function ids_of( int $post_id, string $taxonomy ): array {
		global $wpdb;

		$ids = $wpdb->get_col(
			$wpdb->prepare(
				"SELECT tt.term_id FROM {$wpdb->term_relationships} tr INNER JOIN {$wpdb->term_taxonomy} tt ON tt.term_taxonomy_id = tr.term_taxonomy_id WHERE tr.object_id = %d AND tt.taxonomy = %s",
				$post_id, $taxonomy
			)
		);
		return array_map( 'intval', $ids );
	}

	/**
	 * Finds a term by its exact name if only one term has it, then by slug, then by a name that the database treats
	 * as equal.
	 *
	 * @return int|string Id, or the name of a term to create.
	 */
	private function find( string $text, string $taxonomy ) {
		global $wpdb;

		$name = wp_unslash( (string) sanitize_term_field( 'name', wp_slash( $text ), 0, $taxonomy, 'db' ) );
		$rows = $wpdb->get_results(
			$wpdb->prepare(
				"SELECT t.term_id, t.name, t.slug FROM {$wpdb->terms} t INNER JOIN {$wpdb->term_taxonomy} tt ON tt.term_id = t.term_id WHERE tt.taxonomy = %s AND ( t.name = %s OR t.slug = %s )",
				$taxonomy, $name, $text
			)
		);
		$same = array_keys( array_column( $rows, 'name' ), $name, true );
		$slug = array_keys( array_column( $rows, 'slug' ), $text, true );
		if ( 1 === count( $same ) ) {
			return (int) $rows[ $same[0] ]->term_id;
		}
		if ( [] !== $slug ) {
			return (int) $rows[ $slug[0] ]->term_id;
		}
		if ( count( $rows ) > 1 || '' === trim( $name ) ) {
			/* translators: %s: name of a term. */
			Args::refuse( 'terms.' . $taxonomy, sprintf( __( '“%s” does not name exactly one term. Use the slug.', 'igny8-wordpress-bridge' ), $text ) );
		}
		return 1 === count( $rows ) ? (int) $rows[0]->term_id : $this->storable( $name, $text, $taxonomy );
	}

	private function storable( string $name, string $text, string $taxonomy ): string {
		global $wpdb;

		$this->write_verifier->check_storable( 'terms.' . $taxonomy, $wpdb->terms, 'name', $name );
		return $text;
	}

	private function make( string $text, string $taxonomy ): int {
		$term = wp_insert_term( wp_slash( $text ), $taxonomy );
		if ( is_wp_error( $term ) ) {
			if ( 'term_exists' === $term->get_error_code() ) {
				return (int) $term->get_error_data();
			}
			Command_Failure::raise( 'write_failed', 'terms.' . $taxonomy . ': ' . $term->get_error_message() );
		}

		$id                = (int) $term['term_id'];
		$this->made[ $id ] = $taxonomy;
		if ( $this->find( $text, $taxonomy ) !== $id ) {
			$made    = get_term( $id, $taxonomy );
			$failure = Alteration::after_writing( 'terms.' . $taxonomy, $text, $made instanceof WP_Term ? Term_Names::plain( $made->name ) : '', ( new Culprit_Finder() )->only_user_of( [ 'pre_insert_term', 'pre_term_name', 'wp_insert_term_data' ] ) );
			throw $failure;
		}
		return $id;
	}

	/**
	 * The default term of a taxonomy. WordPress leaves no post without a category.
	 *
	 * @return int[]
	 */
	private function defaults( string $taxonomy, string $type ): array {
		$option = 'category' === $taxonomy && 'post' === $type ? 'default_category' : 'default_term_' . $taxonomy;
		$id     = (int) get_option( $option, 0 );
		return $id > 0 && null !== get_term( $id, $taxonomy ) ? [ $id ] : [];
	}
}
